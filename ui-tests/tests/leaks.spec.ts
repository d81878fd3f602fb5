/** An explorer that was opened and closed leaves nothing: no listener, no node, no worker, no memory. */
import { expect, type IJupyterLabPageFixture, test } from '@jupyterlab/galata';

import { brush, LONG, openFolder } from '../helpers';

test.use({ autoGoto: false });

const TIMES = 20;
const FILE = 'mock_deep.parquet';

interface IState {
  readonly listeners: number;
  readonly nodes: number;
  readonly documents: number;
  /** Bytes. */
  readonly heap: number;
}

test(`opening and closing an explorer ${TIMES} times leaves nothing behind`, { tag: '@full' }, async ({ page }) => {
  test.setTimeout(600_000);
  await page.goto();
  await openFolder(page, 'mock');
  // Galata's page is not the browser's own
  const client = await page.context().newCDPSession(page.context().pages()[0]);
  await client.send('Performance.enable');

  const look = async (): Promise<IState> => {
    // JupyterLab keeps each key that was typed into a field, and so the field, until a shortcut is used
    await page.keyboard.press('Control+Shift+C');
    await expect(page.locator('.lm-CommandPalette-input')).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(page.locator('.lm-CommandPalette-input')).toBeHidden();
    for (let turn = 0; turn < 3; turn++) {
      await client.send('HeapProfiler.collectGarbage'); // what is freed may have held more
    }
    const { metrics } = await client.send('Performance.getMetrics');
    const value = (name: string) => metrics.find(metric => metric.name === name)!.value;
    return {
      listeners: value('JSEventListeners'),
      nodes: value('Nodes'),
      documents: value('Documents'),
      heap: value('JSHeapUsedSize')
    };
  };

  // code is loaded and compiled the first times
  for (let turn = 0; turn < 3; turn++) {
    await openAndClose(page);
  }
  const states = [await look()];
  for (let turn = 1; turn <= TIMES; turn++) {
    await openAndClose(page);
    if (turn % (TIMES / 2) === 0) {
      states.push(await look());
    }
  }
  // a leak grows in both halves; JupyterLab makes one thing or another once, and React's last is kept at times
  const [before, middle, after] = states;
  const grown = (what: keyof IState) =>
    2 * Math.min(middle[what] - before[what], after[what] - middle[what]);
  const what = ['documents', 'listeners', 'nodes', 'heap'] as const;
  console.log(`grown in ${TIMES} turns: ${what.map(name => `${name} ${grown(name)}`).join(', ')}`);

  expect(page.workers()).toHaveLength(0);
  // none of the widgets, their elements and their models is still there, but perhaps React's last
  const alive = await page.evaluate(
    () => (window as unknown as IKept).seen.filter(ref => ref.deref() !== undefined).length
  );
  expect(alive).toBeLessThanOrEqual(3);
  // less than one a turn: what grows with each explorer is a leak; the browser keeps a few nodes of hundreds at times
  expect(grown('documents')).toBeLessThan(TIMES);
  expect(grown('listeners')).toBeLessThan(TIMES);
  expect(grown('nodes')).toBeLessThan(2 * TIMES);
  // the browser's compiled code grows by some 100 kB a turn
  expect(grown('heap')).toBeLessThan(TIMES * 200_000);
});

interface IKept {
  seen: WeakRef<object>[];
}

/** Open a table, look at its rows and plots, brush, type a condition, open a row, close the tab. */
async function openAndClose(page: IJupyterLabPageFixture): Promise<void> {
  await page.locator('.jp-DirListing-item', { hasText: FILE }).dblclick();
  const explorer = page.locator('.tsm-Explorer');
  await expect(explorer.getByRole('grid').getByRole('row').nth(3)).toBeVisible(LONG);
  await expect(explorer.locator('.tsm-View-foot').first()).toContainText('in steps of', LONG);
  expect(page.workers()).toHaveLength(1);
  const state = explorer.locator('.tsm-Condition-state');
  await brush(page, explorer.getByRole('region', { name: 'n(z)' }), 0.1, 0.3);
  await expect(state).toContainText('of 5,377 rows');
  const condition = explorer.getByRole('textbox', { name: 'condition' });
  // the text still follows the brush for a moment, and takes what is typed into it then to its end
  await expect(async () => {
    await condition.fill('Z > 0.4');
    await condition.press('Enter');
    await expect(condition).toHaveValue('Z > 0.4', { timeout: 500 });
  }).toPass();
  await explorer.getByRole('grid').getByRole('row').nth(2).click();
  await page.evaluate(() => {
    const { jupyterapp } = window as unknown as { jupyterapp: { shell: { currentWidget: ITab } } };
    const { content } = jupyterapp.shell.currentWidget.content;
    const kept = window as unknown as IKept;
    kept.seen ??= [];
    for (const one of [content, content.node, content.props.model]) {
      kept.seen.push(new WeakRef(one));
    }
  });
  await page.activity.closePanel(FILE);
  await expect(explorer).toHaveCount(0);
  await expect.poll(() => page.workers().length).toBe(0);
}

interface ITab {
  readonly content: {
    readonly content: { readonly node: HTMLElement; readonly props: { readonly model: object } };
  };
}
