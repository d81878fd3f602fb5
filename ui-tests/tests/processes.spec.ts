/** A process of the PZ Server: entered, checked, run to its product, found again, run once more. */
import { writeFileSync } from 'fs';
import { join } from 'path';

import { expect, type IJupyterLabPageFixture, test } from '@jupyterlab/galata';

import { complaints, LONG, openPanel, picture, reloaded, SCREENS, seed, work } from '../helpers';

test.use({ autoGoto: false });
test.beforeAll(seed);

const FORM = 'New process';

/** The form, from the sidebar; with what is entered in it for a process that combines two catalogues. */
async function fill(page: IJupyterLabPageFixture, name: string) {
  await openPanel(page);
  const panel = page.getByRole('region', { name: 'PZ training sets' });
  await panel.getByRole('button', { name: 'New process', exact: true }).click();
  const form = page.getByRole('article', { name: FORM });
  await form.getByRole('radio', { name: /Combine Redshift Catalogs/ }).check();
  await form.getByRole('textbox', { name: 'Name *' }).fill(name);
  for (const catalogue of ['MOCK-DEEP', 'MOCK-WIDE']) {
    await form.getByRole('checkbox', { name: new RegExp(`^${catalogue}`) }).check();
  }
  await expect(form.getByRole('list', { name: 'Chosen catalogues' })).toContainText('RA: ALPHA');
  return form;
}

test('two catalogues are combined: what the server changes is told, the end is seen, the product opened', async ({
  page
}) => {
  await page.goto();
  const form = page.getByRole('article', { name: FORM });
  await reloaded(page, 'tsm-processes:tsm-processes-', async () => {
    await fill(page, 'Deep and wide');
    await form
      .getByRole('combobox', { name: 'Repeated measurements' })
      .selectOption('keep the best of each group');
    await form.getByRole('combobox', { name: 'Ties' }).selectOption('keep all rows of a tie');
    await form
      .getByRole('combobox', { name: 'Homogenized flag' })
      .selectOption('3 or more (over 90 % sure)');
  });

  // the draft is there after a reload
  await expect(form.getByRole('textbox', { name: 'Name *' })).toHaveValue('Deep and wide', LONG);
  await expect(form.getByRole('combobox', { name: 'Ties' })).toHaveValue('1');
  await form.getByRole('button', { name: 'Run', exact: true }).click();

  const process = page.getByRole('article', { name: 'Deep and wide' });
  await expect(process).toContainText('done', LONG);
  await expect(process.getByRole('row', { name: 'tie_treatment_option keep_all' })).toBeVisible();
  await expect(process.getByRole('region', { name: 'What the server says' })).toContainText(
    'does not write the column is_in_rubin_footprint'
  );
  await expect(process.getByRole('region', { name: 'Text of the log' })).toContainText('rows');
  const jobs = page.getByRole('list', { name: 'Jobs' });
  await expect(jobs.getByRole('listitem').filter({ hasText: 'Deep and wide' })).toContainText('done');

  await process.getByRole('button', { name: 'Open the product' }).click();
  const product = page.locator('.tsm-ProductPage:visible');
  await expect(product.getByRole('heading', { level: 2, name: 'Deep and wide' })).toBeVisible(LONG);
  await expect(product).toContainText('Published');
});

test('what fails says why, is found in the list, and can be tried again', async ({ page }) => {
  writeFileSync(join(work, 'wrong.yaml'), 'crossmatch_radius_arcsec: 0.5\n');
  await page.goto();
  const form = await fill(page, 'With wrong rules');
  await form.getByRole('textbox', { name: 'File of rules' }).fill('wrong.yaml');
  await form.getByRole('button', { name: 'Run', exact: true }).click();
  const process = page.getByRole('article', { name: 'With wrong rules' });
  await expect(process.getByRole('alert')).toContainText('translation_rules', LONG);

  await process.getByRole('button', { name: 'All processes' }).click();
  const list = page.getByRole('article', { name: 'Processes', exact: true });
  await list.getByRole('combobox', { name: 'State' }).selectOption('failed or stopped');
  const row = list.getByRole('row', { name: /With wrong rules/ });
  await expect(row).toContainText('failed');
  await row.getByRole('button', { name: 'Again … With wrong rules' }).click();
  await expect(form.getByRole('textbox', { name: 'Name *' })).toHaveValue('With wrong rules, again');
  await expect(form).toContainText('wrong.yaml: choose that file again');
});

test('a lost network is told, nothing typed is lost, and it goes on when it is back', async ({ page }) => {
  await page.goto();
  const form = await fill(page, 'While away');
  const away = (route: { abort(): Promise<void> }) => route.abort();
  await page.route(/\/tsm\/pz\/processes\//, away);
  await form.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(form.getByRole('region', { name: 'Before it is sent' })).toContainText('does not answer');
  await expect(form.getByRole('textbox', { name: 'Name *' })).toHaveValue('While away');
  await page.unroute(/\/tsm\/pz\/processes\//, away);
  await form.getByRole('button', { name: 'Run', exact: true }).click();
  const process = page.getByRole('article', { name: 'While away' });
  await expect(process).toContainText('done', LONG);
});

for (const { shade, width, title, use } of SCREENS) {
  test.describe(title, () => {
    test.use(use);

    test('processes look as they should, and all may read them', async ({ page }) => {
      await page.goto();
      const form = await fill(page, `Looks ${shade} ${width}`);
      const shoot = (what: string) => picture(page, `process-${what}-${shade}-${width}.png`);
      await shoot('combine');
      expect(await complaints(page, '.tsm-Processes')).toEqual([]);
      await form.getByRole('radio', { name: /Training Set Maker/ }).check();
      await expect(form.getByText('This pipeline takes one catalogue')).toBeVisible();
      await form.getByRole('heading', { name: 'Parameters' }).scrollIntoViewIfNeeded();
      await shoot('training');
      expect(await complaints(page, '.tsm-Processes')).toEqual([]);
      await form.getByRole('radio', { name: /Combine Redshift Catalogs/ }).check();
      await form.getByRole('button', { name: 'Run', exact: true }).click();
      const process = page.getByRole('article', { name: `Looks ${shade} ${width}` });
      await expect(process).toContainText('done', LONG);
      await shoot('page');
      expect(await complaints(page, '.tsm-Processes:not(.lm-mod-hidden)')).toEqual([]);
      await process.getByRole('button', { name: 'All processes' }).click();
      const list = page.getByRole('article', { name: 'Processes', exact: true });
      await expect(list.getByRole('row').nth(1)).toBeVisible();
      await shoot('list');
      expect(await complaints(page, '.tsm-ProcessList-all')).toEqual([]);
    });
  });
}
