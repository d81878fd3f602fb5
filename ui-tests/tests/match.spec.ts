/** The match: its form, what the plan expects, a remedy made by one click, a job by LSDB, and how good it was. */
import { readFileSync, rmSync, writeFileSync } from 'fs';
import { join } from 'path';

import { expect, type IJupyterLabPageFixture, test } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';

import { complaints, LONG, openFolder, openRecipe, picture, settings, work } from '../helpers';

test.use({ autoGoto: false });

const folder = join(work, 'mock');

/** Each theme on one screen, to save time. */
const SCREENS = [
  { theme: 'JupyterLab Light', shade: 'light', size: { width: 1280, height: 900 } },
  { theme: 'JupyterLab Dark', shade: 'dark', size: { width: 1920, height: 1080 } }
];

function clean(): void {
  rmSync(join(folder, 'matched.tsm.yaml'), { force: true });
  rmSync(join(folder, 'bundles', 'matched'), { recursive: true, force: true });
}

test.beforeEach(() => {
  clean();
  const text = readFileSync(join(folder, 'mock.tsm.yaml'), 'utf-8');
  writeFileSync(join(folder, 'matched.tsm.yaml'), text.replace(/^name: .*$/m, 'name: matched'));
});

test.afterEach(clean);

/** The recipe with the form of its match open, beside what the plan says of it. */
async function open(page: IJupyterLabPageFixture) {
  await page.goto();
  await openFolder(page, 'mock');
  const editor = await openRecipe(page, 'matched.tsm.yaml');
  const consequence = editor.getByRole('region', { name: 'What happens' });
  await editor.locator('.tsm-Card-toggle', { hasText: 'Match to objects' }).click();
  const steps = editor.getByRole('region', { name: 'Steps' });
  const card = steps.getByRole('listitem').filter({ hasText: 'Match to objects' }).first();
  await card.scrollIntoViewIfNeeded();
  return { editor, consequence, card };
}

/** The separations and the curve of purity, drawn. */
async function drawn(part: Locator): Promise<void> {
  const separations = part.getByRole('img', { name: /Histogram of separations/ });
  await expect(separations).toBeVisible(LONG);
  expect(await separations.locator('rect').count()).toBeGreaterThan(10);
  const curve = part.getByRole('img', { name: /of the matches are the right object/ });
  await expect(curve.locator('polyline')).toHaveCount(2);
}

for (const { theme, shade, size } of SCREENS) {
  test.describe(theme, () => {
    test.use({ viewport: size, mockSettings: settings(theme) });

    test('a match is chosen, planned, mended by a click, made as a job and judged', async ({ page }) => {
      test.setTimeout(400_000);
      const { editor, consequence, card } = await open(page);

      await test.step('the plan says what it will find', async () => {
        const row = (name: RegExp) => consequence.getByRole('row', { name });
        await expect(row(/^In the footprint/)).toContainText('square degrees', LONG);
        await expect(row(/^By chance/)).toContainText('objects in a square degree');
        await expect(row(/^Size/)).toContainText('of 200 MB');
        await expect(row(/^In memory/)).toContainText('of 10 partitions');
        await drawn(consequence);
        await picture(page, `match-plan-${shade}.png`, shade === 'light');
      });

      await test.step('the form offers what the release has', async () => {
        await expect(card.getByLabel('Folder of the release')).toHaveValue('mock_release');
        await expect(card.getByLabel('Profile of the release')).toHaveValue('mock');
        await expect(card.getByRole('checkbox', { name: 'gaap1p0' })).toBeChecked();
        await expect(card.getByRole('checkbox', { name: 'psf' })).not.toBeChecked();
        await expect(card.getByText(/^The plan: in memory, about/)).toBeVisible();
        await card.getByLabel('Run', { exact: true }).selectOption({ label: 'In a job of the engine, by LSDB' });
        await expect(consequence.getByRole('row', { name: /^As a job/ })).toContainText('as the step asks', LONG);
        expect(await complaints(page, '.tsm-RecipeEditor')).toEqual([]);
      });

      await test.step('a survey that is off is moved by one click', async () => {
        await expect(consequence).toContainText('The positions of MOCK-GRISM are off by');
        await consequence.getByRole('button', { name: /^Move MOCK-GRISM by/ }).click();
        await expect(consequence).toContainText('The recipe was changed: Move MOCK-GRISM by');
        await expect(consequence).not.toContainText('The positions of MOCK-GRISM are off by', LONG);
        await card.locator('summary', { hasText: 'More' }).click();
        await expect(card.getByLabel('MOCK-GRISM: east (″)')).not.toHaveValue('0');
        await picture(page, `match-form-${shade}.png`);
        await editor.getByRole('button', { name: 'Text', exact: true }).click();
        await expect(editor.locator('.cm-content')).toContainText(/shift: \{MOCK-GRISM: \[/);
        await expect(editor.locator('.cm-content')).toContainText('run: engine');
        await editor.getByRole('button', { name: 'Form', exact: true }).click();
      });

      await test.step('the job tells its partitions, and its result how good it is', async () => {
        await editor.getByRole('button', { name: 'Run', exact: true }).click();
        await expect(consequence.getByRole('tab', { name: 'Result' })).toBeVisible(LONG);
        const quality = consequence.locator('.tsm-Match-result');
        if ((await quality.getAttribute('open')) === null) {
          await quality.locator('summary').click();
        }
        await drawn(quality);
        await expect(quality.getByRole('table', { name: /object minus redshift/ })).toContainText('MOCK-GRISM');
        await quality.scrollIntoViewIfNeeded();
        await quality.evaluate(element => element.scrollIntoView());
        await picture(page, `match-result-${shade}.png`, shade === 'light');
      });
    });
  });
}
