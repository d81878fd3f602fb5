/** From an empty sidebar to a verified bundle, as a newcomer goes. */
import { expect, test } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';

import { brush, LONG, openFolder, openPanel, openRecipe, picture, seed } from '../helpers';

test.use({ autoGoto: false });

test('from an empty sidebar to a verified bundle', async ({ page }) => {
  test.setTimeout(400_000);
  const panel = page.getByRole('region', { name: 'PZ training sets' });

  await test.step('an empty sidebar says what to do first', async () => {
    await page.goto();
    await openPanel(page);
    await expect(panel.getByText('This server holds no catalogues yet.')).toBeVisible();
    await expect(panel.getByText('Nothing has been run yet.')).toBeVisible();
    await expect(panel.getByRole('button', { name: 'New recipe', exact: true })).toBeVisible();
    await picture(page, 'empty.png');
  });

  await test.step('catalogues appear when the server has some', async () => {
    seed();
    await panel.getByRole('button', { name: 'Look again' }).click();
    const catalogues = panel.getByRole('list', { name: 'Catalogues' });
    await expect(catalogues).toContainText('MOCK-DEEP');
    await expect(catalogues).toContainText('5,377');
    await expect(panel.getByRole('list', { name: 'Latest official products' })).toContainText('compilation');
  });

  const explorer = page.locator('.tsm-Explorer:visible');
  const condition = explorer.getByRole('textbox', { name: 'condition' });
  const state = explorer.locator('.tsm-Condition-state');
  const rows = explorer.getByRole('grid');

  let selected = '';

  await test.step('the latest compilation opens in the explorer', async () => {
    const latest = panel.getByRole('list', { name: 'Latest official products' });
    await latest.getByText('compilation').click();
    await expect(explorer.getByRole('heading', { name: 'Mock DP1 compilation' })).toBeVisible(LONG);
    await expect(state).toHaveText(/^[\d,]+ rows$/);
    await expect(rows.getByRole('row').nth(3)).toBeVisible();
  });

  await test.step('brushing n(z) writes a condition, counts, and filters the rows', async () => {
    const all = await rowCount(rows);
    await brush(page, explorer.getByRole('region', { name: 'n(z)' }), 0.2, 0.5);
    await expect(condition).toHaveValue(/^z BETWEEN [\d.]+ AND [\d.]+$/);
    await expect(state).toHaveText(/^[\d,]+ of [\d,]+ rows/);
    const [passed, of] = (await state.innerText()).match(/[\d,]+/g)!.map(numberOf);
    expect(of).toBe(all);
    expect(passed).toBeGreaterThan(0);
    expect(passed).toBeLessThan(all);
    await expect(rows).toHaveAttribute('aria-rowcount', String(passed + 1));
  });

  await test.step('another condition can be typed', async () => {
    const brushed = await state.innerText();
    await condition.fill('z < 0.9 AND z_flag_homogenized >= 3');
    await condition.press('Enter');
    await expect(state).not.toHaveText(brushed);
    await expect(state).toHaveText(/^[\d,]+ of [\d,]+ rows/);
    const [passed] = (await state.innerText()).match(/[\d,]+/g)!.map(numberOf);
    await expect(rows).toHaveAttribute('aria-rowcount', String(passed + 1));
    await condition.fill('z_flag_homogenised >= 3');
    await condition.press('Enter');
    await expect(explorer.getByRole('alert')).toContainText('z_flag_homogenized');
    await condition.fill('z < 0.9 AND z_flag_homogenized >= 3');
    await condition.press('Enter');
    await expect(explorer.getByRole('alert')).toHaveCount(0);
    await expect(state).toHaveText(/^[\d,]+ of [\d,]+ rows/);
    selected = (await state.innerText()).split(' ')[0];
  });

  await test.step('the selection becomes the input of a recipe', async () => {
    await explorer.getByRole('button', { name: 'To recipe' }).click();
    const editor = page.locator('.tsm-RecipeEditor:visible');
    await expect(editor.getByRole('region', { name: 'Inputs' })).toContainText('compilation');
    await editor.getByRole('button', { name: 'Text', exact: true }).click();
    // the recipe loads the columns under the names of their roles
    await expect(editor.locator('.cm-content')).toContainText('filter: redshift < 0.9 AND z_flag_homogenized >= 3');
    await expect(editor.locator('.cm-content')).toContainText('from: {pzserver: ');
    await editor.getByRole('button', { name: 'Form', exact: true }).click();
    await expect(editor.getByRole('region', { name: 'What happens' })).toContainText(`→ ${selected}`, LONG);
  });

  await openFolder(page, 'mock');
  const editor = await openRecipe(page, 'mock.tsm.yaml');
  const consequence = editor.getByRole('region', { name: 'What happens' });
  const jobs = panel.getByRole('list', { name: 'Jobs' });

  await test.step('the plan says what will come out', async () => {
    await expect(consequence).toContainText('Ready to run.');
    await expect(consequence).toContainText('20,000 → 10,437');
    await expect(consequence).toContainText('secure redshifts disagree');
  });

  await test.step('a run shows its progress, in the editor and in the sidebar', async () => {
    await editor.getByRole('button', { name: 'Run', exact: true }).click();
    await expect(consequence.getByRole('progressbar')).toBeVisible();
    await expect(consequence).toContainText('It goes on when this tab is closed');
    await expect(jobs.getByText('mock', { exact: true })).toBeVisible();
  });

  await test.step('the result is accounted for, row by row', async () => {
    await expect(consequence.getByRole('tab', { name: 'Result' })).toBeVisible(LONG);
    await expect(consequence.getByRole('heading', { name: 'n(z) of each part' })).toBeVisible();
    await expect(consequence.getByRole('heading', { name: 'Row accounting' })).toBeVisible();
    await expect(consequence.getByText('10,437 → 7,005')).toBeVisible();
    await expect(consequence.getByRole('listitem').filter({ hasText: /^train/ })).toContainText('4,853');
    for (const file of ['data/training_set.parquet', 'recipe.tsm.yaml', 'README.md']) {
      await expect(consequence.getByRole('row').filter({ hasText: file })).toContainText('B');
    }
    await expect(jobs).toContainText('done');
  });

  await test.step('the bundle is verified', async () => {
    await consequence.getByRole('button', { name: 'Verify' }).click();
    await expect(consequence.getByText('Verified', { exact: true })).toBeVisible(LONG);
    await expect(consequence).toContainText(/\d+ checks passed/);
  });

  await test.step('the training set opens in the explorer', async () => {
    await consequence.getByRole('button', { name: 'Open the training set' }).click();
    await expect(explorer.getByRole('heading', { name: /training.set/ })).toBeVisible();
    await expect(state).toHaveText('7,005 rows');
  });

  await test.step('the job can be looked at afterwards', async () => {
    await jobs.getByText('mock', { exact: true }).click();
    const job = page.getByRole('article', { name: 'mock' });
    await expect(job.getByRole('row', { name: /split/ })).toContainText('✓');
    await expect(job.getByRole('button', { name: 'Explore training set' })).toBeVisible();
  });
});

async function rowCount(grid: Locator): Promise<number> {
  return Number(await grid.getAttribute('aria-rowcount')) - 1; // the header is a row too
}

function numberOf(text: string): number {
  return Number(text.replace(/,/g, ''));
}
