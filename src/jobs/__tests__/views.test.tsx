/** @jest-environment jsdom */
import { nullTranslator } from '@jupyterlab/translation';
import { act, fireEvent, render, screen } from '@testing-library/react';

import type { IRun } from '../../recipe/backend';
import type { IJob } from '../../tokens';
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
      retryRun: jest.fn(async () => undefined),
      stopProcess: jest.fn(),
      downloads: async () => [],
      stopDownload: jest.fn()
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

function noted() {
  return {
    openTable: jest.fn(),
    openProduct: jest.fn(),
    openRegistered: jest.fn(),
    openRecipe: jest.fn(),
    openFolder: jest.fn(),
    copy: jest.fn(),
    failed: jest.fn()
  };
}

const MATCHING = {
  index: 1,
  op: 'match',
  state: 'running' as const,
  fraction: 0.25,
  message: 'matching',
  amount: { done: 3, total: 12, unit: 'partitions', rows: 41200, seconds_left: 80 }
};

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
  const actions = noted();
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
      product: { id: 12, name: 'ecdfs', url: '/api/products/12/', access: 'pz_tsm.read("12_ecdfs")' },
      path: 'work/ecdfs.tsm.yaml',
      result: {
        parts: [{ name: 'train', rows: 883 }],
        files: [],
        tables: [{ name: 'training_set', path: '/data/out/data/training_set.parquet' }],
        accounting: [],
        citations: ['VVDS: Le Fevre et al. 2013']
      }
    })
  );
  const detail = new JobDetail('run:a', model, { runLog: async () => '', processLog: async () => '' });
  const actions = noted();
  render(<JobView model={detail} actions={actions} trans={trans} />);
  await act(async () => undefined);
  fireEvent.click(screen.getByRole('button', { name: 'Show the bundle' }));
  expect(actions.openFolder).toHaveBeenCalledWith('/data/out');
  fireEvent.click(screen.getByRole('button', { name: 'Explore training set' }));
  expect(actions.openTable).toHaveBeenCalledWith('/data/out/data/training_set.parquet');
  expect(screen.getByText('Registered as ecdfs (12)')).toBeTruthy();
  fireEvent.click(screen.getByRole('button', { name: 'Open the product' }));
  expect(actions.openRegistered.mock.calls[0][0].product.id).toBe(12);
  fireEvent.click(screen.getByRole('button', { name: 'Copy how to read it' }));
  fireEvent.click(screen.getByRole('button', { name: 'Copy Python' }));
  fireEvent.click(screen.getByRole('button', { name: 'Cite' }));
  const [access, python, citations] = actions.copy.mock.calls.map(([text]) => text);
  expect(access).toBe('pz_tsm.read("12_ecdfs")');
  expect(python).toContain('pz_tsm.read("/data/out/data/training_set.parquet")');
  expect(citations).toBe('VVDS: Le Fevre et al. 2013');
});

it('tells the time that a job has taken, and about what is left', async () => {
  const { model } = await made(run());
  const job = model.job('run:a')!;
  const start = Date.parse('2026-03-02T10:00:00Z');
  expect(timeWords(job, trans, start + 62000)).toBe('1 min 2 s, about 38 s left');
  expect(timeWords({ ...job, started: null }, trans)).toBe('');
});

it('shows partitions, rows so far and time left, in the list and on its page', async () => {
  const { model } = await made(
    run({ steps: [MATCHING], stage: 'match: matching', seconds_left: 80, where: 'threads of this machine' })
  );
  const list = render(<JobList jobs={model} trans={trans} open={jest.fn()} stop={jest.fn()} />);
  expect(list.getByText('match: 3/12 partitions, 41,200 rows')).toBeTruthy();
  expect(list.getByText('62 % · 1 min 20 s left')).toBeTruthy();
  list.unmount();
  const detail = new JobDetail('run:a', model, { runLog: async () => '', processLog: async () => '' });
  render(<JobView model={detail} actions={noted()} trans={trans} />);
  await act(async () => undefined);
  expect(screen.getByRole('row', { name: /match .*3 of 12 partitions, 41,200 rows so far/ })).toBeTruthy();
  expect(screen.getByText(/about 1 min 20 s left in this step · threads of this machine/)).toBeTruthy();
});

it('says the place in the queue', async () => {
  const { model } = await made(run({ state: 'pending', started: null, position: 2 }));
  render(<JobList jobs={model} trans={trans} open={jest.fn()} stop={jest.fn()} />);
  expect(screen.getByText('waiting, number 2 in the queue')).toBeTruthy();
});

it('offers to run again what failed or was stopped, and says when that is refused', async () => {
  const { model, become } = await made(run({ state: 'stopped', resumable: true }));
  const retry = jest.spyOn(model, 'retry').mockRejectedValue(new Error('Too many runs wait.'));
  render(<JobList jobs={model} trans={trans} open={jest.fn()} stop={jest.fn()} />);
  expect(screen.getByText('Its partial work is kept.')).toBeTruthy();
  await act(async () => void fireEvent.click(screen.getByRole('button', { name: 'Run ecdfs again' })));
  expect(retry).toHaveBeenCalledWith('run:a');
  expect(screen.getByText('Too many runs wait.')).toBeTruthy();
  await become(run({ state: 'done' }));
  expect(screen.queryByRole('button', { name: 'Run ecdfs again' })).toBeNull();
});

it('offers to run a process again that failed, through its form', async () => {
  const { model } = await made(run({ state: 'done' }));
  const process: IJob = {
    ...{ ...model.jobs[0], key: 'process:7', kind: 'process', id: '7', name: 'crc', canRetry: undefined },
    ...{ state: 'failed', trouble: { message: 'No survey VVDX.' } }
  };
  const again = jest.fn();
  const shown = (job: IJob) => {
    jest.spyOn(model, 'jobs', 'get').mockReturnValue([job]);
    return <JobList jobs={model} trans={trans} open={jest.fn()} stop={jest.fn()} again={again} />;
  };
  const { rerender } = render(shown(process));
  fireEvent.click(screen.getByRole('button', { name: 'Run crc again' }));
  expect(again).toHaveBeenCalledWith(process);
  rerender(shown({ ...process, state: 'done' }));
  expect(screen.queryByRole('button', { name: 'Run crc again' })).toBeNull();
});

it('says why a result is no product', async () => {
  const { model } = await made(
    run({
      state: 'done',
      result: { parts: [], files: [], tables: [], accounting: [], citations: [] },
      product_trouble: { message: 'The disk is full.', remedy: 'Make room.' }
    })
  );
  const detail = new JobDetail('run:a', model, { runLog: async () => '', processLog: async () => '' });
  render(<JobView model={detail} actions={noted()} trans={trans} />);
  await act(async () => undefined);
  expect(screen.getByText('The disk is full. Make room.')).toBeTruthy();
});
