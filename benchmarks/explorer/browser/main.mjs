/** node main.mjs CONFIG.json: runs the tests that it names, in turn, and prints a JSON line for each. */
import { readFileSync } from 'node:fs';

import { brush } from './brush.mjs';
import { duckdb } from './duckdb.mjs';
import { launch } from './lab.mjs';
import { memory } from './memory.mjs';
import { notebook } from './notebook.mjs';
import { open } from './open.mjs';
import { scroll } from './scroll.mjs';
import { split } from './split.mjs';
import { start } from './start.mjs';

const TESTS = { brush, duckdb, memory, notebook, open, scroll, split, start };

const config = JSON.parse(readFileSync(process.argv[2], 'utf-8'));
const browser = await launch();
try {
  for (const { test, ...options } of config.tests) {
    const found = await TESTS[test](browser, config, options);
    process.stdout.write(`${JSON.stringify({ test, ...options, ...found })}\n`);
  }
} finally {
  await browser.close();
}
