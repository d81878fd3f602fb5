/** @jest-environment jsdom */
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { act, fireEvent, render, screen } from '@testing-library/react';

import type { IRecipeBackend } from '../backend';
import { CodeButtons } from '../CodeButtons';
import { RecipeModel } from '../model';
import type { IRecipeShell } from '../shell';

const trans = nullTranslator.load('tsm');
const TEXT = 'format: tsm-recipe/1\ninputs: {a: {from: {file: a.parquet}}}\nsteps: []\n';

function setUp(backend: Partial<IRecipeBackend>, shell: Partial<IRecipeShell> = {}) {
  const holder = {
    path: 'mock/a.tsm.yaml',
    text: TEXT,
    changed: new Signal<unknown, void>({})
  };
  const model = new RecipeModel({ holder, backend: backend as IRecipeBackend });
  const copied: string[] = [];
  const whole = { copy: (text: string) => copied.push(text), ...shell } as unknown as IRecipeShell;
  render(<CodeButtons model={model} shell={whole} trans={trans} />);
  return { copied };
}

const click = (name: string) =>
  act(async () => {
    fireEvent.click(screen.getByRole('button', { name }));
  });

const CODE = {
  cells: ['import pz_tsm', 'table'],
  python: 'import pz_tsm\n\ntable\n',
  command: 'pz-tsm run a\n'
};

it('copies the steps as Python and the command', async () => {
  const { copied } = setUp({ code: async () => CODE });
  await click('Copy as Python');
  await click('Copy as command');
  expect(copied).toEqual([CODE.python, CODE.command]);
  expect(screen.getByRole('status').textContent).toBe('Copied');
  expect(screen.queryByRole('button', { name: 'Insert cells' })).toBeNull();
  expect(screen.queryByRole('button', { name: 'Save as file' })).toBeNull();
});

it('puts a cell a step into the notebook, with paths from its folder', async () => {
  const asked: (string | null)[] = [];
  const inserted: string[][] = [];
  setUp(
    {
      code: async (_, start) => {
        asked.push(start);
        return CODE;
      }
    },
    { insertCells: async make => void inserted.push([...(await make('../notebooks'))]) }
  );
  await click('Insert cells');
  expect({ asked, inserted }).toEqual({ asked: ['../notebooks'], inserted: [CODE.cells] });
});

it('says why there is no code, and where it was saved', async () => {
  const wrong = { message: "Line 3: there is no operation 'x'.", remedy: "Did you mean 'y'?" };
  setUp({ code: () => Promise.reject(wrong), save: async () => '/data/a.tsm.yaml' });
  await click('Copy as Python');
  expect(screen.getByRole('status').textContent).toBe(`${wrong.message} ${wrong.remedy}`);
  await click('Save as file');
  expect(screen.getByRole('status').textContent).toBe('Saved as /data/a.tsm.yaml');
});

it('runs the recipe where the backend makes no code of its steps', async () => {
  const { copied } = setUp({});
  await click('Copy as Python');
  expect(copied[0]).toContain('pz_tsm.run("a.tsm.yaml"');
});
