import type { IArchiveDownload, IProcess } from '../../api';
import type { IRun } from '../../recipe/backend';
import { isActive } from '../active';
import { type IJobsBackend, JobsModel } from '../model';

function run(id: string, change: Partial<IRun> = {}): IRun {
  return {
    id,
    recipe: `recipe ${id}`,
    state: 'running',
    created: '2026-03-02T10:00:00Z',
    started: '2026-03-02T10:00:01Z',
    fraction: 0.4,
    stage: 'match: partition 3 of 12',
    steps: [],
    ...change
  };
}

function process(id: number, change: Partial<IProcess> = {}): IProcess {
  return {
    id,
    name: `process ${id}`,
    pipeline: 'training_set_maker',
    status: 'Running',
    owner: 'ana',
    isOwner: true,
    product: 12,
    created: '2026-03-02T11:00:00Z',
    started: null,
    ended: null,
    comment: null,
    progress: null,
    stage: null,
    ...change
  } as IProcess;
}

class Server implements IJobsBackend {
  ours: IRun[] | Error = [];
  theirs: IProcess[] | Error = [];
  readonly stopped: (string | number)[] = [];
  runs = async () => given(this.ours);
  processes = async () => given(this.theirs);
  stopRun = async (id: string) => this.stopped.push(id);
  readonly again: string[] = [];
  retryRun = async (id: string) => this.again.push(id);
  stopProcess = async (id: number) => this.stopped.push(id);
  coming: IArchiveDownload[] | Error = [];
  downloads = async () => given(this.coming);
  stopDownload = async (id: string) => this.stopped.push(`download ${id}`);
}

function given<T>(value: T | Error): T {
  if (value instanceof Error) {
    throw value;
  }
  return value;
}

let model: JobsModel;
let server: Server;
beforeEach(() => {
  server = new Server();
  model = new JobsModel({ backend: server, auto: false });
});
afterEach(() => model.dispose());

it('lists runs and processes together, newest first', async () => {
  server.ours = [run('a')];
  server.theirs = [process(1), process(2, { created: '2026-03-01T00:00:00Z' })];
  expect(model.loading).toBe(true);
  await model.refresh();
  expect(model.loading).toBe(false);
  expect(model.jobs.map(job => job.key)).toEqual(['process:1', 'run:a', 'process:2']);
  expect(model.job('run:a')).toMatchObject({
    stage: 'match: partition 3 of 12',
    fraction: 0.4,
    canStop: true
  });
  expect(model.job('process:1')).toMatchObject({ stage: 'training set maker', fraction: null, product: 12 });
});

it('goes on with the one while the other fails, and says so', async () => {
  server.ours = [run('a')];
  server.theirs = [process(1)];
  await model.refresh();
  server.theirs = new Error('The PZ Server does not answer.');
  server.ours = [run('a', { state: 'done' })];
  await model.refresh();
  expect(model.troubles.map(one => one.message)).toEqual(['The PZ Server does not answer.']);
  expect(model.jobs.map(job => [job.key, job.state])).toEqual([
    ['process:1', 'running'],
    ['run:a', 'done']
  ]);
});

it('tells once that a job has ended, and not of those that had ended before', async () => {
  const ended: string[] = [];
  model.ended.connect((_, job) => ended.push(job.key));
  server.ours = [run('a'), run('b', { state: 'done' })];
  await model.refresh();
  expect(ended).toEqual([]);
  server.ours = [
    run('a', { state: 'failed', error: { message: 'Unknown survey X.' } }),
    run('b', { state: 'done' })
  ];
  await model.refresh();
  await model.refresh();
  expect(ended).toEqual(['run:a']);
  expect(model.job('run:a')?.trouble?.message).toBe('Unknown survey X.');
});

it('shows at once that a job is being stopped', async () => {
  server.ours = [run('a')];
  await model.refresh();
  const states: string[] = [];
  model.changed.connect(() => states.push(model.job('run:a')!.state));
  server.ours = [run('a', { state: 'stopped' })];
  await model.stop('run:a');
  expect(server.stopped).toEqual(['a']);
  expect(states[0]).toBe('stopping');
  expect(states.at(-1)).toBe('stopped');
});

it('says why a job could not be stopped, and shows it as it is', async () => {
  server.ours = [run('a')];
  await model.refresh();
  server.stopRun = async () => {
    throw new Error('It has ended already.');
  };
  await expect(model.stop('run:a')).rejects.toThrow('It has ended already.');
  expect(isActive(model.job('run:a')!)).toBe(true);
});

it("does not offer to stop another's process", async () => {
  server.theirs = [process(1, { isOwner: false })];
  await model.refresh();
  expect(model.job('process:1')?.canStop).toBe(false);
});

it('tells partitions, rows so far, time left and the place in the queue', async () => {
  const match = {
    index: 2,
    op: 'match',
    state: 'running' as const,
    fraction: 0.25,
    message: 'matching',
    amount: { done: 3, total: 12, unit: 'partitions', rows: 41200, seconds_left: 20 }
  };
  server.ours = [
    run('a', { steps: [match], seconds_left: 18, where: 'threads of this machine' }),
    run('b', { state: 'pending', position: 2 })
  ];
  await model.refresh();
  expect(model.job('run:a')).toMatchObject({
    amount: { done: 3, total: 12, unit: 'partitions', rows: 41200 },
    secondsLeft: 18,
    where: 'threads of this machine'
  });
  expect(model.job('run:b')).toMatchObject({ position: 2, amount: null, secondsLeft: null });
});

it('runs a failed or stopped run again, and nothing else', async () => {
  server.ours = [run('a', { state: 'failed' }), run('b')];
  await model.refresh();
  server.ours = [run('a', { state: 'pending' }), run('b')];
  await model.retry('run:a');
  await model.retry('run:b');
  expect(server.again).toEqual(['a']);
  expect(model.job('run:a')?.state).toBe('pending');
});

function download(change: Partial<IArchiveDownload> = {}): IArchiveDownload {
  return {
    ...{ id: 'd', entry: 'vipers_pdr2', name: 'VIPERS PDR-2', state: 'running', fraction: 0.25 },
    ...{ created: '2026-03-02T12:00:00Z', ended: null, message: '750 of 3,000 rows' },
    ...{ rows: null, bytes: null, path: null, trouble: null, ...change }
  };
}

it('lists a public catalogue that is on its way, stops it, and tells when it is there', async () => {
  const ended = jest.fn();
  model.ended.connect((_, job) => ended(job.name, job.state, job.rows));
  server.theirs = [process(1, { status: 'Successful' })];
  server.coming = [download()];
  await model.refresh();
  expect(model.jobs[0]).toMatchObject({
    ...{ key: 'download:d', name: 'VIPERS PDR-2', state: 'running', fraction: 0.25, canStop: true },
    ...{ stage: '750 of 3,000 rows', entry: 'vipers_pdr2' }
  });
  await model.stop('download:d');
  expect(server.stopped).toEqual(['download d']);
  server.coming = [download({ state: 'done', rows: 3000, ended: '2026-03-02T12:01:00Z' })];
  await model.refresh();
  expect(ended.mock.calls).toEqual([['VIPERS PDR-2', 'done', 3000]]);
  server.coming = new Error('no engine');
  await model.refresh();
  expect(model.jobs).toHaveLength(2); // what was known stays, and what can't be asked is said
  expect(model.troubles.map(one => one.message)).toEqual(['no engine']);
});
