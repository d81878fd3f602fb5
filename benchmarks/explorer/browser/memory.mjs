/* global window */
/**
 * What the browser's renderers hold with all columns of a table in the explorer, beyond what they hold with an
 * empty widget in the same page. Proportional set size (PSS) of all renderer processes, after collecting garbage in
 * the page and its workers.
 */
import { fileURLToPath } from 'node:url';

import { FLAGS } from './lab.mjs';
import { Chromium } from './pipe.mjs';

const pause = ms => new Promise(resolve => setTimeout(resolve, ms));

export async function memory(_, config, { table, condition }) {
  const chromium = new Chromium(FLAGS);
  try {
    const script = fileURLToPath(new URL('./inpage.js', import.meta.url));
    const page = await chromium.page(`${config.url}/lab?token=${config.token}&reset`, script);
    await until(page, () => window.jupyterapp?.restored !== undefined);
    await page.evaluate(() => window.jupyterapp.restored.then(() => {}));
    const settled = async () => {
      for (let time = 0; time < 3; time++) {
        await pause(1000);
        await page.collect();
      }
      await pause(500);
      return chromium.held();
    };
    const found = {};
    await page.evaluate(showEmpty);
    found.empty = await settled();
    await closeAll(page);
    await page.evaluate(
      contents => void window.jupyterapp.commands.execute('tsm:open-table', { contents }),
      table
    );
    await until(page, () => window.tsmBench.plotted());
    await until(page, still);
    found.opened = await settled();
    found.openedBytes = await page.evaluate(columnBytes);
    // a condition over every column brings them all; then it is taken away again
    for (const text of [condition, '']) {
      await page.evaluate(where => {
        window.tsmBench.model().selection.setText(where);
      }, text);
      await pause(1000);
      await until(page, still);
    }
    found.all = await settled();
    found.bytes = await page.evaluate(columnBytes);
    for (const high of [0.9, 0.91, 0.92]) {
      await page.evaluate(end => window.tsmBench.model().selection.setRange('redshift', [0.2, end]), high);
      await pause(500);
      await until(page, still);
    }
    found.brushed = await settled();
    await closeAll(page);
    found.closed = await settled();
    return found;
  } finally {
    await chromium.close();
  }
}

/** Nothing has been asked of the worker, or drawn, for two seconds. */
function still() {
  const { posts, answers, painted } = window.tsmBench.log;
  const last = Math.max(0, ...[posts, answers, painted].map(list => list.at(-1)?.time ?? 0));
  return posts.length === answers.filter(({ id }) => id > 0).length && performance.now() - last > 2000;
}

function columnBytes() {
  return performance
    .getEntriesByType('resource')
    .filter(({ name }) => /\/tsm\/local\/tables\/[^/]+\/columns/.test(name))
    .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);
}

async function showEmpty() {
  const { shell, commands } = window.jupyterapp;
  const Widget = Object.getPrototypeOf(shell.constructor);
  const { constructor: MainAreaWidget } = await commands.execute('launcher:create');
  const widget = new MainAreaWidget({ content: new Widget() });
  widget.id = 'bench-empty';
  shell.add(widget, 'main');
  shell.activateById(widget.id);
}

function closeAll(page) {
  return page.evaluate(() => window.jupyterapp.commands.execute('application:close-all').then(() => {}));
}

async function until(page, test, seconds = 120) {
  for (const end = Date.now() + 1000 * seconds; Date.now() < end;) {
    if (await page.evaluate(test)) {
      return;
    }
    await pause(200);
  }
  throw new Error(`It did not happen within ${seconds} s: ${test}`);
}
