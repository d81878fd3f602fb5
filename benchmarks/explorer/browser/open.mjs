/* global window, document */
/**
 * Click to first rows and to complete plots, in turn with a widget that has nothing in it and a bare transfer.
 *
 * A table is opened in two ways, decoded before in both: with nothing else known of it (`plots`), and when an earlier
 * opening's counts of its plots are kept (`again`).
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { addButtons, clickUntil, closeAll, MINUTE, openLab, plotsComplete } from './lab.mjs';

export async function open(browser, config, { table, rounds }) {
  const page = await openLab(browser, config);
  await page.evaluate(() => (window.tsmBench.uncached = true));
  const others = keptCounts(config);
  await addButtons(page, table);
  const found = {
    first: null,
    empty: [],
    rows: [],
    plots: [],
    again: { rows: [], plots: [], columns: [], worker: [] },
    bare: [],
    columns: [],
    worker: [],
    bytes: [],
    views: 0
  };
  // decodes the table, loads the code: what a user pays once
  found.first = await clickUntil(page, 'open', 'ourRows');
  await plotsComplete(page);
  const own = () => keptCounts(config).filter(file => !others.includes(file));
  await until(() => own().length > 0);
  const [kept] = own();
  await closeAll(page);
  for (let round = 0; round < rounds; round++) {
    const steps = ['empty', 'open', 'again'];
    for (const what of round % 2 === 0 ? steps : ['open', 'again', 'empty']) {
      if (what === 'empty') {
        found.empty.push(await clickUntil(page, 'empty', '.bench-empty'));
        await closeAll(page);
        continue;
      }
      if (what === 'open') {
        rmSync(kept);
      }
      await page.evaluate(() => {
        window.tsmBench.clear();
        performance.clearResourceTimings();
      });
      const into = what === 'open' ? found : found.again;
      into.rows.push(await clickUntil(page, 'open', 'ourRows'));
      into.plots.push(await plotsComplete(page));
      found.views = await page.evaluate(() => document.querySelectorAll('.tsm-View').length);
      // with kept counts the columns come after the plots
      await page.evaluate(() => window.tsmBench.model().idle());
      const { urls, columns } = await asked(page);
      into.worker.push(await page.evaluate(workerTimes));
      into.columns.push(columns);
      if (what === 'open') {
        await until(() => existsSync(kept));
      }
      await closeAll(page);
      if (what === 'open') {
        const bare = await page.evaluate(bareTransfer, urls);
        found.bare.push(bare.time);
        found.bytes.push(bare.bytes);
      }
    }
  }
  await page.context().close();
  return found;
}

/** The files in which the engine keeps counts of tables. */
function keptCounts({ work }) {
  const cache = join(dirname(work), 'engine', 'cache');
  return existsSync(cache)
    ? readdirSync(cache, { recursive: true })
        .filter(file => file.endsWith('counts.json'))
        .map(file => join(cache, file))
    : [];
}

async function until(test) {
  const end = performance.now() + MINUTE;
  while (!test()) {
    if (performance.now() > end) {
      throw new Error('No counts were kept within a minute.');
    }
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

/** Columns that were asked for until the plots were complete: their addresses, and when each came. */
function asked(page) {
  return page.evaluate(() => {
    const entries = performance
      .getEntriesByType('resource')
      .filter(({ name }) => /\/tsm\/local\/tables\/[^/]+\/columns/.test(name));
    return {
      urls: entries.map(({ name }) => name),
      columns: entries.map(({ name, startTime, responseEnd }) => ({
        names: new URL(name).searchParams.get('names'),
        start: Math.round(startTime - window.clicked),
        end: Math.round(responseEnd - window.clicked)
      }))
    };
  });
}

/** What the worker was asked until then, in ms from the click: what, when, when answered. */
function workerTimes() {
  const { posts, answers } = window.tsmBench.log;
  return posts.map(({ id, kind, views, time }) => {
    const answer = answers.find(each => each.id === id && each.time >= time)?.time;
    const [start, end] = [time, answer].map(at => Math.round(at - window.clicked));
    return { kind, views: views.length, start, end };
  });
}

/** The same columns through the same server, with nothing done to them. */
async function bareTransfer(urls) {
  const start = performance.now();
  const bodies = await Promise.all(
    urls.map(url => fetch(url, { cache: 'no-store' }).then(reply => reply.arrayBuffer()))
  );
  return { time: performance.now() - start, bytes: bodies.reduce((sum, body) => sum + body.byteLength, 0) };
}
