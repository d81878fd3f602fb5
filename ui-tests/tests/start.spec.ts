/** What of ours a page of JupyterLab loads and asks before anything of ours is used; its size: scripts/check_start.py. */
import { expect, test } from '@jupyterlab/galata';
import type { Page } from '@playwright/test';

test.use({ autoGoto: false });

/** Our files that a page loads, without their hashes, and what it asks our part of the server. */
function watch(page: Page): { files: string[]; questions: string[] } {
  const files: string[] = [];
  const questions: string[] = [];
  page.on('request', request => {
    const { pathname } = new URL(request.url());
    const file = /\/extensions\/pz-tsm\/(?:static\/)?(.+)$/.exec(pathname)?.[1];
    if (file !== undefined) {
      files.push(file.replace(/\.[0-9a-f]{8,}\.js$/, ''));
    } else if (pathname.includes('/tsm/')) {
      questions.push(pathname);
    }
  });
  return { files, questions };
}

test('the entry and the list of plugins are all that is loaded before first use', async ({ page }) => {
  const { files, questions } = watch(page);
  await page.goto();
  // words are there at once: in the launcher, the palette and the menus
  const launcher = page.locator('.jp-Launcher');
  await expect(launcher.getByRole('heading', { name: 'PZ Training Sets' })).toBeVisible();
  await expect(launcher.locator('.jp-LauncherCard', { hasText: 'PZ Recipe' })).toBeVisible();
  await expect(page.getByRole('tab', { name: 'PZ Training Sets' })).toBeVisible();
  await page.keyboard.press('Control+Shift+C');
  await page.locator('.lm-CommandPalette-input').fill('New PZ');
  await expect(page.locator('.lm-CommandPalette-item', { hasText: 'New PZ Recipe' })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.menu.open('File');
  await expect(page.getByRole('menuitem', { name: 'Open a Table …' })).toBeVisible();
  await page.menu.closeAll();
  expect(files).toEqual(['remoteEntry', 'lib_index_js']);
  expect(questions).toEqual([]);

  await page.getByRole('tab', { name: 'PZ Training Sets' }).click();
  await expect(page.getByRole('region', { name: 'PZ training sets' })).toBeVisible();
  expect(files).toContain('lib_plugins_later_panel_js');
  expect(files.filter(file => /explorer|recipe_|arrow|yaml/.test(file))).toEqual([]);
});
