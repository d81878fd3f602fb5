/** @jest-environment jsdom */
import { nullTranslator } from '@jupyterlab/translation';
import { render, screen, within } from '@testing-library/react';
import { makeTable, tableToIPC } from 'apache-arrow';

import type { IReport, ISplitPreview } from '../../backend';
import { splitPart } from '../../../table/splitHash';
import { Counter } from '../counter';
import { CoverageView } from '../CoverageView';
import { Leaks } from '../Leaks';
import { type ISplitBackend, SplitModel } from '../model';
import { addPreviewer } from '../previews';

const trans = nullTranslator.load('tsm');
const KEYS = Array.from({ length: 500 }, (_, i) => BigInt(i) * 1_000_003n - 77n);
const COLUMNS = tableToIPC(makeTable({ key: BigInt64Array.from(KEYS) as unknown as Int32Array }), 'stream');
const PARTS = tableToIPC(
  makeTable({ part: Int8Array.from(KEYS, (_, i) => (i < 100 ? -1 : i % 2)) }),
  'stream'
);

function report(details: Record<string, unknown>): IReport {
  const none = { dropped: {}, added: {}, set_aside: {} };
  return { op: 'split', rows_in: 500, rows_out: 500, ...none, findings: [], details };
}

const INFO: ISplitPreview = {
  source: 'plan',
  rows: 500,
  of: 500,
  key: 'group_id',
  seed: 11,
  method: 'random',
  labels: ['train', 'test'],
  magnitude: null,
  magnitudes: [],
  columns: 'c',
  parts: null,
  report: report({})
};

function setUp(info: ISplitPreview) {
  const asked: string[] = [];
  const backend: ISplitBackend = {
    preview: async () => info,
    columns: async id => {
      asked.push(id);
      return id === 'c' ? COLUMNS : PARTS;
    }
  };
  const noWorker = () => {
    throw new Error('none here');
  };
  jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  return { asked, model: new SplitModel(backend, new Counter(noWorker)) };
}

const RANDOM = { method: 'random', options: {} };

const rowsOf = (model: SplitModel) =>
  Object.fromEntries(model.labels.map((label, part) => [label, model.tally!.rows[part]]));

const expected = (parts: Record<string, number>, seed = 11) => {
  const counts = Object.fromEntries(Object.keys(parts).map(name => [name, 0]));
  KEYS.forEach(key => (counts[splitPart(key, seed, parts)] += 1));
  return counts;
};

afterEach(() => jest.restoreAllMocks());

it('answers a slider without asking, with the counts of the run', async () => {
  const { model, asked } = setUp(INFO);
  await model.ask('text', { step: 1 }, { ...RANDOM, parts: { train: 0.7, test: 0.3 } });
  expect(rowsOf(model)).toEqual(expected({ train: 0.7, test: 0.3 }));
  expect(model.atOnce).toBe(true);
  model.show({ ...RANDOM, parts: { train: 0.25, test: 0.75 } });
  expect(rowsOf(model)).toEqual(expected({ train: 0.25, test: 0.75 }));
  model.show({ ...RANDOM, parts: { train: 0.25, test: 0.7 } });
  expect(rowsOf(model)).toEqual(expected({ train: 0.25, test: 0.75 }));
  await model.ask('text', { step: 1 }, { ...RANDOM, parts: { train: 0.5, test: 0.5 } });
  expect(asked).toEqual(['c']);
});

it('divides in equal folds where the method names its parts itself', async () => {
  const labels = ['fold_1', 'fold_2', 'fold_3'];
  const { model } = setUp({ ...INFO, method: 'kfold', labels });
  await model.ask('text', { step: 1 }, { method: 'kfold', parts: null, options: {} });
  expect(rowsOf(model)).toEqual(expected({ fold_1: 1 / 3, fold_2: 1 / 3, fold_3: 1 / 3 }));
});

it('shows the parts that the engine gives for other methods, and does not guess while a slider moves', async () => {
  const { model } = setUp({ ...INFO, method: 'sky', parts: 'p' });
  await model.ask('text', { step: 1 }, { method: 'sky', parts: { train: 0.5, test: 0.5 }, options: {} });
  expect(rowsOf(model)).toEqual({ train: 200, test: 200 });
  expect(model.atOnce).toBe(false);
  model.show({ method: 'sky', parts: { train: 0.1, test: 0.9 }, options: {} });
  expect(rowsOf(model)).toEqual({ train: 200, test: 200 });
});

it('previews a method of another package with what that package gives', async () => {
  const added = addPreviewer({
    method: 'first',
    assign: ({ key }, parts) => Int8Array.from(key, (_, row) => (row < parts[0][1] * key.length ? 0 : 1))
  });
  const { model } = setUp({ ...INFO, method: 'first', parts: 'p' });
  await model.ask('text', { step: 1 }, { method: 'first', parts: { train: 0.5, test: 0.5 }, options: {} });
  const changed = new Promise<void>(resolve => model.changed.connect(() => resolve()));
  model.show({ method: 'first', parts: { train: 0.2, test: 0.8 }, options: {} });
  await changed;
  expect(rowsOf(model)).toEqual({ train: 100, test: 400 });
  added.dispose();
  expect(model.atOnce).toBe(false);
});

it('says in words why a split can not be shown', async () => {
  const { model } = setUp(INFO);
  const failing = new SplitModel({
    preview: () => Promise.reject(Object.assign(new Error('No column "tract".'), { remedy: 'Match first.' })),
    columns: async () => COLUMNS
  });
  await failing.ask('text', { step: 1 }, { ...RANDOM, parts: null });
  expect(failing.trouble).toEqual({ message: 'No column "tract".', remedy: 'Match first.' });
  model.dispose();
});

it('lists what the parts share', () => {
  const leakage = {
    shared: { split_key: 0, objectId: 2 },
    near_arcsec: 5,
    near: 1234,
    tracts: { shared: 3, of: 4 }
  };
  const lock = { kept: 900, new: 80, merged_to_test: 2 };
  render(<Leaks report={report({ leakage, lock })} trans={trans} />);
  const said = (name: string) => screen.getByText(name).nextElementSibling!.textContent;
  expect(said('Galaxies and their objects in two parts')).toBe('none');
  expect(said('LSST objects in two parts')).toBe('2');
  expect(said('Pairs within 5″ in different parts')).toBe('1,234');
  expect(said('LSST tracts with rows of two parts')).toBe('3 of 4');
  expect(said('Objects that keep their earlier part')).toBe('900');
  expect(within(screen.getByRole('heading')).getByText('found')).toBeTruthy();
});

it('draws which cells of the target hold training rows, and says what that can not see', () => {
  const grid = {
    ...{ mag_from: 20, mag_bin: 0.5, colour_from: 0, colour_bin: 0.25, columns: 2, rows: 2 },
    n_target: [10, 10, 10, 0],
    n_train: [8, 2, 0, 5]
  };
  const coverage = {
    ...{ features: ['i_mag', 'g - r'], rows: 15, n_target: 30, grid, mag_limit_90: 20.5 },
    ...{ frac_target_in_empty_cells: 0.333, frac_target_in_sparse_cells: 0.2, cannot_see: 'Failures.' }
  };
  render(<CoverageView report={report({ coverage })} trans={trans} />);
  expect(screen.getByRole('img').getAttribute('aria-label')).toBe(
    'Cells of the target: 1 filled, 1 sparse, 1 empty'
  );
  expect(screen.getByText('20.5 mag')).toBeTruthy();
  expect(screen.getByText('33 %')).toBeTruthy();
  expect(screen.getByText(/can’t see: Failures/)).toBeTruthy();
});
