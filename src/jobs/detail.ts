/** One job with its log: what its document shows. */
import { type ISignal, Signal } from '@lumino/signaling';

import type { IRun } from '../recipe/backend';
import type { IJob } from '../tokens';
import { isActive } from './active';
import type { JobsModel } from './model';

export interface ILogBackend {
  runLog(id: string, signal?: AbortSignal): Promise<string>;
  processLog(id: number, signal?: AbortSignal): Promise<string>;
}

export class JobDetail {
  constructor(
    readonly key: string,
    private readonly _jobs: JobsModel,
    private readonly _logs: ILogBackend
  ) {
    this._jobs.changed.connect(this._onJobs, this);
    void this.loadLog();
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get job(): IJob | null {
    return this._jobs.job(this.key);
  }

  get run(): IRun | null {
    return this._jobs.run(this.key);
  }

  /** Whether the list of jobs is still on its way. */
  get loading(): boolean {
    return this._jobs.loading;
  }

  /** What the job printed; null before it is known. */
  get log(): string | null {
    return this._log;
  }

  get logTrouble(): string | null {
    return this._logTrouble;
  }

  async stop(): Promise<void> {
    await this._jobs.stop(this.key);
  }

  async retry(): Promise<void> {
    await this._jobs.retry(this.key);
  }

  async loadLog(): Promise<void> {
    if (this._asking) {
      return;
    }
    this._asking = true;
    const [kind, id] = [this.key.slice(0, this.key.indexOf(':')), this.key.slice(this.key.indexOf(':') + 1)];
    const { signal } = this._abort;
    try {
      this._log = await (kind === 'run'
        ? this._logs.runLog(id, signal)
        : this._logs.processLog(Number(id), signal));
      this._logTrouble = null;
    } catch (error) {
      this._logTrouble = (error as Error).message;
    }
    this._asking = false;
    if (!signal.aborted) {
      this._changed.emit();
    }
  }

  dispose(): void {
    this._jobs.changed.disconnect(this._onJobs, this);
    this._abort.abort();
    Signal.clearData(this);
  }

  private _onJobs(): void {
    const { job } = this;
    const active = job !== null && isActive(job);
    // the last lines come with the end
    if (active || this._active) {
      void this.loadLog();
    }
    this._active = active;
    this._changed.emit();
  }

  private readonly _abort = new AbortController();
  private readonly _changed = new Signal<this, void>(this);
  private _active = false;
  private _asking = false;
  private _log: string | null = null;
  private _logTrouble: string | null = null;
}
