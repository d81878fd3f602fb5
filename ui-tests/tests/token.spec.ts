/** A token of a PZ Server is nowhere but where it was entered and where the Jupyter server keeps it. */
import { execFileSync } from 'child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'fs';
import { homedir } from 'os';
import { join } from 'path';

import { expect, type IJupyterLabPageFixture, test } from '@jupyterlab/galata';

import { LONG, openFolder, openPanel, openRecipe, seed, work } from '../helpers';
import { filesWith, formsOf, Traces } from '../traces';

// JupyterLab keeps its workspace as it does for users
test.use({ autoGoto: false, mockState: false });
test.beforeAll(seed);
// no tab of another test comes back
test.beforeEach(forgetTabs);
test.afterEach(forgetTabs);

const home = process.env.TSM_UI_HOME!;
const FOLDER = join(work, 'ana');

function forgetTabs(): void {
  const folder = join(home, 'workspaces');
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    rmSync(join(folder, name));
  }
}

/** A user of the engine, which is then used as any PZ Server is: by its address, with a token. */
function addUser(): string {
  const command = ['-m', 'pz_tsm.cli', 'engine', 'add-user', 'ana', '--data', join(home, 'engine')];
  return execFileSync(process.env.TSM_UI_PYTHON!, command, { encoding: 'utf-8' }).trim().split('\n').pop()!;
}

function engine(): { readonly url: string; readonly token: string } {
  return JSON.parse(readFileSync(join(home, 'engine', 'runtime.json'), 'utf-8'));
}

function files(product: string): void {
  mkdirSync(FOLDER, { recursive: true });
  const rows = Array.from({ length: 40 }, (_, i) => `${1000 + i},${150 + i / 100},${2 + i / 200},${0.1 + i / 50}`);
  writeFileSync(join(FOLDER, 'mine.csv'), ['id,ra,dec,z', ...rows].join('\n') + '\n');
  const recipe = [
    'format: tsm-recipe/1',
    'name: remote',
    'seed: 7',
    'inputs:',
    `  deep: {from: {pzserver: ${product}}, survey: MOCK-DEEP}`,
    'steps:',
    '  - filter: redshift IS NOT NULL',
    '  - split: {method: random, parts: {train: 0.7, test: 0.3}}',
    'write:',
    '  - {format: parquet}'
  ];
  writeFileSync(join(FOLDER, 'remote.tsm.yaml'), recipe.join('\n') + '\n');
}

async function ask(page: IJupyterLabPageFixture, method: string, path: string, data?: object) {
  const answer = await page.request.fetch(`/tsm/${path}`, { method, data });
  expect(answer.ok(), await answer.text()).toBe(true);
  return answer.status() === 204 ? null : answer.json();
}

test('nothing of a whole session has the token in it', { tag: '@full' }, async ({ page }) => {
  test.setTimeout(600_000);
  const token = addUser();
  const traces = new Traces(page.context());
  const panel = page.getByRole('region', { name: 'PZ training sets' });
  const line = page.locator('.tsm-Panel-accountLine');
  let own = '';
  let product = '';

  try {
    await test.step('the token is entered', async () => {
      await page.goto();
      await openPanel(page);
      // those of other tests may come before the mock's
      await expect(panel.getByRole('list', { name: 'Catalogues' })).toContainText(/\d,\d{3}/, LONG);
      own = engine().token; // the engine runs now
      await line.click();
      await panel.getByRole('combobox', { name: 'Server' }).selectOption('another …');
      await panel.getByLabel('Address of its interface').fill(`${engine().url}/api/`);
      await panel.getByRole('button', { name: 'Use it' }).click();
      await expect(line).toContainText('no token', LONG);
      await expect(panel).toContainText('A new token ends the old one');
      await panel.getByLabel('API token').fill(`${token.slice(0, -4)}0000`);
      await panel.getByRole('button', { name: 'Use it' }).click();
      await expect(panel.getByText('does not accept this token')).toBeVisible();
      await panel.getByLabel('API token').fill(token);
      await panel.getByRole('button', { name: 'Use it' }).click();
      await expect(line).toContainText('ana', LONG);
    });

    await test.step('a catalogue is found, looked at and opened', async () => {
      const catalogues = panel.getByRole('list', { name: 'Catalogues' });
      await panel.getByPlaceholder('Search catalogues').fill('MOCK-DEEP');
      await expect(catalogues).toContainText('MOCK-DEEP', LONG);
      await catalogues.getByText('MOCK-DEEP', { exact: true }).hover();
      await catalogues.getByRole('button', { name: 'About MOCK-DEEP', exact: true }).click();
      const about = page.locator('.tsm-ProductPage:visible');
      product = await about.locator('code').filter({ hasText: /^\d+_/ }).first().innerText();
      await about.getByRole('button', { name: 'Copy as Python' }).click();
      files(product);
      await openFolder(page, 'ana');
      await about.getByRole('button', { name: 'Download mock_deep.parquet' }).click();
      await expect(about.getByText(/ana\/mock_deep\.parquet is there/)).toBeVisible(LONG);
      await about.getByRole('button', { name: 'Open in explorer' }).click();
      await expect(page.locator('.tsm-Explorer').getByRole('row').nth(3)).toBeVisible(LONG);
    });

    await test.step('a recipe with it is run to a bundle', async () => {
      const editor = await openRecipe(page, 'remote.tsm.yaml');
      const result = editor.getByRole('region', { name: 'What happens' });
      await editor.getByRole('button', { name: 'Run', exact: true }).click();
      await expect(result.getByRole('tab', { name: 'Result' })).toBeVisible(LONG);
      await result.getByRole('button', { name: 'Verify' }).click();
      await expect(result.getByText('Verified', { exact: true })).toBeVisible(LONG);
    });

    await test.step('a file is uploaded', async () => {
      await page.evaluate(() =>
        window.jupyterapp.commands.execute('tsm:upload', { contents: 'ana/mine.csv' }).then(() => undefined)
      );
      const upload = page.locator('.tsm-Upload:visible');
      await upload.getByRole('textbox', { name: 'Name' }).fill('By ana');
      await upload.getByRole('button', { name: /^Send to/ }).click(LONG);
      await expect(upload.getByRole('heading', { name: 'By ana' })).toBeVisible(LONG);
    });

    await test.step('a notebook reads from the server, publishes, and fails', async () => {
      const name = 'server.ipynb'; // in the folder that the file browser shows
      await page.notebook.createNew(name);
      const cells = [
        `import os\nimport pz_tsm\nos.environ["PZ_TSM_PZSERVER_URL"] = "${engine().url}/api/"`,
        `table = pz_tsm.read({"pzserver": "${product}"}, survey="MOCK-DEEP")\nprint(table.recipe.to_text())`,
        'pz_tsm.publish("mine.csv", "By a notebook")',
        'pz_tsm.explore(table)',
        'pz_tsm.read({"pzserver": "999999_none"})'
      ];
      for (const [at, text] of cells.entries()) {
        await (at === 0 ? page.notebook.setCell(0, 'code', text) : page.notebook.addCell('code', text));
        await page.notebook.runCell(at, true);
      }
      const outputs = page.locator('.jp-NotebookPanel:visible .jp-OutputArea-output');
      await expect(outputs.first()).toContainText(product, LONG);
      await expect(page.locator('.tsm-WidgetCell').getByRole('row').nth(3)).toBeVisible(LONG);
      await expect(outputs.last()).toContainText('999999_none', LONG);
      await page.notebook.save();
      expect(readFileSync(join(FOLDER, 'server.ipynb'), 'utf-8')).toContain('999999_none');
    });

    await test.step('where the token is kept is told, and the page is left and opened again', async () => {
      await page.sidebar.openTab('tsm-panel');
      await expect(panel.getByText(/The token is in .*pz-tsm\/token/)).toBeVisible();
      await page.evaluate(() => window.location.reload());
      await expect(line).toContainText('ana', LONG);
    });

    // what there is to look through
    expect(traces.count.requests).toBeGreaterThan(100);
    expect(traces.count.messages).toBeGreaterThan(10);
    const log = readFileSync(join(home, 'jupyter.log'), 'utf-8');
    expect(log).toContain('POST /tsm/token');
    for (const path of ['engine/engine.log', 'workspaces', 'work/ana/bundles/remote/recipe.tsm.lock']) {
      expect(existsSync(join(home, path)), path).toBe(true);
    }
    expect(readdirSync(join(home, 'workspaces')).length).toBeGreaterThan(0);

    // where it goes in, and nowhere else
    expect(await traces.seen(token)).toEqual(['body of POST /tsm/token']);
    expect(filesWith(token, home)).toEqual(['config/pz-tsm/token']);
    expect(statSync(join(home, 'config', 'pz-tsm', 'token')).mode & 0o077).toBe(0);
    // the engine's own token neither
    expect(await traces.seen(own)).toEqual([]);
    expect(filesWith(own, home)).toEqual(['engine/runtime.json']);
    const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'pz-tsm');
    for (const secret of existsSync(cache) ? [token, own] : []) {
      expect(filesWith(secret, cache)).toEqual([]);
    }

    await test.step('signing out removes it', async () => {
      await line.click();
      await panel.getByRole('button', { name: 'Sign out' }).click();
      await expect(line).toContainText('no token', LONG);
      expect(filesWith(token, home)).toEqual([]);
    });
  } finally {
    await ask(page, 'POST', 'server', { url: '' });
    const { results } = await ask(page, 'GET', 'pz/products/?page_size=1000');
    for (const { id, uploaded_by: owner } of results) {
      if (owner === 'ana') {
        await ask(page, 'DELETE', `pz/products/${id}/`);
      }
    }
    rmSync(FOLDER, { recursive: true, force: true });
  }
});

test('a token would be found wherever it were', async ({ page }) => {
  const token = '5ec2e7'.repeat(6) + 'abcd';
  const traces = new Traces(page.context());
  const coded = Buffer.from(`{"a": "Token ${token}"}`).toString('base64');
  await page.goto();
  await page.evaluate(
    async ([secret, text]) => {
      localStorage.setItem('a', secret);
      sessionStorage.setItem('a', text);
      document.cookie = `a=${secret}`;
      document.body.append(Object.assign(document.createElement('input'), { value: secret }));
      document.body.append(secret);
      const opened = indexedDB.open('planted');
      await new Promise(resolve => {
        opened.onupgradeneeded = () => opened.result.createObjectStore('rows', { autoIncrement: true });
        opened.onsuccess = resolve;
      });
      const put = opened.result.transaction('rows', 'readwrite').objectStore('rows').put({ secret });
      await new Promise(resolve => (put.onsuccess = resolve));
      opened.result.close();
      await fetch(`/api/status?a=${secret}`, { headers: { 'X-A': text } });
      await fetch('/api/contents/planted.txt', {
        method: 'PUT',
        headers: { 'X-XSRFToken': /_xsrf=([^;]*)/.exec(document.cookie)?.[1] ?? '' },
        body: JSON.stringify({ type: 'file', format: 'text', content: secret })
      });
      await fetch('/api/contents/planted.txt?content=1');
    },
    [token, coded]
  );
  const seen = await traces.seen(token);
  expect(seen.sort()).toEqual(
    expect.arrayContaining([
      'IndexedDB',
      'address of GET /api/status',
      'answer to GET /api/contents/planted.txt',
      'body of PUT /api/contents/planted.txt',
      'cookies',
      'fields of the page',
      'headers of GET /api/status',
      'localStorage',
      'sessionStorage',
      'the page'
    ])
  );
  expect(filesWith(token, work)).toEqual(['planted.txt']);
  writeFileSync(join(work, 'planted.txt'), coded);
  expect(filesWith(token, work)).toEqual(['planted.txt']);
  rmSync(join(work, 'planted.txt'));
  expect(formsOf(token).every(form => form.length >= token.length)).toBe(true);
});
