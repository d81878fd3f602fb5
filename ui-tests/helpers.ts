/** What the browser tests share: the folder of their server, its catalogues, and pictures. */
import { execFileSync } from 'child_process';
import { existsSync, writeFileSync } from 'fs';
import { join } from 'path';

import { expect, galata, type IJupyterLabPageFixture } from '@jupyterlab/galata';
import type { Locator } from '@playwright/test';

const home = process.env.TSM_UI_HOME!;

/** The folder that the file browser shows. */
export const work = join(home, 'work');

const SHOTS = join('ui-tests', 'report', 'shots');

/** Planning and running the mock sky take seconds here, and much longer on a busy machine. */
export const LONG = { timeout: 120_000 };

/** Settings without toasts, which would lie over what is looked at. */
export function settings(theme: string): typeof galata.DEFAULT_SETTINGS {
  const notification = '@jupyterlab/apputils-extension:notification';
  return {
    ...galata.DEFAULT_SETTINGS,
    '@jupyterlab/apputils-extension:themes': { theme },
    [notification]: { ...galata.DEFAULT_SETTINGS[notification], doNotDisturbMode: true }
  };
}

/** Both themes, each on a small and a large screen. */
export const SCREENS = ['Light', 'Dark'].flatMap(name =>
  [
    [1280, 800],
    [1920, 1080]
  ].map(([width, height]) => ({
    ...{ width, shade: name.toLowerCase(), title: `JupyterLab ${name} at ${width}` },
    use: { viewport: { width, height }, mockSettings: settings(`JupyterLab ${name}`) }
  }))
);

/** Publish the mock sky in the engine, once: four catalogues, an official compilation, a release. */
export function seed(): void {
  const done = join(home, 'seeded');
  if (!existsSync(done)) {
    execFileSync(process.env.TSM_UI_PYTHON!, [
      ...['-m', 'pz_tsm.cli', 'engine', 'seed', join(work, 'mock')],
      ...['--data', join(home, 'engine')]
    ]);
    writeFileSync(done, '');
  }
}

export async function openPanel(page: IJupyterLabPageFixture): Promise<void> {
  await page.sidebar.openTab('tsm-panel');
  await expect(page.locator('.tsm-Panel-accountLine')).toContainText('this machine', LONG);
}

export async function openFolder(page: IJupyterLabPageFixture, name: string): Promise<void> {
  await page.sidebar.openTab('filebrowser');
  await page.filebrowser.openDirectory(name);
}

/** Open a recipe of the folder that the file browser shows from the sidebar; its plan is there afterwards. */
export async function openRecipe(page: IJupyterLabPageFixture, name: string) {
  await page.sidebar.openTab('tsm-panel');
  await page.getByRole('list', { name: 'Recipes' }).getByText(name).click();
  const editor = page.locator('.tsm-RecipeEditor:visible');
  await expect(editor.getByText('plan ✓')).toBeVisible(LONG);
  return editor;
}

/**
 * Load the page anew after `open`, once JupyterLab has saved that the tab is open, which it does a while later.
 * `tab`: its tracker and name in the workspace. Galata's own reload waits for the launcher.
 */
export async function reloaded(
  page: IJupyterLabPageFixture,
  tab: string,
  open: () => Promise<unknown>
): Promise<void> {
  const saved = page.waitForRequest(
    request => request.method() === 'PUT' && (request.postData() ?? '').includes(tab)
  );
  await open();
  await saved;
  await page.evaluate(() => window.location.reload());
}

/** Drag over a part of a plot, in shares of its width. */
export async function brush(page: IJupyterLabPageFixture, view: Locator, from: number, to: number) {
  const { x, y, width, height } = (await view.locator('.tsm-Brush').boundingBox())!;
  await page.mouse.move(x + from * width, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + to * width, y + height / 2, { steps: 5 });
  await page.mouse.up();
}

/** A picture for the report; with TSM_DOCS_IMAGES also one of that folder's. */
export async function picture(page: IJupyterLabPageFixture, name: string, forDocs = false): Promise<void> {
  await page.mouse.move(0, 0);
  await page.screenshot({ path: join(SHOTS, name), animations: 'disabled' });
  const docs = process.env.TSM_DOCS_IMAGES;
  if (forDocs && docs) {
    await page.screenshot({ path: join(docs, name), animations: 'disabled' });
  }
}

interface IViolation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: { readonly html: string }[];
}

/** What axe complains of in a part of the page. */
export async function complaints(page: IJupyterLabPageFixture, part: string): Promise<string[]> {
  await page.addScriptTag({ path: require.resolve('axe-core/axe.min.js') });
  return page.evaluate(async selector => {
    const { axe } = window as unknown as {
      axe: { run(part: string): Promise<{ violations: IViolation[] }> };
    };
    const { violations } = await axe.run(selector);
    return violations.map(
      ({ id, impact, nodes }) => `${impact} ${id}: ${nodes.map(node => node.html.slice(0, 160)).join(' ')}`
    );
  }, part);
}
