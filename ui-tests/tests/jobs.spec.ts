/** A run from its start to its product: progress, the word at its end, also when nobody looked, and what it became. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { join } from 'path';

import { expect, galata, type IJupyterLabPageFixture, test } from '@jupyterlab/galata';
import type { Page } from '@playwright/test';

import { LONG, openFolder, openRecipe, picture, seed, work } from '../helpers';

test.use({ autoGoto: false });

/** Each theme on one screen, to save time. */
const SIZES: { readonly [shade: string]: readonly [number, number][] } = {
  light: [[1280, 800]],
  dark: [[1920, 1080]]
};

test.beforeAll(seed);

const folder = join(work, 'mock');
const go = join(folder, 'go');

test.afterEach(() => {
  rmSync(go, { force: true });
  for (const name of ['slow', 'again', 'away']) {
    rmSync(join(folder, `${name}.tsm.yaml`), { force: true });
    rmSync(join(folder, 'bundles', name), { recursive: true, force: true });
  }
});

/** Run the mock sky's recipe under another name; it goes on in its last step until `end` is called. */
async function start(page: IJupyterLabPageFixture, name: string) {
  const text = readFileSync(join(folder, 'mock.tsm.yaml'), 'utf-8');
  writeFileSync(
    join(folder, `${name}.tsm.yaml`),
    text
      .replace('name: mock', `name: ${name}`)
      .replace(/^write:/m, `  - unhurried: {until: ${JSON.stringify(go)}}\nwrite:`)
  );
  await page.goto();
  await openFolder(page, 'mock');
  const editor = await openRecipe(page, `${name}.tsm.yaml`);
  await editor.getByRole('button', { name: 'Run', exact: true }).click();
  const job = page.getByRole('list', { name: 'Jobs' }).getByRole('listitem').filter({ hasText: name }).first();
  await expect(job).toContainText(/\d+\/12 partitions, [\d,]+ rows/, LONG);
  return { editor, job };
}

function end(): void {
  writeFileSync(go, '');
}

function toast(page: Pick<Page, 'locator'>, text: string | RegExp) {
  return page.locator('.Toastify__toast').filter({ hasText: text });
}

for (const theme of ['JupyterLab Light', 'JupyterLab Dark']) {
  const shade = theme.endsWith('Dark') ? 'dark' : 'light';
  for (const [width, height] of SIZES[shade]) {
    test.describe(`${theme} at ${width}`, () => {
      test.use({
        viewport: { width, height },
        mockSettings: {
          ...galata.DEFAULT_SETTINGS,
          '@jupyterlab/apputils-extension:themes': { theme }
        }
      });

      test('a run is followed to its product', async ({ page, context }) => {
        await context.grantPermissions(['clipboard-read', 'clipboard-write']);
        const { editor, job } = await start(page, 'slow');
        const shoot = (what: string) => picture(page, `job-${what}-${shade}-${width}.png`);
        await expect(job).toContainText(/\d+ % · .+ left/);
        await expect(job.getByRole('button', { name: 'Stop slow' })).toBeVisible();
        await expect(editor).toContainText(/of 12 partitions, [\d,]+ rows so far · about/);
        await shoot('editor');
        await job.getByText('slow', { exact: true }).click();
        const article = page.getByRole('article', { name: 'slow' });
        await expect(article.getByRole('row', { name: /unhurried/ })).toContainText(/of 12 partitions/);
        await expect(article.getByLabel('Log', { exact: true }).last()).toContainText('match');
        await shoot('running');
        if (shade === 'light') {
          await picture(page, 'job-running-light.png', true);
        }

        end();
        const told = toast(page, /slow is done: [\d,]+ rows, registered as slow \(\d+\)\./);
        await expect(told).toBeVisible(LONG);
        await expect(article.getByText(/^Registered as slow \(\d+\)$/)).toBeVisible();
        // not `picture`: without animations the toast's time is over at once
        await page.screenshot({ path: join('ui-tests', 'report', 'shots', `job-done-${shade}-${width}.png`) });
        await told.getByText('Cite', { exact: true }).click();
        await expect(toast(page, 'The citations are copied.')).toBeVisible();
        expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('MOCK-DEEP');
        await told.getByText('Copy Python', { exact: true }).click();
        await expect(toast(page, 'Python that reads the table is copied.')).toBeVisible();
        const python = await page.evaluate(() => navigator.clipboard.readText());
        expect(python).toContain('pz_tsm.read(');

        await article.getByRole('button', { name: 'Copy how to read it' }).click();
        await expect(toast(page, 'How to read the product is copied.')).toBeVisible();
        const access = await page.evaluate(() => navigator.clipboard.readText());
        expect(access).toContain('server.get_product("');
        const { token } = JSON.parse(readFileSync(join(work, '..', 'engine', 'runtime.json'), 'utf-8'));
        expect(python + access + (await page.content())).not.toContain(token);

        await told.getByText('Open', { exact: true }).click();
        const explorer = page.locator('.tsm-Explorer:visible');
        await expect(explorer.getByRole('row').nth(3)).toBeVisible(LONG);

        const panel = page.getByRole('region', { name: 'PZ training sets' });
        await expect(panel.getByRole('list', { name: 'Catalogues' })).toContainText('slow');
      });
    });
  }
}

test('a run that was stopped goes on when it is tried again', { tag: '@full' }, async ({ page }) => {
  const { editor, job } = await start(page, 'again');
  await job.getByRole('button', { name: 'Stop again' }).click();
  await expect(job).toContainText('stopped');
  await expect(editor).toContainText('Stopped. Nothing was written.');
  expect(existsSync(join(folder, 'bundles', 'again'))).toBe(false);
  await job.getByText('again', { exact: true }).click();
  const article = page.getByRole('article', { name: 'again' });
  await article.getByRole('button', { name: /^(Go on|Run again)$/ }).click();
  await expect(job).toContainText(/of 12 partitions|\d+\/12 partitions/, LONG);
  end();
  await expect(toast(page, 'again is done')).toBeVisible(LONG);
  await expect(article.getByText(/^Registered as again \(\d+\)$/)).toBeVisible();
});

test('the end of a run is told once, also when nobody looked', async ({ page, context, baseURL }) => {
  await start(page, 'away');
  await page.close();
  end();
  await expect.poll(() => existsSync(join(folder, 'bundles', 'away', 'README.md')), LONG).toBe(true);

  const next = await context.newPage();
  await next.goto(`${baseURL}/lab`);
  const told = toast(next, 'away is done');
  await expect(told).toBeVisible(LONG);
  await expect(told).toHaveCount(1);
  await expect(told.getByText('Copy Python', { exact: true })).toBeVisible();
  await expect
    .poll(async () => {
      const reply = await next.request.get(`${baseURL}/tsm/local/runs`);
      const { runs } = (await reply.json()) as { runs: { recipe: string; told: boolean }[] };
      return runs.find(run => run.recipe === 'away')?.told;
    })
    .toBe(true);
  await next.close();

  const last = await context.newPage();
  await last.goto(`${baseURL}/lab?reset`);
  await last.locator('.jp-SideBar [data-id="tsm-panel"]').click(LONG);
  const jobs = last.getByRole('list', { name: 'Jobs' });
  await expect(jobs.getByRole('listitem').filter({ hasText: 'away' })).toContainText('done', LONG);
  await expect(toast(last, 'away is done')).toHaveCount(0);
});
