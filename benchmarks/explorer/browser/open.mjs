/* global window, document */
/** Click to first rows and to complete plots, in turn with a widget that has nothing in it and a bare transfer. */
import { addButtons, clickUntil, closeAll, openLab, plotsComplete } from './lab.mjs';

export async function open(browser, config, { table, rounds }) {
  const page = await openLab(browser, config);
  await page.evaluate(() => (window.tsmBench.uncached = true));
  await addButtons(page, table);
  const found = {
    first: null,
    empty: [],
    rows: [],
    plots: [],
    bare: [],
    columns: [],
    worker: [],
    bytes: [],
    views: 0
  };
  // decodes the table, loads the code: what a user pays once
  found.first = await clickUntil(page, 'open', 'ourRows');
  await plotsComplete(page);
  await closeAll(page);
  for (let round = 0; round < rounds; round++) {
    for (const what of round % 2 === 0 ? ['empty', 'open'] : ['open', 'empty']) {
      if (what === 'empty') {
        found.empty.push(await clickUntil(page, 'empty', '.bench-empty'));
        await closeAll(page);
        continue;
      }
      await page.evaluate(() => {
        window.tsmBench.clear();
        performance.clearResourceTimings();
      });
      found.rows.push(await clickUntil(page, 'open', 'ourRows'));
      found.plots.push(await plotsComplete(page));
      found.views = await page.evaluate(() => document.querySelectorAll('.tsm-View').length);
      const { urls, columns } = await asked(page);
      found.worker.push(await page.evaluate(workerTimes));
      await closeAll(page);
      const bare = await page.evaluate(bareTransfer, urls);
      found.bare.push(bare.time);
      found.bytes.push(bare.bytes);
      found.columns.push(columns);
    }
  }
  await page.context().close();
  return found;
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
