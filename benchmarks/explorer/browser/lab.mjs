/* global window, document */
/** JupyterLab in Chromium, as the benchmarks of the explorer use it. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { chromium } from '@playwright/test';

const HERE = dirname(fileURLToPath(import.meta.url));
export const MINUTE = 60_000;

export const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'];

export function launch() {
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS });
}

/** A page with JupyterLab in it, its sidebar closed. */
export async function openLab(browser, { url, token }, { path = '', viewport } = {}) {
  const context = await browser.newContext({ viewport: viewport ?? { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.addInitScript({ path: join(HERE, 'inpage.js') });
  await page.goto(`${url}/lab${path}?token=${token}&reset`);
  await page.waitForFunction(() => window.jupyterapp?.restored !== undefined, null, { timeout: MINUTE });
  await page.evaluate(async () => {
    await window.jupyterapp.restored;
    window.jupyterapp.shell.collapseLeft();
  });
  return page;
}

/** Buttons over the page that open a table, or a widget with nothing in it; `window.clicked` is when. */
export async function addButtons(page, table) {
  await page.evaluate(async contents => {
    const { shell, commands } = window.jupyterapp;
    const Widget = Object.getPrototypeOf(shell.constructor);
    const { constructor: MainAreaWidget } = await commands.execute('launcher:create');
    const acts = {
      open: () => commands.execute('tsm:open-table', { contents }),
      empty: () => {
        const widget = new MainAreaWidget({ content: new Widget() });
        widget.id = 'bench-empty';
        widget.content.addClass('bench-empty');
        shell.add(widget, 'main');
        shell.activateById(widget.id);
      }
    };
    document.getElementById('bench-buttons')?.remove();
    const bar = document.createElement('div');
    bar.id = 'bench-buttons';
    bar.style.cssText = 'position:fixed;z-index:99999;right:0;bottom:0';
    for (const [name, act] of Object.entries(acts)) {
      const button = document.createElement('button');
      button.textContent = button.id = `bench-${name}-button`;
      button.onclick = event => {
        window.clicked = event.timeStamp;
        void act();
      };
      bar.append(button);
    }
    document.body.append(bar);
  }, table);
}

/** Click, and wait until the frame is drawn in which the test (a name of `tsmBench`, or a selector) is met; ms. */
export async function clickUntil(page, button, test) {
  await page.evaluate(name => {
    const { seen, [name]: known } = window.tsmBench;
    window.clicked = undefined;
    window.shownAt = seen(
      () => window.clicked !== undefined && (known ? known() : document.querySelector(name)?.offsetHeight > 0)
    );
  }, test);
  await page.click(`#bench-${button}-button`);
  return page.evaluate(async () => (await window.shownAt) - window.clicked);
}

export async function closeAll(page) {
  await page.evaluate(() => window.jupyterapp.commands.execute('application:close-all'));
  await page.waitForFunction(() => document.querySelector('.tsm-Explorer, .bench-empty') === null);
}

/** Open a table and wait for its rows and all its plots. */
export async function openTable(page, table) {
  await addButtons(page, table);
  await clickUntil(page, 'open', 'ourRows');
  await plotsComplete(page);
}

/** When the last plot was drawn, once all show counts and none has been drawn for a while. */
export async function plotsComplete(page) {
  await page.waitForFunction(() => window.tsmBench.plotted(), null, { timeout: 2 * MINUTE, polling: 100 });
  return page.evaluate(() => window.tsmBench.log.painted.at(-1).time - window.clicked);
}

/** Nothing has been counted or drawn for this long. */
export async function quiet(page, ms = 500) {
  await page.waitForFunction(
    pause => {
      const { posts, answers, painted } = window.tsmBench.log;
      const last = Math.max(0, ...[posts, answers, painted].map(list => list.at(-1)?.time ?? 0));
      return performance.now() - last > pause;
    },
    ms,
    { timeout: MINUTE, polling: 100 }
  );
}

export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length === 0
    ? null
    : sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
}

export const median = values => {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
};
