/** What the sidebar says when something is missing, and that it recovers. */
import { expect, test } from '@jupyterlab/galata';

import { openPanel } from '../helpers';

test.use({ autoGoto: false });

const CONFIG = /\/tsm\/config(\?|$)/;

test('a missing server part is named, with what to do', async ({ page }) => {
  await page.route(CONFIG, route => route.fulfill({ status: 404, contentType: 'text/html', body: 'Not Found' }));
  await page.goto();
  await page.sidebar.openTab('tsm-panel');
  const panel = page.getByRole('region', { name: 'PZ training sets' });
  await expect(panel.getByRole('alert')).toContainText('The server part of pz-tsm is not running');
  await expect(panel.getByRole('alert')).toContainText('pip install pz-tsm');
  await expect(panel.getByText('Recipes', { exact: true })).toBeVisible(); // files need no server part

  await page.unroute(CONFIG);
  await panel.getByRole('button', { name: 'Try again' }).click();
  await openPanel(page);
});

test('an engine that does not start is named, and can be started', async ({ page }) => {
  await page.route(CONFIG, async route => {
    const response = await route.fetch();
    const config = await response.json();
    const engine = { state: 'failed', message: 'The engine ended at once: its port is taken.' };
    await route.fulfill({ response, json: { ...config, engine } });
  });
  await page.goto();
  await page.sidebar.openTab('tsm-panel');
  const panel = page.getByRole('region', { name: 'PZ training sets' });
  await expect(panel.getByRole('alert').first()).toContainText('The engine is not running.');
  await expect(panel.getByRole('alert').first()).toContainText('its port is taken');

  await page.unroute(CONFIG);
  await panel.getByRole('button', { name: 'Start the engine' }).click();
  await openPanel(page);
});

test('a Jupyter server that does not answer is named', async ({ page }) => {
  await page.route(CONFIG, route => route.abort());
  await page.goto();
  await page.sidebar.openTab('tsm-panel');
  const panel = page.getByRole('region', { name: 'PZ training sets' });
  await expect(panel.getByRole('alert').first()).toContainText(/answer|reach/i);
  await page.unroute(CONFIG);
  await panel.getByRole('button', { name: 'Try again' }).click();
  await openPanel(page);
});
