/** Operations of other packages: their form in the editor, and a run that is stopped from the sidebar. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { join } from 'path';

import { expect, test } from '@jupyterlab/galata';

import { LONG, openFolder, openRecipe, work } from '../helpers';

test.use({ autoGoto: false });

const folder = join(work, 'mock');
const recipe = 'other.tsm.yaml';

/** The mock sky's recipe under another name, perhaps with a step more. */
function write(step = ''): void {
  const text = readFileSync(join(folder, 'mock.tsm.yaml'), 'utf-8');
  writeFileSync(
    join(folder, recipe),
    text.replace('name: mock', 'name: other').replace(/^write:/m, `${step}write:`)
  );
}

test.afterEach(() => rmSync(join(folder, recipe), { force: true }));

test('an operation of another package has a form, and the plan knows it', async ({ page }) => {
  write();
  await page.goto();
  await openFolder(page, 'mock');
  const editor = await openRecipe(page, recipe);
  await editor.getByRole('combobox', { name: 'Add a step' }).selectOption({ label: 'Brightest' });
  const card = editor.getByRole('listitem').filter({ hasText: 'Brightest' });
  await expect(card).toContainText('Keep the brightest rows.');
  await expect(card.getByLabel('Magnitude')).toHaveValue('i_gaap1p0Mag');
  const keep = card.getByLabel('Keep');
  await expect(keep).toHaveValue('1000');

  await keep.fill('500');
  await card.getByLabel('Magnitude').fill('r_gaap1p0Mag');
  await card.getByLabel('Magnitude').press('Enter');
  await editor.getByRole('button', { name: 'Text', exact: true }).click();
  const text = editor.locator('.cm-content');
  await expect(text).toContainText('brightest:');
  await expect(text).toContainText('keep: 500');
  await expect(text).toContainText('column: r_gaap1p0Mag');

  await expect(editor.getByText('plan ✓')).toBeVisible(LONG);
  await expect(editor.getByRole('region', { name: 'What happens' })).toContainText('7,005 → 500');
});

test('a run is stopped from the sidebar and leaves nothing', async ({ page }) => {
  write('  - unhurried: {}\n');
  await page.goto();
  await openFolder(page, 'mock');
  const editor = await openRecipe(page, recipe);
  await editor.getByRole('button', { name: 'Run', exact: true }).click();
  const job = page.getByRole('list', { name: 'Jobs' }).getByRole('listitem').filter({ hasText: 'other' });
  await expect(job).toContainText(/turn \d+/, LONG);
  await expect(job.getByRole('progressbar')).toBeVisible();
  await job.getByRole('button', { name: 'Stop other' }).click();
  await expect(job).toContainText('stopped');
  await expect(editor).toContainText('Stopped. Nothing was written.');
  expect(existsSync(join(folder, 'bundles', 'other'))).toBe(false);
});
