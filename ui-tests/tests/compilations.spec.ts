/** Two versions of a compilation: which is the latest and why, what to cite, what changed, and its use. */
import { readFileSync } from 'fs';
import { join } from 'path';

import { expect, type IJupyterLabPageFixture, test } from '@jupyterlab/galata';

import { complaints, LONG, openFolder, openPanel, picture, seed, work } from '../helpers';

test.use({ autoGoto: false });
test.beforeAll(seed);

const OLD = 'Mock DP1 compilation v1';
const NEW = 'Mock DP1 compilation v2 (2026-11)';

/** What the PZ Server of the tests answers. */
async function ask(page: IJupyterLabPageFixture, method: string, path: string, data?: object) {
  const answer = await page.request.fetch(`/tsm/pz/${path}`, { method, data });
  expect(answer.ok(), `${method} ${path}: ${answer.status()} ${await answer.text()}`).toBe(true);
  return answer.status() === 204 ? null : answer.json();
}

/** Combine three of the four catalogues of version 1 as an official product; its id. */
async function nextVersion(page: IJupyterLabPageFixture): Promise<number> {
  const pipelines = await ask(page, 'GET', 'pipelines/');
  const combine = pipelines.results.find((one: { name: string }) => one.name === 'combine_redshift_dedup');
  const inputs: number[] = [];
  for (const name of ['MOCK-DEEP', 'MOCK-WIDE', 'MOCK-GRISM']) {
    const found = await ask(page, 'GET', `products/?display_name=${name}&status=1`);
    inputs.push(found.results[0].id);
  }
  const param = { combine_type: 'concatenate_and_mark_duplicates', z_flag_homogenized_value_to_cut: 0 };
  const { id } = await ask(page, 'POST', 'processes/', {
    ...{ display_name: NEW, pipeline: combine.id, inputs, official_product: true },
    ...{ used_config: { param: { ...param, insert_rubin_footprint_flag: false } } }
  });
  let process: { status: string; upload: number } | null = null;
  await expect
    .poll(async () => (process = await ask(page, 'GET', `processes/${id}/`))?.status, LONG)
    .toBe('Successful');
  return process!.upload;
}

test('of two versions the latest is named with its rule, cited, compared with the one before, and used', async ({
  page
}) => {
  await page.goto();
  const product = await nextVersion(page);
  try {
    await page.goto();
    await openFolder(page, 'mock');
    await openPanel(page);
    const latest = page.getByRole('list', { name: 'Latest official products' });
    await expect(latest).toContainText(NEW, LONG);
    await expect(latest).not.toContainText(OLD);

    // the earlier one says that there is a newer one, and leads to it
    await page.getByPlaceholder('Search catalogues').fill(OLD);
    const catalogues = page.getByRole('list', { name: 'Catalogues' });
    await catalogues.getByText(OLD, { exact: true }).hover();
    await catalogues.getByRole('button', { name: `About ${OLD}`, exact: true }).click();
    await page.getByPlaceholder('Search catalogues').fill('');
    const old = page.getByRole('article', { name: OLD });
    await expect(old.getByText('There is a newer one')).toBeVisible(LONG);
    await expect(old).toContainText('official, of this type, the newest of those with this name');
    await old.getByRole('button', { name: NEW, exact: true }).click();
    const page2 = page.getByRole('article', { name: NEW });
    await expect(page2.getByText('Latest', { exact: true })).toBeVisible(LONG);
    await expect(page2).toContainText('The server has no mark for the latest.');

    // what to cite: of the compilation, and of each catalogue in it
    await expect(page2.getByRole('heading', { name: 'How to cite' }).first()).toBeVisible();
    const sources = page2.getByRole('table', { name: 'Its sources' });
    await expect(sources.getByRole('row', { name: /MOCK-GRISM/ })).toContainText('mock survey of pz-tsm', LONG);
    await expect(sources.getByRole('row')).toHaveCount(4); // and the heads
    expect(await complaints(page, '.tsm-ProductPage:not(.lm-mod-hidden)')).toEqual([]);
    await page2.getByRole('heading', { name: 'Versions' }).scrollIntoViewIfNeeded();
    await picture(page, 'compilations-versions.png');

    // what changed: the catalogue that is no longer in it is among what was lost
    await page2.getByRole('button', { name: `What changed since ${OLD}` }).click();
    const changes = page.getByRole('group', { name: `Objects by change, from ${OLD} to ${NEW}` });
    const match = page.getByRole('button', { name: 'Match the objects' });
    await expect(changes.or(match).first()).toBeVisible(LONG);
    if (await match.isVisible()) {
      await match.click();
    }
    await expect(changes.getByRole('button', { name: /^only in A|^lost/i })).toBeEnabled(LONG);
    await picture(page, 'compilations-changes.png');

    // used in a recipe, from the page of the one before
    await page.getByRole('tab', { name: OLD, exact: true }).click();
    await old.getByRole('button', { name: 'Use the latest' }).click();
    const editor = page.locator('.tsm-RecipeEditor:visible');
    await expect(editor.getByRole('region', { name: 'Inputs' })).toContainText('compilation_v2', LONG);
    await page.evaluate(() => {
      const { jupyterapp } = window as unknown as {
        jupyterapp: { commands: { execute(id: string): Promise<unknown> } };
      };
      return jupyterapp.commands.execute('docmanager:save').then(() => undefined);
    });
    const saved = () => readFileSync(join(work, 'mock', 'untitled.tsm.yaml'), 'utf8');
    await expect.poll(saved).toMatch(/pzserver: \d+_mock_dp1_compilation_v2/);
    await page.contents.deleteFile('mock/untitled.tsm.yaml');
  } finally {
    await ask(page, 'DELETE', `products/${product}/`);
  }
});
