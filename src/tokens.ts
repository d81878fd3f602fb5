/** What another extension may require of this one. */
import { Token } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';

import type { IServices } from './api';
import type { ISplitPreviewer } from './recipe/split/previews';

export type { ISplitPreviewer };

/** The service layer, connected to this page's Jupyter server; its code comes when it is first asked for. */
export interface ITsmServices {
  load(): Promise<IServices>;
}

export const ITsmServices = new Token<ITsmServices>(
  'pz-tsm:ITsmServices',
  'The engine and the PZ Server: tables, recipes, runs, products, processes.'
);

export type JobState = 'pending' | 'running' | 'stopping' | 'stopped' | 'done' | 'failed';

/** How far a job's step is, in what it works on: 3 of 12 partitions. */
export interface IAmount {
  readonly done: number;
  readonly total: number;
  readonly unit: string;
  /** Rows found so far. */
  readonly rows?: number | null;
}

/** A result that became a product of the engine's own PZ Server. */
export interface IRegistered {
  readonly id: number;
  readonly name: string;
  /** How to read it, in Markdown. */
  readonly access?: string | null;
}

/** What takes its time: a run of a recipe in the engine, or a process of the PZ Server. */
export interface IJob {
  /** `run:ID`, `process:ID` or `download:ID`. */
  readonly key: string;
  readonly kind: 'run' | 'process' | 'download';
  readonly id: string;
  readonly name: string;
  readonly state: JobState;
  readonly stage: string;
  /** From 0 to 1, or null where nobody tells. */
  readonly fraction: number | null;
  readonly created: string;
  readonly started: string | null;
  readonly ended: string | null;
  readonly owner: string | null;
  readonly canStop: boolean;
  readonly canRetry?: boolean;
  /** Partial work is kept: a retry goes on from there. */
  readonly resumable?: boolean;
  readonly amount?: IAmount | null;
  /** Of the running step, where it can tell. */
  readonly secondsLeft?: number | null;
  /** Place in the queue; 1 comes next. */
  readonly position?: number | null;
  /** Where partitions are worked on, in words. */
  readonly where?: string | null;
  readonly registered?: IRegistered | null;
  /** Rows of the result. */
  readonly rows?: number | null;
  /** The recipe's path, as the engine was told it. */
  readonly path: string | null;
  /** Folder of the finished bundle. */
  readonly bundle: string | null;
  /** Product that a process makes. */
  readonly product: number | null;
  /** The public catalogue that a download brings. */
  readonly entry?: string;
  readonly trouble: { readonly message: string; readonly remedy?: string | null } | null;
}

/** All jobs, kept up to date. */
export interface IJobs {
  readonly changed: ISignal<IJobs, void>;
  /** A job that was going on has ended. */
  readonly ended: ISignal<IJobs, IJob>;
  /** Newest first. */
  readonly jobs: readonly IJob[];
  /** Nothing is known yet. */
  readonly loading: boolean;
  /** What can't be asked now, in words; the rest of the list is still good. */
  readonly troubles: readonly { readonly message: string; readonly remedy?: string | null }[];
  refresh(): Promise<void>;
  stop(key: string): Promise<void>;
  /** Run a stopped or failed job again; rejects with words when the server refuses. */
  retry(key: string): Promise<void>;
}

/** The jobs; they are looked at from when they are first asked for. */
export interface ITsmJobs {
  load(): Promise<IJobs>;
}

export const ITsmJobs = new Token<ITsmJobs>(
  'pz-tsm:ITsmJobs',
  'Runs of recipes and processes of the PZ Server.'
);

/** Previews of split methods that other packages add. */
export interface ITsmSplitPreviews {
  add(previewer: ISplitPreviewer): IDisposable;
}

export const ITsmSplitPreviews = new Token<ITsmSplitPreviews>(
  'pz-tsm:ITsmSplitPreviews',
  'Split methods of other packages, previewed in the recipe editor.'
);
