/** A table of the user's own becomes an input: what its columns mean is shown, and what is in doubt is asked. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { join } from 'path';

import { expect, type IJupyterLabPageFixture, test } from '@jupyterlab/galata';

import { LONG, openFolder, openPanel, seed, work } from '../helpers';

test.use({ autoGoto: false });
test.beforeAll(seed);
test.afterAll(() => rmSync(join(work, 'mine'), { recursive: true, force: true }));

/** A catalogue in hours with two redshifts. */
function catalogue(): void {
  const folder = join(work, 'mine');
  mkdirSync(folder, { recursive: true });
  const rows = Array.from({ length: 40 }, (_, row) =>
    [`g${row}`, 10 + row / 100, 2 + row / 200, (0.1 + row / 50).toFixed(4), (0.11 + row / 50).toFixed(4)].join()
  );
  writeFileSync(join(folder, 'mock own.csv'), ['name,RA_hours,DEC,zbest,zspec', ...rows].join('\n') + '\n');
}

async function settle(page: IJupyterLabPageFixture) {
  const box = page.getByRole('region', { name: 'Columns of mock_own' });
  await expect(box.getByText('To be settled first: z.')).toBeVisible(LONG);
  await expect(box.getByRole('img')).toHaveAttribute('aria-label', /^Right ascension 150\.00 to 155\.85/);
  const use = box.getByRole('button', { name: 'Use as input' });
  await expect(use).toBeDisabled();
  await box.getByLabel('Column of z', { exact: true }).selectOption('zspec');
  await use.click();
  await expect(box).toBeHidden();
  await expect(page.getByText('40 rows')).toBeVisible(LONG);
}

test('a file of the file browser is looked at before it becomes an input', async ({ page }) => {
  catalogue();
  await page.goto();
  await openFolder(page, 'mine');
  await page.locator('.jp-DirListing-item', { hasText: 'mock own.csv' }).click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Add to Recipe' }).click();
  await settle(page);
  await page.getByRole('button', { name: 'Text', exact: true }).click();
  const text = page.locator('.tsm-RecipeDocument-text:visible');
  await expect(text).toContainText('convert: {positions: hours}');
  await expect(text).toContainText('z: zspec');
});

test('a file that is dropped on the panel goes the same way', async ({ page }) => {
  catalogue();
  await page.goto();
  await openPanel(page);
  await page.sidebar.moveTabToRight('tsm-panel');
  await openPanel(page);
  await openFolder(page, 'mine');
  const item = await page.locator('.jp-DirListing-item', { hasText: 'mock own.csv' }).boundingBox();
  const panel = await page.locator('.tsm-Panel').boundingBox();
  await page.mouse.move(item!.x + 20, item!.y + 8);
  await page.mouse.down();
  await page.mouse.move(item!.x + 60, item!.y + 40, { steps: 5 });
  await page.mouse.move(panel!.x + panel!.width / 2, panel!.y + 200, { steps: 10 });
  await expect(page.locator('.tsm-Panel.tsm-mod-over')).toBeVisible();
  await page.mouse.up();
  await settle(page);
});

test('a file from outside is uploaded first', async ({ page }) => {
  catalogue();
  await page.goto();
  await openFolder(page, 'mine');
  await openPanel(page);
  const text = readFileSync(join(work, 'mine', 'mock own.csv'), 'utf-8');
  await page.locator('.tsm-Panel').evaluate((node, content) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([content], 'from outside.csv'));
    node.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
  }, text);
  const box = page.getByRole('region', { name: 'Columns of from_outside' });
  await expect(box.getByText('To be settled first: z.')).toBeVisible(LONG);
  expect(existsSync(join(work, 'mine', 'from outside.csv'))).toBe(true);
});
