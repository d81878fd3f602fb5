/** @jest-environment jsdom */
import { nullTranslator } from '@jupyterlab/translation';
import { act, fireEvent, render, screen } from '@testing-library/react';

import type { IRun } from '../../recipe/backend';
import { JobDetail } from '../detail';
import { JobList } from '../list';
import { JobsModel } from '../model';
import { JobView } from '../view';
import { timeWords } from '../words';

const trans = nullTranslator.load('tsm');

function run(change: Partial<IRun> = {}): IRun {
  return {
    id: 'a',
    recipe: 'ecdfs',
    state: 'running',
    created: '2026-03-02T10:00:00Z',
    started: '2026-03-02T10:00:00Z',
    fraction: 0.62,
    stage: 'match: partition 3 of 12',
    steps: [
      { index: 0, op: 'combine', state: 'done', fraction: 1, message: '', rows_in: 4812, rows_out: 4000 }
    ],
    ...change
  };
}

const models: JobsModel[] = [];
afterEach(() => models.splice(0).forEach(model => model.dispose()));

async function made(first: IRun) {
  let now = first;
  const model = new JobsModel({
    auto: false,
    backend: {
      runs: async () => [now],
      processes: async () => [],
      stopRun: jest.fn(async () => undefined),
      stopProcess: jest.fn()
    }
  });
  models.push(model);
  await model.refresh();
  return {
    model,
    become: async (next: IRun) => {
      now = next;
      await act(() => model.refresh());
    }
  };
}

it('shows stage and progress, and says to screen readers that a job ended', async () => {
  const { model, become } = await made(run());
  const open = jest.fn();
  const stop = jest.fn();
  const { container } = render(<JobList jobs={model} trans={trans} open={open} stop={stop} />);
  expect(screen.getByRole('progressbar', { name: 'ecdfs' }).getAttribute('aria-valuenow')).toBe('62');
  expect(screen.getByText('match: partition 3 of 12')).toBeTruthy();
  fireEvent.click(screen.getByRole('button', { name: 'Stop ecdfs' }));
  expect(stop).toHaveBeenCalled();
  await become(run({ state: 'done', fraction: 1, ended: '2026-03-02T10:02:00Z' }));
  expect(container.querySelector('[aria-live]')?.textContent).toBe('ecdfs: done');
  expect(screen.queryByRole('progressbar')).toBeNull();
  fireEvent.click(screen.getByText('ecdfs'));
  expect(open.mock.calls[0][0].key).toBe('run:a');
});

it('shows steps, failure with its remedy, and the log', async () => {
  const { model } = await made(
    run({ state: 'failed', error: { message: 'Survey X is unknown.', remedy: 'Add a rule for it.' } })
  );
  const detail = new JobDetail('run:a', model, {
    runLog: async () => 'reading vvds\n',
    processLog: async () => ''
  });
  const actions = {
    openTable: jest.fn(),
    openProduct: jest.fn(),
    openRecipe: jest.fn(),
    openFolder: jest.fn(),
    failed: jest.fn()
  };
  render(<JobView model={detail} actions={actions} trans={trans} />);
  await act(async () => undefined);
  expect(screen.getByText('Survey X is unknown.')).toBeTruthy();
  expect(screen.getByText('Add a rule for it.')).toBeTruthy();
  expect(screen.getByRole('row', { name: /combine 4,812 4,000/ })).toBeTruthy();
  expect(screen.getByLabelText('Log', { selector: 'pre' }).textContent).toContain('reading vvds');
});

it('offers what came out', async () => {
  const { model } = await made(
    run({
      state: 'done',
      bundle: '/data/out',
      path: 'work/ecdfs.tsm.yaml',
      result: {
        parts: [{ name: 'train', rows: 883 }],
        files: [],
        tables: [{ name: 'training_set', path: '/data/out/data/training_set.parquet' }],
        accounting: [],
        citations: []
      }
    })
  );
  const detail = new JobDetail('run:a', model, { runLog: async () => '', processLog: async () => '' });
  const actions = {
    openTable: jest.fn(),
    openProduct: jest.fn(),
    openRecipe: jest.fn(),
    openFolder: jest.fn(),
    failed: jest.fn()
  };
  render(<JobView model={detail} actions={actions} trans={trans} />);
  await act(async () => undefined);
  fireEvent.click(screen.getByRole('button', { name: 'Show the bundle' }));
  expect(actions.openFolder).toHaveBeenCalledWith('/data/out');
  fireEvent.click(screen.getByRole('button', { name: 'Explore training set' }));
  expect(actions.openTable).toHaveBeenCalledWith('/data/out/data/training_set.parquet');
});

it('tells the time that a job has taken, and about what is left', async () => {
  const { model } = await made(run());
  const job = model.job('run:a')!;
  const start = Date.parse('2026-03-02T10:00:00Z');
  expect(timeWords(job, trans, start + 62000)).toBe('1 min 2 s, about 38 s left');
  expect(timeWords({ ...job, started: null }, trans)).toBe('');
});
