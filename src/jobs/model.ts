/** All jobs in one list: runs and downloads of the engine, processes of the PZ Server. Each works while others fail. */
import { Poll } from '@lumino/polling';
import { type ISignal, Signal } from '@lumino/signaling';

import type { IArchiveDownload, IProcess } from '../api';
import type { IRun } from '../recipe/backend';
import type { IJob, IJobs, JobState } from '../tokens';
import { isActive } from './active';

/** What is asked of the services. */
export interface IJobsBackend {
  runs(signal?: AbortSignal): Promise<IRun[]>;
  stopRun(id: string): Promise<unknown>;
  retryRun(id: string): Promise<unknown>;
  processes(signal?: AbortSignal): Promise<IProcess[]>;
  stopProcess(id: number): Promise<unknown>;
  /** Public catalogues on their way into files. */
  downloads(signal?: AbortSignal): Promise<readonly IArchiveDownload[]>;
  stopDownload(id: string): Promise<unknown>;
}

export interface IJobsOptions {
  readonly backend: IJobsBackend;
  /** Ask again by itself; a test does not. */
  readonly auto?: boolean;
}

interface ITrouble {
  readonly message: string;
  readonly remedy?: string | null;
}

/** Milliseconds between two looks, while something runs and while nothing does. */
const BUSY = 1500;
const QUIET = 30000;

export class JobsModel implements IJobs {
  constructor(options: IJobsOptions) {
    this._backend = options.backend;
    this._poll = new Poll({
      name: 'pz-tsm:jobs',
      auto: options.auto ?? true,
      factory: () => this._look(),
      frequency: { interval: QUIET, backoff: true, max: 4 * QUIET },
      standby: 'when-hidden'
    });
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get ended(): ISignal<this, IJob> {
    return this._ended;
  }

  get jobs(): readonly IJob[] {
    return this._jobs;
  }

  get loading(): boolean {
    return this._loading;
  }

  get troubles(): readonly ITrouble[] {
    return this._troubles;
  }

  /** All runs, as the engine last said. */
  get runs(): readonly IRun[] {
    return this._runs;
  }

  /** The run itself, with steps and result; null for processes and unknown keys. */
  run(key: string): IRun | null {
    return this._runs.find(run => runKey(run) === key) ?? null;
  }

  job(key: string): IJob | null {
    return this._jobs.find(job => job.key === key) ?? null;
  }

  async refresh(): Promise<void> {
    await this._poll.refresh();
    await this._poll.tick.catch(() => undefined);
  }

  /** Stop a job; rejects with words when the server refuses. */
  async stop(key: string): Promise<void> {
    const job = this.job(key);
    if (!job) {
      return;
    }
    this._jobs = this._jobs.map(other =>
      other.key === key ? { ...other, state: 'stopping', canStop: false } : other
    );
    this._changed.emit();
    try {
      await this._stop(job);
    } finally {
      await this._look().catch(() => undefined);
    }
  }

  async retry(key: string): Promise<void> {
    const job = this.job(key);
    if (!job?.canRetry) {
      return;
    }
    try {
      await this._backend.retryRun(job.id);
    } finally {
      await this._look().catch(() => undefined);
    }
  }

  dispose(): void {
    void this._poll.stop(); // its timer too
    this._poll.dispose();
    this._abort.abort();
    Signal.clearData(this);
  }

  private _stop({ kind, id }: IJob): Promise<unknown> {
    switch (kind) {
      case 'run':
        return this._backend.stopRun(id);
      case 'process':
        return this._backend.stopProcess(Number(id));
      case 'download':
        return this._backend.stopDownload(id);
    }
  }

  private async _look(): Promise<void> {
    const turn = ++this._turn;
    const { signal } = this._abort;
    const [runs, processes, downloads] = await Promise.allSettled([
      this._backend.runs(signal),
      this._backend.processes(signal),
      this._backend.downloads(signal)
    ]);
    if (turn !== this._turn || signal.aborted) {
      return; // a later look has overtaken this one
    }
    if (runs.status === 'fulfilled') {
      this._runs = runs.value;
    }
    if (processes.status === 'fulfilled') {
      this._processes = processes.value;
    }
    if (downloads.status === 'fulfilled') {
      this._downloads = downloads.value;
    }
    this._troubles = distinct(
      [runs, processes, downloads].flatMap(one => (one.status === 'rejected' ? [words(one.reason)] : []))
    );
    this._loading = false;
    this._take([
      ...this._runs.map(fromRun),
      ...this._processes.map(fromProcess),
      ...this._downloads.map(fromDownload)
    ]);
    const interval = this._jobs.some(isActive) ? BUSY : QUIET;
    if (interval !== this._poll.frequency.interval && !this._poll.isDisposed) {
      this._poll.frequency = { interval, backoff: true, max: 4 * QUIET };
    }
    if (runs.status === 'rejected') {
      throw runs.reason; // the poll waits longer after each failure
    }
  }

  private _take(jobs: IJob[]): void {
    const before = new Map(this._jobs.map(job => [job.key, job]));
    this._jobs = jobs.sort((a, b) => Date.parse(b.created) - Date.parse(a.created));
    const over = jobs.filter(job => !isActive(job) && isActive(before.get(job.key) ?? job));
    this._changed.emit();
    over.forEach(job => this._ended.emit(job));
  }

  private readonly _backend: IJobsBackend;
  private readonly _poll: Poll;
  private readonly _abort = new AbortController();
  private readonly _changed = new Signal<this, void>(this);
  private readonly _ended = new Signal<this, IJob>(this);
  private _turn = 0;
  private _jobs: IJob[] = [];
  private _runs: IRun[] = [];
  private _processes: IProcess[] = [];
  private _downloads: readonly IArchiveDownload[] = [];
  private _loading = true;
  private _troubles: ITrouble[] = [];
}

export function runKey(run: { readonly id: string }): string {
  return `run:${run.id}`;
}

export function fromRun(run: IRun): IJob {
  const working = run.steps.find(step => step.state === 'running' && step.amount);
  return {
    key: runKey(run),
    kind: 'run',
    id: run.id,
    name: run.recipe,
    state: run.state,
    stage: run.stage,
    fraction: run.fraction,
    created: run.created,
    started: run.started ?? null,
    ended: run.ended ?? null,
    owner: null,
    canStop: run.state === 'pending' || run.state === 'running',
    canRetry: run.state === 'stopped' || run.state === 'failed',
    resumable: run.resumable ?? false,
    amount: working?.amount ?? null,
    secondsLeft: run.seconds_left ?? working?.amount?.seconds_left ?? null,
    position: run.position ?? null,
    where: run.where || null,
    path: run.path ?? null,
    bundle: run.bundle ?? null,
    product: null,
    registered: run.product ?? null,
    rows: run.result ? run.result.parts.reduce((sum, part) => sum + part.rows, 0) : null,
    trouble: run.error ?? null
  };
}

const STATES: { readonly [status in IProcess['status']]: JobState } = {
  Pending: 'pending',
  Queued: 'pending',
  Running: 'running',
  Stopping: 'stopping',
  Stopped: 'stopped',
  Successful: 'done',
  Failed: 'failed'
};

export function fromProcess(process: IProcess): IJob {
  const state = STATES[process.status] ?? 'pending';
  return {
    key: `process:${process.id}`,
    kind: 'process',
    id: String(process.id),
    name: process.name,
    state,
    stage: process.stage ?? process.pipeline.replace(/_/g, ' '),
    fraction: process.progress,
    created: process.created,
    started: process.started,
    ended: process.ended,
    owner: process.owner,
    // the real server lets anybody stop anybody's job; we don't offer that
    canStop: process.isOwner && (state === 'pending' || state === 'running'),
    path: null,
    bundle: null,
    product: process.product,
    trouble: state === 'failed' ? { message: process.comment || '' } : null
  };
}

/** What is kept of a download that was stopped or failed is used when it is asked for again. */
export function fromDownload(download: IArchiveDownload): IJob {
  const { id, entry, name, state, message, fraction, created, ended, rows, trouble } = download;
  return {
    ...{ key: `download:${id}`, kind: 'download', id, name, state, entry, fraction, created, ended, rows },
    ...{ stage: message, started: created, owner: null, path: null, bundle: null, product: null, trouble },
    canStop: state === 'running',
    resumable: state === 'stopped' || state === 'failed'
  };
}

function words(reason: unknown): ITrouble {
  const { message, remedy } = reason as { message?: string; remedy?: string | null };
  return { message: message ?? String(reason), remedy };
}

/** The same trouble said once. */
function distinct(troubles: ITrouble[]): ITrouble[] {
  return troubles.filter(
    (one, index) => troubles.findIndex(other => other.message === one.message) === index
  );
}
