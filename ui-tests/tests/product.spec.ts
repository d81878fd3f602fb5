/** A product of the PZ Server: found in the sidebar, looked at, used, changed, brought here, deleted. */
import { readFileSync, rmSync } from 'fs';
import { join } from 'path';

import { expect, type IJupyterLabPageFixture, test } from '@jupyterlab/galata';

import { complaints, LONG, openFolder, openPanel, picture, reloaded, SCREENS, seed, work } from '../helpers';

test.use({ autoGoto: false });
test.beforeAll(seed);

const PAGE = '.tsm-ProductPage:visible';

/** Open the page of a product from the list of catalogues. */
async function about(page: IJupyterLabPageFixture, name: string) {
  const list = page.getByRole('list', { name: 'Catalogues' });
  // only some of many are in the page, and other tests make more
  const search = page.getByPlaceholder('Search catalogues');
  await search.fill(name);
  await list.getByText(name, { exact: true }).hover();
  await list.getByRole('button', { name: `About ${name}`, exact: true }).click();
  await search.fill('');
  await expect(page.locator(PAGE).locator('.tsm-Page-title h2')).toHaveText(name);
  return page.locator(PAGE);
}

/** A published product of our own, made as the sidebar's services make one. */
async function publish(page: IJupyterLabPageFixture, name: string): Promise<void> {
  const ask = async (method: string, path: string, data?: object) => {
    const answer = await page.request.fetch(`/tsm/pz/${path}`, { method, data });
    expect(answer.ok(), await answer.text()).toBe(true);
    return answer.json();
  };
  const { results } = await ask('GET', 'product-types/?name=other');
  const { id } = await ask('POST', 'products/', {
    display_name: name,
    product_type: results[0].id,
    description: 'A file for a test.',
    status: 0
  });
  await ask('POST', 'product-files/', { product: id, role: 0, contents: 'mock/mock_grism.csv' });
  await ask('PATCH', `products/${id}/`, { status: 1 });
}

test('a product is looked at and used', async ({ page }) => {
  await page.goto();
  await openFolder(page, 'mock');
  await openPanel(page);
  const product = await about(page, 'MOCK-DEEP');
  await expect(product.getByRole('heading', { name: 'How to cite' }).first()).toBeVisible();
  await expect(product.locator('.jp-RenderedMarkdown strong')).toHaveText('real'); // Markdown, not its text
  const columns = product.getByRole('region', { name: 'Table of columns' });
  await expect(columns.getByRole('row', { name: /^ALPHA RA/ })).toBeVisible();
  await expect(product.getByRole('row', { name: /mock_deep.parquet main/ })).toBeVisible();

  await product.getByRole('button', { name: 'Open in explorer' }).click();
  await expect(page.locator('.tsm-Explorer').getByRole('row').nth(3)).toBeVisible(LONG);

  await about(page, 'MOCK-DEEP');
  await page.locator(PAGE).getByRole('button', { name: 'Use as input' }).click();
  const editor = page.locator('.tsm-RecipeEditor:visible');
  await expect(editor.getByText(/mock.?deep/i).first()).toBeVisible(LONG);
  await page.contents.deleteFile('mock/untitled.tsm.yaml');
});

test('its tab is there again after a reload', async ({ page }) => {
  await page.goto();
  await openPanel(page);
  await reloaded(page, 'tsm-product:tsm-product-', () => about(page, 'MOCK-WIDE'));
  await expect(page.locator('.tsm-Page-title h2')).toHaveText('MOCK-WIDE');
});

test('where a product comes from', async ({ page }) => {
  await page.goto();
  await openPanel(page);
  const product = await about(page, 'Mock DP1 compilation v1');
  await expect(product.getByRole('region', { name: 'Where it comes from' })).toContainText('uploaded by local');
});

test('a product of one’s own is edited, brought here and deleted', async ({ page }) => {
  await page.goto();
  await publish(page, 'Grism notes');
  await openFolder(page, 'mock');
  await openPanel(page);
  const product = await about(page, 'Grism notes');

  await product.getByRole('button', { name: 'Edit' }).click();
  await product.getByRole('textbox', { name: 'Description, in Markdown' }).fill('Now **better** described.');
  await product.getByRole('button', { name: 'Save' }).click();
  await expect(product.locator('.jp-RenderedMarkdown strong')).toHaveText('better');

  await product.getByRole('button', { name: 'Download mock_grism.csv' }).click();
  await expect(product.getByText(/mock\/mock_grism_1\.csv is there/)).toBeVisible(LONG);
  expect(readFileSync(join(work, 'mock', 'mock_grism_1.csv'))).toEqual(
    readFileSync(join(work, 'mock', 'mock_grism.csv'))
  );

  rmSync(join(work, 'mock', 'mock_grism_1.csv'));

  await product.getByRole('button', { name: 'Delete …' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('This can’t be undone');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(product).toBeVisible();
  await product.getByRole('button', { name: 'Delete …' }).click();
  await dialog.getByRole('button', { name: 'Delete the product' }).click();
  await expect(page.locator(PAGE)).toHaveCount(0);
  await expect(page.getByRole('list', { name: 'Catalogues' })).not.toContainText('Grism notes');
});

for (const { shade, width, title, use } of SCREENS) {
  test.describe(title, () => {
    test.use(use);

    test('the page of a product looks as it should, and all may read it', async ({ page }) => {
      await page.goto();
      await openPanel(page);
      const product = await about(page, 'Mock DP1 compilation v1');
      await expect(product.getByRole('region', { name: 'Table of columns' })).toBeVisible();
      await picture(page, `product-${shade}-${width}.png`);
      await product.getByRole('heading', { name: 'Where it comes from' }).scrollIntoViewIfNeeded();
      await picture(page, `product-origin-${shade}-${width}.png`);
      expect(await complaints(page, '.tsm-ProductPage')).toEqual([]);
      await product.getByRole('button', { name: 'Edit' }).click();
      await picture(page, `product-edit-${shade}-${width}.png`);
      expect(await complaints(page, '.tsm-ProductPage')).toEqual([]);
    });
  });
}
