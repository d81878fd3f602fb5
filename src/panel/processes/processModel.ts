/** One process: its state, its log as it grows, and what was made of what was sent. */
import { type ISignal, Signal } from '@lumino/signaling';

import type { IProcessDetail, IProcessLogs, IProductFile, PzService } from '../../api';
import type { IServer } from '../product/model';
import { type ITrouble, troubleOf } from '../section';
import { type IDifference, ignoredOf } from './compare';
import type { IDrafts } from './draft';
import { Follower } from './follow';
import { sentKey } from './formModel';
import { active } from './words';

export type IProcessBackend = Pick<PzService, 'process' | 'processLogs' | 'stopProcess' | 'files'> & {
  server(signal?: AbortSignal): Promise<IServer>;
};

export interface IProcessOptions {
  readonly id: number;
  readonly backend: IProcessBackend;
  readonly drafts: Pick<IDrafts, 'sent'>;
  /** Ask again by itself; a test does not. */
  readonly auto?: boolean;
  readonly now?: () => number;
}

/** Milliseconds between two looks: as long as it moves, and at most while it does not. */
const QUICK = 1500;
const SLOW = 15_000;
/** One that the server calls failed though it never began may go on: it is looked at now and then. */
const DOUBTFUL = 60_000;

export class ProcessModel {
  constructor(options: IProcessOptions) {
    this.id = options.id;
    this._options = options;
    this.now = options.now ?? Date.now;
    this._follower = new Follower({
      name: 'process',
      look: signal => this._look(signal),
      told: () => this._changed.emit(),
      auto: options.auto ?? true,
      now: this.now
    });
  }

  readonly id: number;
  readonly now: () => number;

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** It has ended while it was looked at. */
  get ended(): ISignal<this, IProcessDetail> {
    return this._ended;
  }

  /** As the server last told it; null before. */
  get process(): IProcessDetail | null {
    return this._process;
  }

  get log(): IProcessLogs | null {
    return this._log;
  }

  get logTrouble(): string | null {
    return this._logTrouble;
  }

  /** Files of its product, asked for when it failed. */
  get files(): readonly IProductFile[] | null {
    return this._files;
  }

  get server(): IServer | null {
    return this._server;
  }

  get trouble(): ITrouble | null {
    return this._follower.trouble;
  }

  get lostSince(): number | null {
    return this._follower.lostSince;
  }

  get stopping(): boolean {
    return this._stopping;
  }

  /** Why it could not be stopped. */
  get refused(): ITrouble | null {
    return this._refused;
  }

  /** What the server ignored or changed of what was sent from this browser. */
  get ignored(): readonly IDifference[] {
    if (this._process === null) {
      return [];
    }
    const key = sentKey(this._server, this.id);
    const sent = this._options.drafts.sent().find(one => one.key === key) ?? null;
    return ignoredOf(this._process, sent);
  }

  /** Whether it is seen; if not, the server is not asked. */
  set visible(visible: boolean) {
    this._follower.visible = visible;
  }

  refresh(): Promise<void> {
    return this._follower.refresh();
  }

  async stop(): Promise<void> {
    this._stopping = true;
    this._refused = null;
    this._changed.emit();
    try {
      await this._options.backend.stopProcess(this.id);
    } catch (error) {
      this._refused = troubleOf(error);
    }
    this._stopping = false;
    this._changed.emit();
    await this.refresh();
  }

  dispose(): void {
    this._follower.dispose();
    Signal.clearData(this);
  }

  private async _look(signal: AbortSignal): Promise<number | null> {
    const { backend } = this._options;
    this._server ??= await backend.server(signal);
    const before = this._process;
    const process = await backend.process(this.id, signal);
    if (signal.aborted) {
      return null;
    }
    this._process = process;
    const goes = active(process.status);
    const length = textLength(this._log);
    if (goes || before === null || before.status !== process.status || this._log === null) {
      await this._readLog(signal); // the last lines come with the end
    }
    const doubtful = process.status === 'Failed' && process.started === null;
    if (process.status === 'Failed' && process.product !== null && (this._files === null || doubtful)) {
      this._files = await backend.files(process.product, signal).catch(() => null);
    }
    if (before !== null && active(before.status) && !goes) {
      this._ended.emit(process);
    }
    if (!goes) {
      return doubtful && !process.comment ? DOUBTFUL : null;
    }
    const moved =
      before?.status !== process.status ||
      before.progress !== process.progress ||
      before.stage !== process.stage ||
      textLength(this._log) !== length;
    this._rest = moved ? QUICK : Math.min(SLOW, this._rest * 1.5);
    return this._rest;
  }

  private async _readLog(signal: AbortSignal): Promise<void> {
    try {
      this._log = await this._options.backend.processLogs(this.id, signal);
      this._logTrouble = null;
    } catch (error) {
      this._logTrouble = (error as Error).message;
    }
  }

  private readonly _options: IProcessOptions;
  private readonly _follower: Follower;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _ended = new Signal<this, IProcessDetail>(this);
  private _process: IProcessDetail | null = null;
  private _log: IProcessLogs | null = null;
  private _logTrouble: string | null = null;
  private _files: readonly IProductFile[] | null = null;
  private _server: IServer | null = null;
  private _stopping = false;
  private _refused: ITrouble | null = null;
  private _rest = QUICK;
}

function textLength(log: IProcessLogs | null): number {
  return log === null ? -1 : log.pipeline.length + log.scheduler.length;
}
