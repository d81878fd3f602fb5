/** A recipe edited below a notebook cell, what of it is saved, and its steps as cells. */
import { execFileSync } from 'child_process';
import { readFileSync, rmSync, writeFileSync } from 'fs';
import { join } from 'path';

import { expect, type IJupyterLabPageFixture, test } from '@jupyterlab/galata';

import { LONG, openFolder, openRecipe, picture, settings, work } from '../helpers';

test.use({ autoGoto: false, actionTimeout: 30_000, mockSettings: settings('JupyterLab Light') });

const KEPT = 'kept.ipynb';

const START = "import pz_tsm\n\neditor = pz_tsm.Recipe.read('mock/mock.tsm.yaml').edit()\neditor";

interface INotebook {
  readonly content: {
    readonly widgets?: readonly { readonly model: { readonly sharedModel: { getSource(): string } } }[];
  };
}

/** All cells of the notebook in front; those out of sight are not on the page. */
function sources(page: IJupyterLabPageFixture): Promise<string[]> {
  return page.evaluate(() => {
    const { content } = window.jupyterapp.shell.currentWidget as unknown as INotebook;
    return (content.widgets ?? []).map(({ model }) => model.sharedModel.getSource());
  });
}

test.afterAll(() => {
  for (const name of ['edit.ipynb', KEPT, 'cells.ipynb', 'mock/bundles']) {
    rmSync(join(work, name), { recursive: true, force: true });
  }
});

test('a recipe below a cell: edited, run, kept as text', async ({ page }) => {
  test.setTimeout(600_000);
  const name = 'edit.ipynb';
  await page.goto();
  await page.sidebar.close('left');
  await page.notebook.createNew(name);
  await page.notebook.setCell(0, 'code', START);
  await page.notebook.runCell(0, true);
  const cell = page.locator('.tsm-WidgetCell');
  await expect(cell.getByText('plan ✓')).toBeVisible(LONG);
  const output = (index: number) =>
    page.locator('.jp-Notebook .jp-Cell').nth(index).locator('.jp-OutputArea-output').last();

  await test.step('the Python object follows the form', async () => {
    await cell.locator('.tsm-Card-toggle', { hasText: 'Split' }).click();
    await cell.getByLabel('Share of train').focus();
    for (let step = 0; step < 10; step++) {
      await page.keyboard.press('ArrowLeft');
    }
    await expect(cell.getByLabel('Share of train')).toHaveValue('0.65');
    await expect(cell.getByRole('table', { name: 'Sizes of the parts' })).toBeVisible(LONG);
    await page.notebook.addCell('code', "editor.recipe.steps[-1].params['parts']['train'] < 0.7");
    await page.notebook.runCell(1, true);
    await expect(output(1)).toHaveText('True');
  });

  await test.step('what the kernel sets is shown', async () => {
    await page.notebook.addCell('code', "editor.text = editor.text.replace('i_snr >= 10', 'i_snr >= 12')");
    await page.notebook.runCell(2, true);
    await cell.getByRole('button', { name: 'Text' }).click();
    await expect(cell.locator('.cm-content')).toContainText('i_snr >= 12', LONG);
    await cell.getByRole('button', { name: 'Form' }).click();
    await expect(cell.getByText('plan ✓')).toBeVisible(LONG);
  });

  await test.step('in both themes', async () => {
    await page.setViewportSize({ width: 1280, height: 900 });
    await cell.scrollIntoViewIfNeeded();
    await picture(page, 'notebook-recipe-light-1280.png', true);
    await page.theme.setDarkTheme();
    await picture(page, 'notebook-recipe-dark-1280.png');
    await page.theme.setLightTheme();
  });

  await test.step('it runs in the kernel and shows its result', async () => {
    await cell.getByRole('button', { name: 'Run', exact: true }).click();
    await expect(cell.getByRole('tab', { name: 'Result' })).toBeVisible(LONG);
    await expect(cell.locator('.tsm-Result-parts')).toContainText('train');
    await expect(cell.getByText(/^\d+ objects|[\d,]+ objects, bins/)).toBeVisible(LONG);
    await page.notebook.addCell('code', 'editor.result.table.num_rows > 100');
    await page.notebook.runCell(3, true);
    await expect(output(3)).toHaveText('True');
    await cell.scrollIntoViewIfNeeded();
    await picture(page, 'notebook-recipe-result-light-1280.png');
  });

  await test.step('its steps become cells', async () => {
    const before = (await sources(page)).length;
    await cell.getByRole('button', { name: 'Insert cells' }).click();
    await expect.poll(async () => (await sources(page)).length, LONG).toBeGreaterThan(before + 8);
    const now = await sources(page);
    expect(now[1]).toBe('import pz_tsm');
    expect(now[2]).toContain('mock/mock_deep.parquet');
    expect(now.join('\n')).toContain('i_snr >= 12');
  });

  await test.step('the notebook holds the text and no rows', async () => {
    await page.notebook.save();
    const saved = readFileSync(join(work, name), 'utf-8');
    expect(saved).toContain('i_snr >= 12');
    expect(saved).toContain('application/vnd.pz-tsm.view+json');
    expect(saved).not.toContain('row_id');
    expect(saved.length).toBeLessThan(60_000);
  });

  await test.step('reopened without a kernel it says what it was, and how to go on', async () => {
    await page.notebook.close(false);
    const kept = join(work, KEPT);
    const notebook = JSON.parse(readFileSync(join(work, name), 'utf-8'));
    notebook.metadata = {
      kernelspec: { name: 'elsewhere', display_name: 'A kernel of another machine' },
      language_info: { name: 'elsewhere' }
    };
    writeFileSync(kept, JSON.stringify(notebook));
    // what is not trusted has no widgets at all: here it is the kernel that is missing
    execFileSync(process.env.TSM_UI_PYTHON!, ['-m', 'nbformat.sign', kept]);
    await page.evaluate(path => {
      void window.jupyterapp.commands.execute('docmanager:open', { path, factory: 'Notebook' });
    }, KEPT);
    await page.getByRole('dialog').getByRole('button', { name: /No Kernel/i }).click();
    const note = page.locator('.tsm-KeptView');
    await expect(note).toContainText('Here was the editor of the recipe mock: inputs deep,', LONG);
    await expect(note).toContainText('Run the cell, and those above it, to edit it again.');
    await expect(page.locator('.tsm-WidgetCell')).toHaveCount(0);
    await expect(page.getByText('Error displaying widget')).toBeHidden();
    await note.getByText('The recipe', { exact: true }).click();
    await expect(note.locator('pre')).toContainText('i_snr >= 12');
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await note.getByRole('button', { name: 'Copy as Python' }).click();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toContain('editor = pz_tsm.edit("""');
    expect(copied).toContain('i_snr >= 12');
    expect(copied).toContain('base="mock"');
    await picture(page, 'notebook-kept-light-1280.png');
    await page.theme.setDarkTheme();
    await picture(page, 'notebook-kept-dark-1280.png');
  });
});

test('the steps of an open recipe go into a new notebook, which runs', async ({ page }) => {
  test.setTimeout(400_000);
  await page.goto();
  await openFolder(page, 'mock');
  const editor = await openRecipe(page, 'mock.tsm.yaml');
  await editor.getByRole('button', { name: 'Insert cells' }).click();
  await expect.poll(async () => (await sources(page)).length, LONG).toBeGreaterThan(8);
  const [first, second] = await sources(page);
  expect(first).toBe('import pz_tsm');
  expect(second).toContain('"mock_deep.parquet"');
  await page.notebook.runCell(0, true);
  await page.notebook.runCell(1, true);
  await page.notebook.setCell(2, 'code', 'len(deep) > 1000');
  await page.notebook.runCell(2, true);
  const output = page.locator('.jp-Notebook .jp-Cell').nth(2).locator('.jp-OutputArea-output');
  await expect(output).toHaveText('True', LONG);
  await page.notebook.close(true);
});
