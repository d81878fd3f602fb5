/** How it looks in both themes, on a small and a large screen; the small pictures are those of the docs. */
import { expect, type IJupyterLabPageFixture, test } from '@jupyterlab/galata';

import { brush, LONG, openFolder, openPanel, openRecipe, picture, SCREENS, seed } from '../helpers';

test.use({ autoGoto: false });
test.beforeAll(seed);

for (const { shade, width, title, use } of SCREENS) {
  test.describe(title, () => {
    test.use(use);

    test('looks as it should', async ({ page }) => {
      const small = width === 1280;
      const shoot = (what: string) => {
        const inDocs = small && (shade === 'light' || ['explorer', 'result'].includes(what));
        return picture(page, inDocs ? `story-${what}-${shade}.png` : `${what}-${shade}-${width}.png`, inDocs);
      };

      await page.goto();
      await openFolder(page, 'mock');
      await openPanel(page);
      const { width: panel } = (await page.locator('#tsm-panel').boundingBox())!;
      expect(panel).toBeGreaterThanOrEqual(280);
      const latest = page.getByRole('list', { name: 'Latest official products' });
      await expect(latest).toContainText(/\d,\d{3}/); // how many rows comes after the names
      await latest.getByText('compilation').click();
      const explorer = page.locator('.tsm-Explorer');
      await expect(explorer.getByRole('row').nth(3)).toBeVisible(LONG);
      await expect(explorer.locator('.tsm-View-foot').first()).toContainText('in steps of', LONG);
      await brush(page, explorer.getByRole('region', { name: 'n(z)' }), 0.06, 0.25);
      const state = explorer.locator('.tsm-Condition-state');
      await expect(state).toContainText('of 20,000 rows');
      const passed = Number((await state.innerText()).split(' ')[0].replace(',', ''));
      await expect(explorer.getByRole('grid')).toHaveAttribute('aria-rowcount', String(passed + 1));
      await roomForRows(page, 4);
      await shoot('explorer');

      const editor = await openRecipe(page, 'mock.tsm.yaml');
      await shoot('recipe');

      if (small) {
        await editor.getByRole('button', { name: 'Run', exact: true }).click();
        await editor.getByRole('button', { name: 'Verify' }).click(LONG);
        await expect(editor.getByText('Verified', { exact: true })).toBeVisible(LONG);
        await expect(editor.getByRole('heading', { name: 'n(z) of each part' })).toBeVisible();
        await shoot('result');
        await page.activity.activateTab('Launcher');
        await page.locator('.jp-LauncherCard', { hasText: 'PZ Recipe' }).scrollIntoViewIfNeeded();
        await shoot('panel');
      }
    });
  });
}

/** The plots stand in a row, or in two on a small screen, and leave room for rows below them. */
async function roomForRows(page: IJupyterLabPageFixture, views: number) {
  const tops = await page
    .locator('.tsm-View')
    .evaluateAll(nodes => nodes.map(node => node.getBoundingClientRect().top));
  expect(tops).toHaveLength(views);
  expect(new Set(tops).size).toBeLessThanOrEqual(2);
  const grid = (await page.getByRole('grid').boundingBox())!;
  expect(grid.y + grid.height).toBeLessThanOrEqual(page.viewportSize()!.height);
  expect(grid.height).toBeGreaterThan(200);
}

test('the plots of a file leave room for its rows', async ({ page }) => {
  await page.goto();
  await openFolder(page, 'mock');
  await page.locator('.jp-DirListing-item', { hasText: 'mock_deep.parquet' }).dblclick();
  await expect(page.locator('.tsm-Rows [role="row"]').nth(3)).toBeVisible();
  await openPanel(page);
  await roomForRows(page, 4);
  await picture(page, 'file.png');
});
