/** axe finds nothing to complain about in anything of ours, in either theme. */
import { expect, test } from '@jupyterlab/galata';

import { brush, complaints, LONG, openFolder, openPanel, openRecipe, seed, settings } from '../helpers';

test.use({ autoGoto: false });
test.beforeAll(seed);

for (const theme of ['JupyterLab Light', 'JupyterLab Dark']) {
  test.describe(theme, () => {
    test.use({ mockSettings: settings(theme), viewport: { width: 1600, height: 1000 } });

    test('the explorer: plots, rows, a row and a column', async ({ page }) => {
      await page.goto();
      await openFolder(page, 'mock');
      await page.locator('.jp-DirListing-item', { hasText: 'mock_deep.parquet' }).dblclick();
      const explorer = page.locator('.tsm-Explorer');
      const row = explorer.getByRole('grid').getByRole('row').nth(3);
      await expect(row).toBeVisible(LONG);
      await expect(explorer.locator('.tsm-View-foot').first()).toContainText('in steps of', LONG);
      await brush(page, explorer.getByRole('region', { name: 'n(z)' }), 0.1, 0.4);
      const state = explorer.locator('.tsm-Condition-state');
      await expect(state).toContainText('of 5,377 rows');
      const passed = Number((await state.innerText()).split(' ')[0].replace(',', ''));
      await expect(explorer.getByRole('grid')).toHaveAttribute('aria-rowcount', String(passed + 1));
      await row.click();
      await expect(explorer.getByRole('complementary')).toBeVisible();
      expect(await complaints(page, '.tsm-Explorer')).toEqual([]);

      await page.keyboard.press('Escape');
      const condition = explorer.getByRole('textbox', { name: 'condition' });
      await condition.fill('Z > nothing');
      await condition.press('Enter');
      await expect(explorer.getByRole('alert')).toBeVisible();
      await explorer.getByRole('button', { name: 'Cite' }).click();
      await explorer.getByRole('button', { name: 'Keep this figure' }).first().click();
      await expect(page.getByRole('menu').getByRole('menuitem').first()).toBeVisible();
      expect(await complaints(page, '.tsm-Explorer')).toEqual([]);
    });

    test('the sidebar and the recipe editor', async ({ page }) => {
      await page.goto();
      await openFolder(page, 'mock');
      await openPanel(page);
      await page.getByRole('button', { name: 'Filters' }).click();
      const editor = await openRecipe(page, 'mock.tsm.yaml');
      expect(await complaints(page, '#tsm-panel')).toEqual([]);
      expect(await complaints(page, '.tsm-RecipeEditor')).toEqual([]);
      await editor.getByRole('button', { name: 'Run', exact: true }).click();
      await expect(editor.getByRole('button', { name: 'Verify' })).toBeVisible(LONG);
      expect(await complaints(page, '.tsm-RecipeEditor')).toEqual([]);
      await page.getByRole('list', { name: 'Jobs' }).getByRole('button').first().click();
      await expect(page.locator('.tsm-JobView').getByRole('heading', { name: 'Log' })).toBeVisible();
      expect(await complaints(page, '.tsm-JobView')).toEqual([]);
      expect(await complaints(page, '#tsm-panel')).toEqual([]);
    });

    test('two catalogues compared', async ({ page }) => {
      await page.goto();
      await openFolder(page, 'mock');
      await page.locator('.jp-DirListing-item', { hasText: 'mock_deep.parquet' }).click();
      await page.locator('.jp-DirListing-item', { hasText: 'mock_wide.fits' }).click({ modifiers: ['Control'] });
      await page.locator('.jp-DirListing-item', { hasText: 'mock_wide.fits' }).click({ button: 'right' });
      await page.getByRole('menuitem', { name: 'Compare', exact: true }).click();
      const compared = page.locator('.tsm-Compare');
      await expect(compared.getByRole('region').first()).toBeVisible(LONG);
      expect(await complaints(page, '.tsm-Compare')).toEqual([]);
    });
  });
}
