/** The sidebar: filters that are remembered and named, and the account, at its narrowest and in both themes. */
import { expect, test } from '@jupyterlab/galata';

import { complaints, openPanel, picture, seed, settings } from '../helpers';

test.use({ autoGoto: false });
test.beforeAll(seed);

test('filters are there after a reload, and can be given a name', async ({ page }) => {
  await page.goto();
  await openPanel(page);
  const panel = page.getByRole('region', { name: 'PZ training sets' });
  const catalogues = panel.getByRole('list', { name: 'Catalogues' });
  await panel.getByRole('button', { name: 'Filters' }).click();
  await panel.getByRole('combobox', { name: 'Show' }).selectOption('official products');
  await expect(catalogues).toContainText('compilation');
  await expect(catalogues.getByRole('listitem')).toHaveCount(1);

  await panel.getByRole('button', { name: 'Save this filter …' }).click();
  await panel.getByRole('textbox', { name: 'Name of the filter' }).fill('official');
  await panel.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(panel.getByRole('button', { name: 'official', exact: true })).toHaveAttribute(
    'aria-pressed',
    'true'
  );

  await page.reload();
  await openPanel(page);
  await expect(panel.getByRole('button', { name: 'Filters: 1 in use' })).toBeVisible();
  await expect(catalogues).toContainText('compilation');
  await expect(catalogues.getByRole('listitem')).toHaveCount(1);
  await panel.getByRole('button', { name: 'Clear filters' }).click();
  await expect(catalogues.getByRole('listitem').nth(1)).toBeVisible();
});

for (const theme of ['JupyterLab Light', 'JupyterLab Dark']) {
  const shade = theme.endsWith('Dark') ? 'dark' : 'light';
  test.describe(theme, () => {
    test.use({ mockSettings: settings(theme) });

    test('an account on a PZ Server, and the filters, in 280 pixels', async ({ page }) => {
      await page.route(/\/tsm\/config(\?|$)/, async route => {
        const response = await route.fetch();
        const config = await response.json();
        const pzserver = {
          ...config.pzserver,
          url: 'https://pzserver.linea.org.br/api/',
          name: 'pzserver.linea.org.br',
          kind: 'real',
          configured: true,
          token: 'missing',
          user: null
        };
        await route.fulfill({ response, json: { ...config, pzserver } });
      });
      await page.goto();
      await page.sidebar.openTab('tsm-panel');
      await page.sidebar.setWidth(280);
      const panel = page.locator('.tsm-Panel');
      await expect(panel).toContainText('A new token ends the old one');
      await panel.getByRole('button', { name: 'Filters' }).click();
      await picture(page, `account-${shade}.png`);
      expect(await complaints(page, '#tsm-panel')).toEqual([]);
    });
  });
}
