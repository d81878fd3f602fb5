/** The explorer below a notebook cell, and what of it is saved: nothing. */
import { readFileSync } from 'fs';
import { join } from 'path';

import { expect, test } from '@jupyterlab/galata';

import { LONG, picture, settings, work } from '../helpers';

test.use({ autoGoto: false, mockSettings: settings('JupyterLab Light') });

test('a table below a cell, its selection in the next, and no rows in the file', async ({ page }) => {
  const name = 'explore.ipynb';
  await page.goto();
  await page.sidebar.close('left');
  await page.notebook.createNew(name);
  await page.notebook.setCell(
    0,
    'code',
    "import pz_tsm\n\nview = pz_tsm.explore('mock/mock_deep.parquet')\nview"
  );
  await page.notebook.runCell(0, true);
  const cell = page.locator('.tsm-WidgetCell');
  await expect(cell.getByRole('heading', { name: 'mock_deep' })).toBeVisible(LONG);
  const row = cell.getByRole('row').nth(1);
  await expect(row).toContainText('MOCK-DEEP');

  const condition = cell.getByRole('textbox', { name: 'condition' });
  await condition.fill('Z BETWEEN 0.2 AND 0.9');
  await condition.press('Enter');
  const state = cell.locator('.tsm-Condition-state');
  await expect(state).toContainText('of 5,377 rows');
  await expect(cell).toContainText('sel = view.selection');
  const passed = (await state.innerText()).match(/[\d,]+/)![0];

  await page.notebook.addCell('code', 'view.selection');
  await page.notebook.runCell(1, true);
  const output = page.locator('.jp-Notebook .jp-Cell').nth(1).locator('.jp-OutputArea-output');
  await expect(output).toContainText(`${passed} of 5,377 rows`);
  await picture(page, 'story-notebook-light.png', true);

  const values = (await row.getByRole('gridcell').allInnerTexts()).filter(text => text.includes('.'));
  expect(values.length).toBeGreaterThan(2);
  await page.notebook.save();
  const saved = readFileSync(join(work, name), 'utf-8');
  expect(saved).toContain('view = pz_tsm.explore');
  expect(saved.length).toBeLessThan(20_000);
  expect(saved).not.toContain('MOCK-DEEP');
  for (const value of values) {
    expect(saved).not.toContain(value);
  }
});
