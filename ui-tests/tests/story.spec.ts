/** From an empty sidebar to a verified bundle, as a newcomer goes; then how it looks. */
import { expect, galata, type IJupyterLabPageFixture, test } from '@jupyterlab/galata';

test.describe.configure({ mode: 'serial' });
test.use({ autoGoto: false });

const shots = 'ui-tests/report/shots';

async function openPanel(page: IJupyterLabPageFixture) {
  await page.goto();
  await page.sidebar.openTab('tsm-panel');
  await expect(page.locator('.tsm-Panel-accountLine')).toContainText('this machine');
}

async function openFolder(page: IJupyterLabPageFixture, name: string) {
  await page.sidebar.openTab('filebrowser');
  await page.filebrowser.openDirectory(name);
}

test('an empty sidebar says what to do first', async ({ page }) => {
  await openPanel(page);
  const panel = page.getByRole('region', { name: 'PZ training sets' });
  await expect(panel.getByText('This server holds no catalogues yet.')).toBeVisible();
  await expect(panel.getByText('Nothing has been run yet.')).toBeVisible();
  await expect(panel.getByRole('button', { name: 'New recipe', exact: true })).toBeVisible();
  await page.screenshot({ path: `${shots}/empty-1280.png` });
});

test('from a file to a recipe', async ({ page }) => {
  await page.goto();
  await openFolder(page, 'mock');
  await page.locator('.jp-DirListing-item', { hasText: 'mock_deep.parquet' }).dblclick();
  await expect(page.locator('.tsm-Explorer-head')).toContainText('mock_deep.parquet');

  const condition = page.getByRole('combobox', { name: /condition/i }).or(page.locator('.tsm-Condition input')).first();
  await condition.fill('Z > 0.1');
  await condition.press('Enter');
  await expect(page.locator('.tsm-Condition')).toContainText(/of 5\d\d rows/);
  await page.getByRole('button', { name: 'To recipe' }).click();

  await expect(page.locator('.tsm-RecipeEditor')).toContainText('mock_deep');
  await page.getByRole('button', { name: 'Text', exact: true }).click();
  await expect(page.locator('.tsm-RecipeEditor .cm-content')).toContainText('redshift > 0.1');
});

test('from a recipe to a verified bundle', async ({ page }) => {
  await page.goto();
  await openFolder(page, 'mock');
  await page.sidebar.openTab('tsm-panel');
  await page.getByRole('list', { name: 'Recipes' }).getByText('mock.tsm.yaml').click();

  const editor = page.locator('.tsm-RecipeEditor');
  await expect(editor.getByText('plan ✓')).toBeVisible({ timeout: 120_000 });
  await editor.getByRole('button', { name: 'Run', exact: true }).click();
  const jobs = page.getByRole('list', { name: 'Jobs' });
  await expect(jobs.getByText('mock', { exact: true })).toBeVisible();

  await expect(editor.getByRole('button', { name: 'Verify' })).toBeVisible({ timeout: 120_000 });
  await editor.getByRole('button', { name: 'Verify' }).click();
  await expect(editor.getByText('Verified', { exact: true })).toBeVisible({ timeout: 60_000 });
  await expect(jobs).toContainText('done');

  await jobs.getByText('mock', { exact: true }).click();
  const job = page.getByRole('article', { name: 'mock' });
  await expect(job.getByRole('row', { name: /split/ })).toContainText('✓');
  await job.getByRole('button', { name: 'Explore training set' }).click();
  await expect(page.locator('.tsm-Explorer-head').last()).toContainText('training_set');
});

for (const theme of ['JupyterLab Light', 'JupyterLab Dark']) {
  for (const [width, height] of [
    [1280, 800],
    [1920, 1080]
  ]) {
    test.describe(`${theme} at ${width}`, () => {
      test.use({
        viewport: { width, height },
        mockSettings: {
          ...galata.DEFAULT_SETTINGS,
          '@jupyterlab/apputils-extension:themes': { theme }
        }
      });

      test('looks as it should', async ({ page }) => {
        const name = `${theme.endsWith('Dark') ? 'dark' : 'light'}-${width}`;
        await openPanel(page);
        await openFolder(page, 'mock');
        await page.locator('.jp-DirListing-item', { hasText: 'mock_deep.parquet' }).dblclick();
        await expect(page.locator('.tsm-Rows [role="row"]').nth(3)).toBeVisible();
        await page.sidebar.openTab('tsm-panel');
        await expect(page.locator('#tsm-panel')).toBeVisible();
        const { width: panel } = (await page.locator('#tsm-panel').boundingBox())!;
        expect(panel).toBeGreaterThanOrEqual(280);
        await page.screenshot({ path: `${shots}/explorer-${name}.png` });
        await page.getByRole('list', { name: 'Recipes' }).getByText('mock.tsm.yaml').click();
        await expect(page.locator('.tsm-RecipeEditor').getByText('plan ✓')).toBeVisible({ timeout: 120_000 });
        await page.screenshot({ path: `${shots}/recipe-${name}.png` });
      });
    });
  }
}

test('tabs are there again after a reload', async ({ page }) => {
  await page.goto();
  await openFolder(page, 'mock');
  await page.locator('.jp-DirListing-item', { hasText: 'mock_wide.fits' }).click({ button: 'right' });
  const saved = page.waitForRequest(
    request => request.method() === 'PUT' && (request.postData() ?? '').includes('tsm-table:mock/mock_wide.fits')
  );
  await page.getByRole('menuitem', { name: 'Open in the PZ Explorer' }).click();
  await expect(page.locator('.tsm-Explorer-head')).toContainText('mock_wide.fits');
  await saved;
  // Galata's own reload waits for the launcher
  await page.evaluate(() => window.location.reload());
  await expect(page.locator('.tsm-Explorer-head')).toContainText('mock_wide.fits');
});

test('axe finds nothing to complain about in our views', async ({ page }) => {
  await page.goto();
  await openFolder(page, 'mock');
  await page.locator('.jp-DirListing-item', { hasText: 'mock_deep.parquet' }).dblclick();
  await expect(page.locator('.tsm-Rows [role="row"]').nth(3)).toBeVisible();
  await page.sidebar.openTab('tsm-panel');
  await page.getByRole('button', { name: 'Filters' }).click();
  await page.addScriptTag({ path: require.resolve('axe-core/axe.min.js') });
  expect(await complaints(page, '.tsm-Explorer')).toEqual([]);
  expect(await complaints(page, '#tsm-panel')).toEqual([]);
  await page.getByRole('list', { name: 'Recipes' }).getByText('mock.tsm.yaml').click();
  await expect(page.locator('.tsm-RecipeEditor').getByText('plan ✓')).toBeVisible({ timeout: 120_000 });
  expect(await complaints(page, '.tsm-RecipeEditor')).toEqual([]);
});

function complaints(page: IJupyterLabPageFixture, part: string): Promise<string[]> {
  return page.evaluate(async selector => {
    const { axe } = window as unknown as { axe: { run(part: string): Promise<{ violations: IViolation[] }> } };
    const { violations } = await axe.run(selector);
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(node => node.html.slice(0, 120)).join(' ')}`);
  }, part);
}

interface IViolation {
  readonly id: string;
  readonly nodes: { readonly html: string }[];
}
