/** A split before it is written: what is seen while it is chosen is what the run gives. */
import { readFileSync, rmSync, writeFileSync } from 'fs';
import { join } from 'path';

import { expect, test } from '@jupyterlab/galata';

import { LONG, openFolder, openRecipe, picture, settings, work } from '../helpers';

const RECIPE = join(work, 'mock', 'parts.tsm.yaml');

test.use({ autoGoto: false, actionTimeout: 30_000, mockSettings: settings('JupyterLab Light') });

test.beforeAll(() => {
  const text = readFileSync(join(work, 'mock', 'mock.tsm.yaml'), 'utf-8');
  writeFileSync(RECIPE, text.replace(/^name: .*$/m, 'name: parts'));
});

test.afterAll(() => rmSync(RECIPE, { force: true }));

test('the parts of a split are seen before they are written', async ({ page }) => {
  test.setTimeout(400_000);
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.goto();
  await openFolder(page, 'mock');
  const editor = await openRecipe(page, 'parts.tsm.yaml');
  const consequence = editor.getByRole('region', { name: 'What happens' });
  const sizes = consequence.getByRole('table', { name: 'Sizes of the parts' });
  const train = sizes.getByRole('row').filter({ hasText: 'train' }).getByRole('cell');

  const settled = async () => {
    await expect(editor.getByText('plan ✓')).toBeVisible(LONG);
    await expect(consequence.locator('.tsm-Split .tsm-mod-old')).toHaveCount(0, LONG);
  };

  await test.step('by hash, a slider is answered at once', async () => {
    await editor.locator('.tsm-Card-toggle', { hasText: 'Split' }).click();
    await expect(train.first()).toHaveText(/^[\d,]+$/, LONG);
    await settled();
    const before = await train.first().innerText();
    const slider = editor.getByLabel('Share of train');
    await slider.focus();
    await page.keyboard.down('ArrowLeft');
    await expect(train.first()).not.toHaveText(before, LONG);
    await page.keyboard.up('ArrowLeft');
    await expect(consequence.getByRole('region', { name: 'Leaks' })).toContainText('none', LONG);
    await picture(page, 'split-random-light-1280.png');
  });

  await test.step('stratified by another cell', async () => {
    await editor.getByLabel('Method').selectOption('stratified');
    await expect(consequence.getByText('The engine divides anew after each change.')).toBeVisible(LONG);
    await editor.getByLabel('Add a cell: Cells').fill('survey');
    await page.keyboard.press('Enter');
    await expect(editor.getByLabel('Width of the cells of survey')).toHaveValue('');
    await settled();
    const before = await train.first().innerText();
    await editor.getByLabel('Share of train').focus();
    for (let step = 0; step < 20; step++) {
      await page.keyboard.press('ArrowLeft');
    }
    await expect(train.first()).not.toHaveText(before, LONG);
    await expect(consequence.getByText('The engine divides anew after each change.')).toBeVisible(LONG);
  });

  await test.step('in both themes, at both widths', async () => {
    for (const width of [1280, 1920]) {
      await page.setViewportSize({ width, height: 1000 });
      for (const theme of ['Light', 'Dark']) {
        await page.theme[theme === 'Dark' ? 'setDarkTheme' : 'setLightTheme']();
        await sizes.scrollIntoViewIfNeeded();
        await picture(page, `split-${theme.toLowerCase()}-${width}.png`);
      }
    }
    await page.theme.setLightTheme();
  });

  await test.step('the run gives the parts that were shown', async () => {
    await settled();
    const rows = await sizes.getByRole('row').evaluateAll(all =>
      all.slice(1).map(row => ({
        name: row.querySelector('th')!.textContent!.trim(),
        rows: row.querySelector('td')!.textContent!
      }))
    );
    await editor.getByRole('button', { name: 'Run', exact: true }).click();
    await expect(consequence.getByRole('tab', { name: 'Result' })).toBeVisible(LONG);
    for (const part of rows) {
      const shown = consequence.locator('.tsm-Result-parts li').filter({ hasText: part.name });
      await expect(shown).toContainText(part.rows);
    }
  });
});
