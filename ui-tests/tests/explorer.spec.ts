/** Tables in the explorer: files as they are, and tabs that come back. */
import { expect, test } from '@jupyterlab/galata';

import { openFolder, reloaded } from '../helpers';

test.use({ autoGoto: false });

test('from a file to a recipe, in the names that the recipe gives to the columns', async ({ page }) => {
  await page.goto();
  await openFolder(page, 'mock');
  await page.locator('.jp-DirListing-item', { hasText: 'mock_deep.parquet' }).dblclick();
  await expect(page.locator('.tsm-Explorer-head')).toContainText('mock_deep.parquet');

  const condition = page.getByRole('textbox', { name: 'condition' });
  await condition.fill('Z > 0.1');
  await condition.press('Enter');
  await expect(page.locator('.tsm-Condition-state')).toContainText(/of 5,377 rows/);
  await page.getByRole('button', { name: 'To recipe' }).click();

  await expect(page.locator('.tsm-RecipeEditor')).toContainText('mock_deep');
  await page.getByRole('button', { name: 'Text', exact: true }).click();
  await expect(page.locator('.tsm-RecipeEditor .cm-content')).toContainText('redshift > 0.1');
  await page.contents.deleteFile('mock/untitled.tsm.yaml');
});

test('tabs are there again after a reload', async ({ page }) => {
  await page.goto();
  await openFolder(page, 'mock');
  await page.locator('.jp-DirListing-item', { hasText: 'mock_wide.fits' }).click({ button: 'right' });
  await reloaded(page, 'tsm-table:mock/mock_wide.fits', async () => {
    await page.getByRole('menuitem', { name: 'Open in the PZ Explorer' }).click();
    await expect(page.locator('.tsm-Explorer-head')).toContainText('mock_wide.fits');
  });
  await expect(page.locator('.tsm-Explorer-head')).toContainText('mock_wide.fits');
});
