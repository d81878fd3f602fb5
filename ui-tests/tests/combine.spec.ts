/** Every redshift explained: from an edited radius to a decision about a conflict, kept in the recipe. */
import { readFileSync, rmSync, writeFileSync } from 'fs';
import { join } from 'path';

import { expect, test } from '@jupyterlab/galata';

import { LONG, openFolder, openRecipe, picture, settings, work } from '../helpers';

const RECIPE = join(work, 'mock', 'conflicts.tsm.yaml');

test.use({ autoGoto: false, actionTimeout: 30_000, viewport: { width: 1280, height: 900 }, mockSettings: settings('JupyterLab Light') });

test.beforeAll(() => {
  const text = readFileSync(join(work, 'mock', 'mock.tsm.yaml'), 'utf-8');
  writeFileSync(RECIPE, text.replace(/^name: .*$/m, 'name: conflicts'));
});

test.afterAll(() => rmSync(RECIPE, { force: true }));

test('a conflict is seen, explained and decided', async ({ page }) => {
  test.setTimeout(400_000);
  await page.goto();
  await openFolder(page, 'mock');
  const editor = await openRecipe(page, 'conflicts.tsm.yaml');
  const consequence = editor.getByRole('region', { name: 'What happens' });

  await test.step('every flag is listed with its meaning and what it becomes', async () => {
    await editor.locator('.tsm-Card-toggle', { hasText: 'Homogenize flags' }).click();
    const nine = page.getByLabel('MOCK-DEEP flag 9 becomes');
    await expect(nine).toHaveValue('2', LONG);
    await expect(consequence.getByRole('row').filter({ has: nine })).toContainText('one strong line only');
    await picture(page, 'story-rules-light.png', true);
  });

  await test.step('an edited radius shows at once what it changes', async () => {
    await editor.locator('.tsm-Card-toggle', { hasText: 'Combine' }).click();
    const objects = consequence.getByRole('row').filter({ hasText: /^Objects/ });
    const numbers = objects.getByRole('cell');
    await expect(numbers.first()).toHaveText(/^[\d,]+$/, LONG);
    const before = await numbers.first().innerText();
    await editor.getByLabel('Radius (arcsec)').first().fill('0.4');
    await expect(numbers.nth(1)).toContainText(before, LONG);
    await expect(numbers.first()).not.toHaveText(before);
    await expect(consequence.getByRole('heading', { name: /\d+ conflicts/ })).toBeVisible();
    await picture(page, 'story-combine-light.png', true);
    await editor.getByLabel('Radius (arcsec)').first().fill('0.75');
    await expect(numbers.first()).toHaveText(before, LONG);
  });

  await test.step('the run keeps all measurements', async () => {
    await editor.getByRole('button', { name: 'Run', exact: true }).click();
    await expect(consequence.getByRole('tab', { name: 'Result' })).toBeVisible(LONG);
    await openFolder(page, 'mock/bundles/conflicts/data');
    await page.locator('.jp-DirListing-item', { hasText: 'measurements.parquet' }).dblclick();
  });

  const explorer = page.locator('.tsm-Explorer:visible');
  const details = explorer.getByRole('complementary', { name: 'Row details' });

  await test.step('the conflicts are listed, and each says why', async () => {
    await explorer.getByRole('button', { name: /^\d+ conflicts$/ }).click(LONG);
    const list = explorer.getByRole('list', { name: 'Objects in conflict' });
    await list.getByRole('button').first().click();
    await expect(details.getByText('Why this redshift?')).toBeVisible();
    await expect(details).toContainText('secure redshifts disagree');
    await expect(details).toContainText(/1 of \d+ conflicts/);
    await expect(details).toContainText("in the survey's words");
    await page.setViewportSize({ width: 1600, height: 1000 });
    await picture(page, 'story-why-light.png', true);
    await details.getByRole('button', { name: /next conflict/i }).click();
    await expect(details).toContainText(/2 of \d+ conflicts/);
  });

  await test.step('a decision with its reason goes into the recipe', async () => {
    await details.getByRole('button', { name: /^Prefer/ }).first().click();
    await details.getByPlaceholder(/reason/).fill('Two lines in the spectrum');
    await details.getByRole('button', { name: 'Prefer, in the recipe' }).click();
    await expect(details).toContainText('it counts from its next run on');
    await page.activity.activateTab('conflicts.tsm.yaml');
    await editor.getByRole('tab', { name: 'Plan' }).click();
    await editor.getByRole('button', { name: 'Text', exact: true }).click();
    await expect(editor.locator('.cm-content')).toContainText('Two lines in the spectrum');
    await editor.getByRole('button', { name: 'Form', exact: true }).click();
    await editor.locator('.tsm-Card-toggle', { hasText: 'Combine' }).click();
    const best = consequence.getByRole('row').filter({ hasText: /^with a best measurement/ });
    await expect(best).toContainText('+1', LONG);
  });
});
