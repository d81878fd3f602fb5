/** A file becomes a product: checked, described, sent from server to server, found among the catalogues. */
import { mkdirSync, writeFileSync } from 'fs';
import { join } from 'path';

import { expect, type IJupyterLabPageFixture, test } from '@jupyterlab/galata';

import { complaints, LONG, openFolder, openPanel, picture, SCREENS, seed, settings, work } from '../helpers';

test.use({ autoGoto: false });
test.beforeAll(seed);

const UPLOAD = '.tsm-Upload:visible';

/** A catalogue as people have them: a blank in its name and in a column's, and a number for "no value". */
function catalogue(): void {
  const folder = join(work, 'uploads');
  mkdirSync(folder, { recursive: true });
  const rows = Array.from({ length: 40 }, (_, row) =>
    [1000 + row, 150 + row / 100, 2 + row / 200, row % 10 ? (0.1 + row / 50).toFixed(4) : -99, 3 + (row % 2)].join()
  );
  writeFileSync(join(folder, 'my mock.csv'), ['num,RAJ2000,DEJ2000,z best,z_flag', ...rows].join('\n') + '\n');
}

/** Share a file from the file browser. */
async function share(page: IJupyterLabPageFixture, name: string) {
  const item = page.locator('.jp-DirListing-item', { hasText: name });
  await item.click();
  await item.click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Share on the PZ Server …' }).click();
  const upload = page.locator(UPLOAD);
  await expect(upload.getByRole('button', { name: /^Send to/ })).toBeVisible(LONG);
  return upload;
}

test('a catalogue is put right, sent and found with its columns', async ({ page }) => {
  catalogue();
  await page.goto();
  await openFolder(page, 'uploads');
  const upload = await share(page, 'my mock.csv');

  await expect(upload.getByLabel('Meaning of RAJ2000')).toHaveValue('RA', LONG);
  await expect(upload.getByLabel('Meaning of z best')).toHaveValue('z');
  await expect(upload.getByRole('row', { name: /RAJ2000/ })).toContainText('its name');
  await expect(upload.getByText(/Blanks or special characters in file names/)).toBeVisible();
  const send = upload.getByRole('button', { name: /^Send to/ });
  await expect(send).toBeDisabled();

  await upload.getByRole('button', { name: 'Send as my_mock.csv' }).click();
  await upload.getByRole('button', { name: 'Rename them in a copy' }).click();
  await expect(upload.getByRole('row', { name: /z best → z_best/ })).toBeVisible();
  await upload.getByRole('textbox', { name: 'Name' }).fill('Shared mock');
  await upload.getByRole('textbox', { name: 'Description, in Markdown' }).fill('A *mock* catalogue for a test.');
  await send.click();
  await expect(upload.getByRole('heading', { name: 'Shared mock' })).toBeVisible(LONG);

  await openPanel(page);
  await expect(page.getByRole('list', { name: 'Catalogues' })).toContainText('Shared mock', LONG);
  await upload.getByRole('button', { name: 'Open the product' }).click();
  const product = page.locator('.tsm-ProductPage:visible');
  await expect(product.getByRole('row', { name: /^RAJ2000 RA/ })).toBeVisible(LONG);
  await expect(product.getByRole('row', { name: /^z_best z/ })).toBeVisible();
  await expect(product.getByRole('row', { name: /my_mock.parquet main/ })).toBeVisible();
});

test('what was begun is offered again', async ({ page }) => {
  catalogue();
  await page.goto();
  await openFolder(page, 'uploads');
  const upload = await share(page, 'my mock.csv');
  const kept = page.waitForResponse(
    answer => answer.url().includes('/tsm/drafts/') && answer.request().postData()?.includes('Not sent yet') === true
  );
  await upload.getByRole('textbox', { name: 'Name' }).fill('Not sent yet');
  await kept;
  await page.activity.closeAll();

  await page.evaluate(() => window.jupyterapp.commands.execute('tsm:upload'));
  const begun = page.locator(UPLOAD);
  await begun.getByRole('button', { name: 'Go on with Not sent yet' }).click();
  await expect(begun.getByRole('textbox', { name: 'Name' })).toHaveValue('Not sent yet');
  await expect(begun.getByLabel('Meaning of RAJ2000')).toHaveValue('RA', LONG);
  await page.activity.closeAll();

  await page.evaluate(() => window.jupyterapp.commands.execute('tsm:upload'));
  await begun.getByRole('button', { name: 'Discard Not sent yet' }).click();
  await expect(begun.getByText('Begun earlier')).toHaveCount(0);
});

test('the folder of a HATS catalogue goes as a zip', async ({ page }) => {
  await page.goto();
  await openFolder(page, 'mock');
  const upload = await share(page, 'mock_release');
  await expect(upload.getByRole('row', { name: /mock_release\.zip/ })).toContainText('packed when sent');
  await expect(upload.getByLabel('Meaning of coord_ra')).toHaveValue('RA', LONG);
  await upload.getByRole('textbox', { name: 'Name' }).fill('Mock objects');
  await upload.getByRole('button', { name: /^Send to/ }).click();
  await expect(upload.getByRole('heading', { name: 'Mock objects' })).toBeVisible(LONG);
  await upload.getByRole('button', { name: 'Open the product' }).click();
  const product = page.locator('.tsm-ProductPage:visible');
  await expect(product.getByRole('row', { name: /mock_release · HATS main/ })).toBeVisible(LONG);
  await expect(product.getByRole('row', { name: /^coord_ra RA/ })).toBeVisible();
});

test('a draft that was begun elsewhere goes on from its page', async ({ page }) => {
  await page.goto();
  const ask = async (method: string, path: string, data?: object) => {
    const answer = await page.request.fetch(`/tsm/pz/${path}`, { method, data });
    expect(answer.ok(), await answer.text()).toBe(true);
    return answer.status() === 204 ? null : answer.json();
  };
  const { results } = await ask('GET', 'product-types/?name=other');
  const what = { display_name: 'Half done', product_type: results[0].id, description: 'Half.', status: 0 };
  const { id } = await ask('POST', 'products/', what);
  await page.evaluate(
    product => window.jupyterapp.commands.execute('tsm:open-product', { product }).then(() => undefined),
    id as number
  );
  await page.getByRole('button', { name: 'Go on with the upload' }).click();
  const upload = page.locator(UPLOAD);
  await expect(upload.getByRole('heading', { name: 'Go on with Half done' })).toBeVisible(LONG);
  await expect(upload.getByRole('button', { name: 'Choose the main file …' })).toBeEnabled();
  await ask('DELETE', `products/${id}/`);
});

for (const { shade, width, title, use } of SCREENS) {
  test.describe(title, () => {
    test.use(use);

    test('the page looks as it should, and all may use it', async ({ page }) => {
      catalogue();
      await page.goto();
      await openFolder(page, 'uploads');
      const upload = await share(page, 'my mock.csv');
      await expect(upload.getByLabel('Meaning of RAJ2000')).toHaveValue('RA', LONG);
      await picture(page, `upload-${shade}-${width}.png`);
      await upload.getByRole('heading', { name: 'Checks' }).scrollIntoViewIfNeeded();
      await upload.getByRole('button', { name: /^Send to/ }).scrollIntoViewIfNeeded();
      await picture(page, `upload-checks-${shade}-${width}.png`);
      expect(await complaints(page, '.tsm-Upload')).toEqual([]);
    });
  });
}

test.describe('at 320 px', () => {
  test.use({ viewport: { width: 388, height: 800 }, mockSettings: settings('JupyterLab Light') });

  test('nothing is cut off', async ({ page }) => {
    catalogue();
    await page.goto();
    await page.evaluate(() => window.jupyterapp.commands.execute('tsm:upload', { contents: 'uploads/my mock.csv' }));
    await page.sidebar.close('left');
    const upload = page.locator(UPLOAD);
    await expect(upload.getByLabel('Meaning of RAJ2000')).toHaveValue('RA', LONG);
    expect((await upload.boundingBox())!.width).toBeLessThanOrEqual(322);
    expect(await upload.evaluate(node => node.scrollWidth - node.clientWidth)).toBeLessThanOrEqual(0);
    await picture(page, 'upload-narrow.png');
    await upload.getByRole('button', { name: /^Send to/ }).scrollIntoViewIfNeeded();
    await picture(page, 'upload-narrow-checks.png');
  });
});
