/** Public catalogues: found, looked at, counted, previewed, brought into a file, used, shared. */
import { existsSync, readFileSync, rmSync } from 'fs';
import { join } from 'path';

import { expect, type IJupyterLabPageFixture, test } from '@jupyterlab/galata';

import { complaints, LONG, openFolder, openPanel, picture, reloaded, SCREENS, seed, work } from '../helpers';

test.use({ autoGoto: false });
test.beforeAll(seed);

const LIST = '.tsm-Registry:visible';

/** The list, from the sidebar. */
async function list(page: IJupyterLabPageFixture) {
  await openPanel(page);
  await page.getByRole('button', { name: 'Find public catalogues …' }).click();
  const found = page.getByRole('article', { name: 'Public catalogues' });
  await expect(found.getByRole('heading', { name: /\d+ catalogues$/ })).toBeVisible(LONG);
  return found;
}

function execute(page: IJupyterLabPageFixture, command: string, args: object = {}): Promise<void> {
  return page.evaluate(
    async ([id, given]) => {
      const { jupyterapp } = window as unknown as {
        jupyterapp: { commands: { execute(id: string, args: object): Promise<unknown> } };
      };
      await jupyterapp.commands.execute(id, given);
    },
    [command, args] as const
  );
}

/** The page of VIPERS. */
async function vipers(page: IJupyterLabPageFixture) {
  const found = await list(page);
  await found.getByRole('searchbox').fill('vipers');
  await expect(found.getByRole('heading', { name: /^1 of \d+ catalogues$/ })).toBeVisible();
  await found.getByRole('button', { name: 'VIPERS PDR-2' }).click();
  const entry = page.getByRole('article', { name: 'VIPERS PDR-2' });
  await expect(entry.getByRole('heading', { name: 'What its flags mean' })).toBeVisible(LONG);
  return entry;
}

test('catalogues are found by words and by a place on the sky', async ({ page }) => {
  await page.goto();
  const found = await list(page);
  await found.getByRole('textbox', { name: 'RA in degrees' }).fill('150.1');
  await found.getByRole('textbox', { name: 'Dec in degrees' }).fill('2.2');
  await found.getByRole('combobox', { name: 'Type' }).selectOption('g');
  const fitting = found.getByRole('list', { name: 'Catalogues that fit' });
  await expect(fitting).toContainText('PRIMUS');
  await expect(fitting).not.toContainText('VIPERS');
  await found.getByRole('button', { name: 'Show all' }).click();
  await expect(fitting).toContainText('VIPERS');
  const map = found.getByRole('img', { name: /^Sky map/ });
  const { width, height } = (await map.boundingBox())!;
  await map.click({ position: { x: width / 2, y: height / 2 } }); // its middle lies on the equator
  await expect(found.getByRole('textbox', { name: 'RA in degrees' })).toHaveValue(/^(89|90)/);
  await expect(found.getByRole('textbox', { name: 'Dec in degrees' })).toHaveValue(/^-?[01](\.|$)/);
});

test('a catalogue is counted, looked at and made an input of a recipe', async ({ page }) => {
  await page.goto();
  await openFolder(page, 'mock');
  const entry = await vipers(page);
  await entry.getByRole('button', { name: 'Count rows' }).click();
  await expect(entry.getByText(/^3,000 rows · about .* · 5 columns$/)).toBeVisible(LONG);
  await entry.getByRole('combobox', { name: 'Region' }).selectOption({ label: 'XMM-LSS: they overlap' });
  await entry.getByRole('button', { name: 'Count rows' }).click();
  await expect(entry.getByText(/^about 1,\d{3} rows/)).toBeVisible(LONG);

  await entry.getByRole('button', { name: 'Preview' }).click();
  const explorer = page.locator('.tsm-Explorer:visible');
  await expect(explorer.getByRole('columnheader', { name: /zsp/ }).first()).toBeVisible(LONG);

  await page.getByRole('tab', { name: 'VIPERS PDR-2', exact: true }).click();
  await entry.getByRole('button', { name: 'Add to recipe' }).click();
  const editor = page.locator('.tsm-RecipeEditor:visible');
  await expect(editor.getByText('vipers_pdr2').first()).toBeVisible(LONG);
  await execute(page, 'docmanager:save');
  const saved = () => readFileSync(join(work, 'mock', 'untitled.tsm.yaml'), 'utf8');
  await expect.poll(saved).toMatch(/vipers_pdr2: .*J\/A\+A\/609\/A84\/vipersw1.*survey: VIPERS_PDR2/);
  await page.contents.deleteFile('mock/untitled.tsm.yaml');
});

test('a catalogue is brought into a file, and from there to the PZ Server', async ({ page }) => {
  await page.goto();
  await openFolder(page, 'mock');
  const entry = await vipers(page);
  await entry.getByRole('button', { name: 'Download to a file' }).click();
  await expect(entry.getByText(/^VIPERS PDR-2 is there: 3,000 rows/)).toBeVisible(LONG);
  const file = join(work, 'mock', 'vipers_pdr2_W1.parquet');
  expect(existsSync(file)).toBe(true);
  const jobs = page.getByRole('list', { name: 'Jobs' });
  await expect(jobs.getByRole('listitem').filter({ hasText: 'VIPERS PDR-2' })).toContainText('done');
  await entry.getByRole('button', { name: 'Register on the PZ Server …' }).click();
  const upload = page.locator('.tsm-Upload:visible');
  await expect(upload.getByRole('textbox', { name: /^Name/ })).toHaveValue('VIPERS PDR-2', LONG);
  await expect(upload).toContainText('Scodeggio et al. 2018');
  rmSync(file);
});

test('a service that has not what is asked of it says so, and what to do', async ({ page }) => {
  await page.goto();
  const entry = await vipers(page);
  await entry.getByRole('radio', { name: /vipersw4/ }).check();
  await entry.getByRole('button', { name: 'Count rows' }).click();
  await expect(entry.getByRole('alert')).toContainText('vipersw4', LONG);
  expect(await complaints(page, '.tsm-Registry')).toEqual([]);
});

test('the list and a page are there again after a reload', async ({ page }) => {
  await page.goto();
  await reloaded(page, 'tsm-registry:tsm-registry-vipers', () => vipers(page));
  await expect(page.locator('.tsm-Page-title h2:visible')).toHaveText('VIPERS PDR-2', LONG);
});

for (const { shade, width, title, use } of SCREENS) {
  test.describe(title, () => {
    test.use(use);

    test('public catalogues look as they should, and all may read them', async ({ page }) => {
      await page.goto();
      const found = await list(page);
      await found.getByRole('combobox', { name: 'Release that it overlaps with' }).selectOption('dp2');
      await expect(found.getByText('Rings: fields of the release.', { exact: false })).toBeVisible();
      await picture(page, `registry-${shade}-${width}.png`, shade === 'light' && width === 1280);
      expect(await complaints(page, '.tsm-Registry')).toEqual([]);
      await found.getByRole('button', { name: 'Show all' }).click();
      const entry = await vipers(page);
      await entry.getByRole('button', { name: 'Count rows' }).click();
      await expect(entry.getByText(/^3,000 rows/)).toBeVisible(LONG);
      await picture(page, `registry-entry-${shade}-${width}.png`);
      await entry.getByRole('heading', { name: 'How to get it' }).scrollIntoViewIfNeeded();
      await entry.getByText('Columns that are used').click();
      await entry.getByRole('heading', { name: 'What its flags mean' }).scrollIntoViewIfNeeded();
      await picture(page, `registry-flags-${shade}-${width}.png`);
      expect(await complaints(page, '.tsm-Registry')).toEqual([]);
    });
  });
}

test('320 px are enough for the list and for a page', async ({ page }) => {
  await page.setViewportSize({ width: 320 + 68, height: 900 });
  await page.goto();
  for (const args of [{}, { entry: 'vipers_pdr2' }]) {
    await execute(page, 'tsm:public-catalogues', args);
    await page.sidebar.close('left');
    const part = page.locator(LIST);
    await expect(part.getByRole('heading', { level: 2 })).toBeVisible(LONG);
    await expect(part.getByRole('img', { name: /^Sky map/ })).toBeVisible();
    await picture(page, `narrow-registry-${'entry' in args ? 'entry' : 'list'}.png`);
    const wide = await part.evaluate(node => node.scrollWidth - node.clientWidth);
    expect(wide).toBeLessThanOrEqual(0);
  }
});
