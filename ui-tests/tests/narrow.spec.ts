/** 320 px are enough: nothing is cut off, nothing lies over something else, and only the rows, and the strip of
 * plots where there is room for one, scroll sideways. */
import { expect, test } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';

import { brush, LONG, openFolder, openPanel, picture, seed, settings } from '../helpers';

test.use({ autoGoto: false });
test.beforeAll(seed);

/** Width of the main area without its side bars. */
const NARROW = 320;
const BARS = 68;

for (const theme of ['JupyterLab Light', 'JupyterLab Dark']) {
  const shade = theme.endsWith('Dark') ? 'dark' : 'light';
  test.describe(theme, () => {
    test.use({ mockSettings: settings(theme) });

    test('the sidebar', async ({ page }) => {
      await page.goto();
      await openFolder(page, 'mock');
      await openPanel(page);
      await page.sidebar.setWidth(NARROW);
      const panel = page.locator('.tsm-Panel');
      expect((await panel.boundingBox())!.width).toBeLessThanOrEqual(NARROW + 2);
      await page.getByRole('button', { name: 'Filters' }).click();
      await expect(panel.getByRole('list', { name: 'Latest official products' })).toContainText(/\d,\d{3}/);
      await picture(page, `narrow-panel-${shade}.png`);
      expect(await faults(panel)).toEqual([]);
    });

    test('the explorer', async ({ page }) => {
      await page.setViewportSize({ width: NARROW + BARS, height: 900 });
      await page.goto('tree/mock');
      await page.evaluate(async () => {
        const { jupyterapp } = window as unknown as IApp;
        await jupyterapp.commands.execute('tsm:open-table', { contents: 'mock/mock_deep.parquet' });
      });
      await page.sidebar.close('left');
      const explorer = page.locator('.tsm-Explorer');
      await expect(explorer.getByRole('grid').getByRole('row').nth(3)).toBeVisible(LONG);
      await expect(explorer.locator('.tsm-View-foot').first()).toContainText('in steps of', LONG);
      expect((await explorer.boundingBox())!.width).toBeLessThanOrEqual(NARROW + 2);
      await brush(page, explorer.getByRole('region', { name: 'n(z)' }), 0.2, 0.6);
      const state = explorer.locator('.tsm-Condition-state');
      await expect(state).toContainText('of 5,377 rows');
      const passed = Number((await state.innerText()).split(' ')[0].replace(',', ''));
      await expect(explorer.getByRole('grid')).toHaveAttribute('aria-rowcount', String(passed + 1));
      await picture(page, `narrow-explorer-${shade}.png`);
      expect(await faults(explorer)).toEqual([]);
      await explorer.getByRole('grid').scrollIntoViewIfNeeded();
      await explorer.getByRole('grid').getByRole('row').nth(2).click();
      await expect(explorer.getByRole('complementary')).toBeVisible();
      await picture(page, `narrow-row-${shade}.png`);
      expect(await faults(explorer)).toEqual([]);
    });

    test('the recipe editor', async ({ page }) => {
      await page.setViewportSize({ width: NARROW + BARS, height: 900 });
      await page.goto('tree/mock');
      await page.evaluate(async () => {
        const { jupyterapp } = window as unknown as IApp;
        await jupyterapp.commands.execute('docmanager:open', { path: 'mock/mock.tsm.yaml' });
      });
      await page.sidebar.close('left');
      const editor = page.locator('.tsm-RecipeEditor');
      await expect(editor.getByText('plan ✓')).toBeVisible(LONG);
      await picture(page, `narrow-recipe-${shade}.png`);
      expect(await faults(editor)).toEqual([]);
    });
  });
}

interface IApp {
  readonly jupyterapp: {
    readonly commands: { execute(id: string, args: object): Promise<unknown> };
  };
}

/** Parts that reach out of the place, or whose words are cut off without a sign; not in what scrolls by itself. */
function faults(place: Locator): Promise<string[]> {
  return place.evaluate(root => {
    const found: string[] = [];
    const name = (node: Element) =>
      `${node.nodeName.toLowerCase()}.${node.getAttribute('class') ?? ''} “${(node.textContent ?? '').slice(0, 30)}”`;
    for (const node of root.querySelectorAll('*')) {
      const box = node.getBoundingClientRect();
      const style = getComputedStyle(node);
      // plots stand in a strip that scrolls: each has its own edges there
      const edge = (node.closest('.tsm-mod-strip > *') ?? root).getBoundingClientRect();
      const hidden = box.width <= 1 || box.height <= 1 || style.visibility === 'hidden';
      if (hidden || node.closest('[role="grid"], svg, .tsm-hidden, .tsm-mod-forReaders, .cm-editor')) {
        continue;
      }
      if (box.right > edge.right + 1 || box.left < edge.left - 1) {
        found.push(`out by ${Math.round(Math.max(box.right - edge.right, edge.left - box.left))}: ${name(node)}`);
      }
      const own = [...node.childNodes].some(({ nodeType, textContent }) => nodeType === 3 && textContent!.trim());
      const around = node.parentElement!;
      const { display, overflowX } = getComputedStyle(around);
      if (own && overflowX === 'visible' && !/^(inline|contents)$/.test(display)) {
        const out = box.right - around.getBoundingClientRect().right;
        if (out > 1) {
          found.push(`over its neighbour by ${Math.round(out)}: ${name(node)}`);
        }
      }
      const cut = node.scrollWidth > node.clientWidth + 1 && style.overflowX === 'hidden';
      if (own && cut && style.textOverflow !== 'ellipsis') {
        found.push(`cut: ${name(node)}`);
      }
    }
    for (const scroller of [root, ...root.querySelectorAll('*')]) {
      const { overflowX } = getComputedStyle(scroller);
      const sideways = /auto|scroll/.test(overflowX) && scroller.scrollWidth > scroller.clientWidth + 1;
      if (sideways && !scroller.closest('[role="grid"], .tsm-mod-strip, .cm-editor, pre')) {
        found.push(`scrolls sideways: ${name(scroller)}`);
      }
    }
    return found.slice(0, 20);
  });
}
