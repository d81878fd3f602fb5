/** @jest-environment jsdom */
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { act, fireEvent, render, screen, within } from '@testing-library/react';
import { makeTable, tableToIPC } from 'apache-arrow';

import { splitPart } from '../../../table/splitHash';
import type { IOperations, IPlan, IRecipeBackend, IReport, ISplitPreview } from '../../backend';
import { RecipeEditor } from '../../editor';
import { RecipeModel } from '../../model';

const trans = nullTranslator.load('tsm');
const RECIPE = `format: tsm-recipe/1
seed: 3
inputs:
  deep: {from: {file: deep.parquet}, survey: VVDS}
steps:
  - split: {method: random, parts: {train: 0.75, test: 0.25}}   # as in the paper
`;
const KEYS = Array.from({ length: 300 }, (_, i) => BigInt(i) * 7n);
const COLUMNS = tableToIPC(
  makeTable({
    key: BigInt64Array.from(KEYS) as unknown as Int32Array,
    redshift: Float32Array.from(KEYS, key => Number(key) / 1000)
  }),
  'stream'
);

const REPORT: IReport = {
  ...{ op: 'split', rows_in: 310, rows_out: 310, dropped: {}, added: {}, set_aside: {}, findings: [] },
  details: {
    counts: { unused: 10 },
    leakage: { shared: { split_key: 0 }, near_arcsec: 5, near: 0, tracts: null }
  }
};

const OPERATIONS: IOperations = {
  ops: [
    {
      ...{ name: 'split', title: 'Split', summary: '', scope: 'whole', main: 'method' },
      schema: {
        type: 'object',
        properties: {
          method: { type: 'string', title: 'Method', default: 'random' },
          parts: { type: 'object', title: 'Parts', additionalProperties: { type: 'number' } }
        }
      }
    }
  ],
  presets: {},
  split_methods: [{ name: 'random', title: 'Random', schema: {} }],
  rule_packs: [],
  releases: [],
  surveys: []
};

const PLAN: IPlan = {
  ok: true,
  inputs: [],
  steps: [
    {
      ...{ index: 0, op: 'split', title: 'Split', where: 'memory', rows_in: 310, rows_out: 310 },
      ...{ estimated: false, report: REPORT, findings: [] }
    }
  ],
  findings: [],
  columns: []
};

const INFO: ISplitPreview = {
  ...{ source: 'plan', rows: 300, of: 300, key: 'split_key', seed: 3, method: 'random' },
  ...{ labels: ['train', 'test'], magnitude: null, magnitudes: [], columns: 'c', parts: null },
  report: REPORT
};

const count = (parts: Record<string, number>, name: string) =>
  String(KEYS.filter(key => splitPart(key, 3, parts) === name).length);

beforeAll(() => {
  jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  class Observer {
    observe = () => undefined;
    disconnect = () => undefined;
  }
  Object.assign(globalThis, { ResizeObserver: Observer });
});

function setUp() {
  const changed = new Signal<object, void>({});
  let text = RECIPE;
  const holder = {
    path: 'a.tsm.yaml',
    changed,
    get text() {
      return text;
    },
    set text(value: string) {
      text = value;
      changed.emit();
    }
  };
  const previewSplit = jest.fn(async () => INFO);
  const backend = {
    operations: async () => OPERATIONS,
    plan: async () => PLAN,
    previewSplit,
    previewColumns: async () => COLUMNS
  } as unknown as IRecipeBackend;
  const model = new RecipeModel({ holder, rest: 1e6, backend });
  const shell = {
    chooseFile: async () => null,
    openTable: jest.fn(),
    openFolder: jest.fn(),
    openSource: jest.fn(),
    copy: jest.fn()
  };
  const element = document.createElement('textarea');
  render(
    <RecipeEditor {...{ model, shell, trans, text: element, showText: false, onShowText: () => undefined }} />
  );
  return { holder, model, previewSplit };
}

it('shows the parts of the run, and what a slider makes of them before the recipe says so', async () => {
  const { holder, model, previewSplit } = setUp();
  await act(() => model.load());
  fireEvent.click(screen.getByRole('button', { name: /1\s*Split/ }));
  const sizes = await screen.findByRole('table', { name: 'Sizes of the parts' });
  const cells = (name: string) =>
    within(within(sizes).getByRole('row', { name: new RegExp(`^${name}`) }))
      .getAllByRole('cell')
      .map(cell => cell.textContent);
  const before = count({ train: 0.75, test: 0.25 }, 'train');
  expect(cells('train').slice(0, 2)).toEqual([before, before]);
  expect(screen.getByText(/^Unused: 10 rows/)).toBeTruthy();
  expect(within(screen.getByRole('region', { name: 'Leaks' })).getAllByText('none')).toHaveLength(3);
  expect(screen.getByRole('img', { name: /^Redshifts of each part/ })).toBeTruthy();

  const slider = screen.getByLabelText('Share of train');
  fireEvent.change(slider, { target: { value: '0.4' } });
  const after = count({ train: 0.4, test: 0.6 }, 'train');
  expect(after).not.toBe(before);
  await act(() => new Promise<void>(resolve => requestAnimationFrame(() => resolve())));
  expect(cells('train')[0]).toBe(after);
  expect(cells('train')[3]).toBe('40 %');
  expect(holder.text).toBe(RECIPE);
  expect(previewSplit).toHaveBeenCalledTimes(1);

  fireEvent.pointerUp(slider);
  expect(holder.text).toBe(RECIPE.replace('{train: 0.75, test: 0.25}', '{train: 0.4, test: 0.6}'));
  expect(cells('train')[0]).toBe(after);
});
