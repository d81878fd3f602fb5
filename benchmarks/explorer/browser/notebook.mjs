/* global window, document */
/**
 * A notebook's cell, run; until the first rows are seen below it. Each time in a new page with an empty cache and a
 * new kernel, in which the table is in memory and both packages are imported. Run once, and once again.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { MINUTE, openLab } from './lab.mjs';

const WAYS = { ours: 'pz_tsm.explore(table)', quak: 'quak.Widget(table)' };

export async function notebook(browser, config, { table, rounds, peer }) {
  const found = { ours: [], quak: [] };
  for (let round = 0; round < rounds; round++) {
    const ways = peer ? (round % 2 === 0 ? ['ours', 'quak'] : ['quak', 'ours']) : ['ours'];
    for (const way of ways) {
      found[way].push(await inNewPage(browser, config, table, way, peer));
    }
  }
  return found;
}

async function inNewPage(browser, config, table, way, peer) {
  const name = `bench-${way}.ipynb`;
  const imports = `import pyarrow.parquet, pz_tsm.widgets.explorer, pz_tsm.widgets.tables${peer ? ', quak' : ''}`;
  const cells = [`${imports}\ntable = pyarrow.parquet.read_table('${table}')`, WAYS[way]];
  writeFileSync(join(config.work, name), JSON.stringify(notebookOf(cells)));
  const page = await openLab(browser, config, { path: `/tree/${name}` });
  const cdp = await page.context().newCDPSession(page);
  try {
    await page.locator('.jp-Notebook .jp-Cell').nth(1).waitFor({ timeout: MINUTE });
    await idle(page);
    await page.locator('.jp-Notebook .jp-Cell .cm-content').first().click();
    await page.keyboard.press('Shift+Enter');
    await page.waitForFunction(
      () => document.querySelector('.jp-Notebook .jp-InputPrompt')?.textContent.includes('[1]'),
      null,
      { timeout: MINUTE }
    );
    await idle(page);
    const moved = await traffic(cdp);
    const first = await run(page, moved);
    await idle(page);
    await page.waitForTimeout(2000);
    await page.locator('.jp-Notebook .jp-Cell .cm-content').nth(1).click();
    const again = await run(page, moved);
    return { first, again };
  } finally {
    await page.evaluate(() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown());
    await page.context().close();
  }
}

/** Run the second cell. */
async function run(page, moved) {
  const trouble = page.locator('.jp-Notebook [data-mime-type="application/vnd.jupyter.stderr"]');
  if ((await trouble.count()) > 0) {
    throw new Error(await trouble.first().innerText());
  }
  await page.waitForTimeout(500);
  await page.evaluate(() => {
    const { all, shown, seen } = window.tsmBench;
    const cells = () => {
      const output = document.querySelectorAll('.jp-Notebook .jp-Cell')[1].querySelector('.jp-OutputArea');
      return output === null ? [] : all('[role=gridcell], tbody td', output);
    };
    const before = new Set(cells());
    window.clicked = undefined;
    window.addEventListener('keydown', event => (window.clicked ??= event.timeStamp), true);
    window.shownAt = seen(() => cells().some(cell => !before.has(cell) && shown(cell)));
  });
  moved.websocket = moved.http = 0;
  await page.keyboard.press('Shift+Enter');
  const time = await page.evaluate(async () => (await window.shownAt) - window.clicked);
  return { time, ...moved };
}

async function idle(page) {
  await page.waitForFunction(
    () => window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle',
    null,
    { timeout: MINUTE }
  );
}

/** Bytes from now on, both ways over the websocket, and of bodies over HTTP. */
async function traffic(cdp) {
  const moved = { websocket: 0, http: 0 };
  const count = ({ response: { opcode, payloadData } }) => {
    moved.websocket +=
      opcode === 1 ? Buffer.byteLength(payloadData) : Math.floor((payloadData.length * 3) / 4);
  };
  cdp.on('Network.webSocketFrameReceived', count);
  cdp.on('Network.webSocketFrameSent', count);
  cdp.on('Network.loadingFinished', ({ encodedDataLength }) => {
    moved.http += Math.max(0, encodedDataLength);
  });
  await cdp.send('Network.enable');
  return moved;
}

function notebookOf(sources) {
  const cells = sources.map((source, i) => ({
    ...{ id: `cell${i}`, cell_type: 'code', source, metadata: {}, outputs: [], execution_count: null }
  }));
  const metadata = { kernelspec: { name: 'bench', display_name: 'bench', language: 'python' } };
  return { cells, metadata, nbformat: 4, nbformat_minor: 5 };
}
