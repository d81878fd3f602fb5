/** A recipe that is moved to another release, and a selection that becomes a recipe. */
import { existsSync, readFileSync, rmSync } from 'fs';
import { join } from 'path';

import { expect, test } from '@jupyterlab/galata';

import { LONG, openFolder, openRecipe, picture, settings, work } from '../helpers';

test.use({
  autoGoto: false,
  actionTimeout: 30_000,
  viewport: { width: 1280, height: 900 },
  mockSettings: settings('JupyterLab Light')
});

test('what another release changes is shown before it is applied', async ({ page }) => {
  test.setTimeout(300_000);
  await page.goto();
  await openFolder(page, 'mock');
  const editor = await openRecipe(page, 'mock.tsm.yaml');
  const card = editor.locator('.tsm-Card', { hasText: 'Match' }).first();
  await card.locator('.tsm-Card-toggle').click();
  const release = card.getByLabel(/^Release/);
  await release.selectOption('dp1');
  const considered = card.getByRole('region', { name: 'Another release: dp1' });
  await expect(considered.getByText('From Mock sky (made up) to Rubin Data Preview 1.')).toBeVisible(LONG);
  await expect(considered.getByText(/Extinction A\/E\(B-V\): u 4.78 becomes 4.81/)).toBeVisible();
  await expect(considered.getByText(/Who may see the rows: public becomes rubin-data-rights/)).toBeVisible();
  await expect(considered.getByText(/not on this machine/)).toBeVisible();
  await considered.scrollIntoViewIfNeeded();
  await picture(page, 'other-release-light-1280.png', true);
  await page.theme.setDarkTheme();
  await picture(page, 'other-release-dark-1280.png');
  await page.theme.setLightTheme();

  await considered.getByRole('button', { name: 'Keep mock_release' }).click();
  await expect(considered).toBeHidden();
  await expect(card.getByLabel('Folder of the release')).toHaveValue('mock_release');
  await expect(editor.getByText('plan ✓')).toBeVisible(LONG);

  await release.selectOption('dp1');
  await considered.getByRole('button', { name: 'Apply' }).click();
  await expect(considered).toBeHidden();
  await expect(release).toHaveValue('dp1');
  await editor.getByRole('button', { name: 'Text', exact: true }).click();
  await expect(editor.locator('.cm-content')).toContainText('release: dp1');
});

test('a selection becomes a recipe of its own', async ({ page }) => {
  test.setTimeout(300_000);
  const made = join(work, 'mock', 'mock_wide.tsm.yaml');
  await page.goto();
  await openFolder(page, 'mock');
  await openRecipe(page, 'mock.tsm.yaml'); // another recipe is open, and stays as it is
  await page.sidebar.openTab('filebrowser');
  await page.locator('.jp-DirListing-item', { hasText: 'mock_wide.fits' }).dblclick();
  const explorer = page.locator('.tsm-Explorer:visible');
  await expect(explorer.locator('.tsm-Explorer-head')).toContainText('mock_wide.fits', LONG);
  const condition = explorer.getByRole('textbox', { name: 'condition' });
  await condition.fill('Z > 0.1');
  await condition.press('Enter');
  await expect(explorer.locator('.tsm-Condition-state')).toContainText(/of [\d,]+ rows/, LONG);
  await picture(page, 'save-as-recipe-light-1280.png');
  await explorer.getByRole('button', { name: 'Save as recipe' }).click();
  const editor = page.locator('.tsm-RecipeEditor:visible');
  await expect(editor.locator('.tsm-RecipeEditor-name')).toHaveText('mock_wide', LONG);
  await expect(editor.getByText('mock_wide.fits').first()).toBeVisible();
  await expect.poll(() => existsSync(made) && readFileSync(made, 'utf-8'), LONG).toContain('name: mock_wide');
  await editor.getByRole('button', { name: 'Text', exact: true }).click();
  await expect(editor.locator('.cm-content')).toContainText('redshift > 0.1');
  rmSync(made);
});
