/** The extension in Notebook 7: a table from its file list, and the explorer below a cell. */
import { writeFileSync } from 'fs';
import { join } from 'path';

import { expect, type Page, test } from '@playwright/test';

import { LONG, work } from '../helpers';

/** What a page complains of that comes from our files. */
function complaints(page: Page): string[] {
  const found: string[] = [];
  page.on('pageerror', error => found.push(error.stack ?? error.message));
  page.on('console', message => {
    if (message.type() === 'error') {
      found.push(`${message.text()} ${message.location().url}`);
    }
  });
  return found;
}

const ours = (texts: readonly string[]) => texts.filter(text => /pz-tsm|tsm-|\/tsm\//.test(text));

test('a table opens from the file list', async ({ page, context }) => {
  const found = complaints(page);
  await page.goto('tree/mock');
  const file = page.locator('.jp-DirListing-item', { hasText: 'mock_deep.parquet' });
  await expect(file).toBeVisible(LONG);
  const opened = context.waitForEvent('page');
  await file.dblclick();
  const tab = await opened;
  const foundThere = complaints(tab);
  const explorer = tab.locator('.tsm-Explorer');
  await expect(explorer.getByRole('heading', { name: 'mock_deep.parquet' })).toBeVisible(LONG);
  await expect(explorer.getByRole('grid').getByRole('row').nth(3)).toBeVisible(LONG);
  await expect(explorer.locator('.tsm-View-foot').first()).toContainText('in steps of', LONG);
  expect(ours([...found, ...foundThere])).toEqual([]);
});

test('the explorer below a cell', { tag: '@full' }, async ({ page }) => {
  const source = "import pz_tsm\n\npz_tsm.explore('mock/mock_deep.parquet')";
  const cell = { cell_type: 'code', id: 'explore', metadata: {}, outputs: [], execution_count: null, source };
  const kernelspec = { name: 'python3', display_name: 'Python 3', language: 'python' };
  writeFileSync(
    join(work, 'seven.ipynb'),
    JSON.stringify({ cells: [cell], metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 })
  );
  const found = complaints(page);
  await page.goto('notebooks/seven.ipynb');
  await page.locator('.jp-CodeCell .cm-content').click();
  await expect(page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]')).toBeVisible(LONG);
  await page.keyboard.press('Control+Enter');
  const view = page.locator('.tsm-WidgetCell');
  await expect(view.getByRole('heading', { name: 'mock_deep' })).toBeVisible(LONG);
  await expect(view.getByRole('grid').getByRole('row').nth(3)).toBeVisible(LONG);
  await expect(view.locator('.tsm-View-foot').first()).toContainText('in steps of', LONG);
  expect(ours(found)).toEqual([]);
});
