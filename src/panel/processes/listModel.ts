/** The server's processes: all, or one's own. */
import { type ISignal, Signal } from '@lumino/signaling';

import type { IProcessDetail, PzService } from '../../api';
import type { IServer } from '../product/model';
import { type ITrouble, troubleOf } from '../section';
import { Follower } from './follow';
import { active } from './words';

export type IListBackend = Pick<PzService, 'processPages' | 'stopProcess'> & {
  server(signal?: AbortSignal): Promise<IServer>;
};

export interface IListFilter {
  readonly mine: boolean;
  readonly search: string;
  /** A kind of state; empty for all. */
  readonly state: '' | 'active' | 'done' | 'failed';
}

export interface IListKeeper {
  read(): Partial<IListFilter>;
  write(filter: IListFilter): void;
}

export interface IListOptions {
  readonly backend: IListBackend;
  readonly keeper: IListKeeper;
  readonly auto?: boolean;
  readonly now?: () => number;
}

const BUSY = 3000;
const QUIET = 30_000;

export class ProcessesModel {
  constructor(options: IListOptions) {
    this._options = options;
    this.now = options.now ?? Date.now;
    const { mine, search, state } = options.keeper.read();
    this._filter = { mine: mine ?? true, search: search ?? '', state: state ?? '' };
    this._follower = new Follower({
      name: 'processes',
      look: signal => this._look(signal),
      told: () => this._changed.emit(),
      auto: options.auto ?? true,
      now: this.now
    });
  }

  readonly now: () => number;

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Those that are known, newest first; null before the first answer. */
  get all(): readonly IProcessDetail[] | null {
    return this._all;
  }

  /** How many the server has. */
  get count(): number {
    return this._count;
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

  /** Why one could not be stopped. */
  get refused(): ITrouble | null {
    return this._refused;
  }

  get filter(): IListFilter {
    return this._filter;
  }

  set filter(filter: IListFilter) {
    this._filter = filter;
    this._options.keeper.write(filter);
    this._changed.emit();
  }

  get shown(): readonly IProcessDetail[] {
    const { mine, search, state } = this._filter;
    const words = search.toLowerCase().split(/\s+/).filter(Boolean);
    return (this._all ?? []).filter(process => {
      const text = `${process.name} ${process.owner} ${process.pipeline} ${process.id}`.toLowerCase();
      return (
        (!mine || process.isOwner) && words.every(word => text.includes(word)) && isIn(state, process.status)
      );
    });
  }

  /** Whether the server has older ones. */
  get more(): boolean {
    return this._all !== null && this._all.length < this._count;
  }

  async loadMore(): Promise<void> {
    this._pages++;
    await this.refresh();
  }

  /** Whether it is seen; if not, the server is not asked. */
  set visible(visible: boolean) {
    this._follower.visible = visible;
  }

  refresh(): Promise<void> {
    return this._follower.refresh();
  }

  async stop(id: number): Promise<void> {
    this._refused = null;
    this._all = (this._all ?? []).map(one => (one.id === id ? { ...one, status: 'Stopping' } : one));
    this._changed.emit();
    try {
      await this._options.backend.stopProcess(id);
    } catch (error) {
      this._refused = troubleOf(error);
    }
    await this.refresh();
  }

  dispose(): void {
    this._follower.dispose();
    Signal.clearData(this);
  }

  private async _look(signal: AbortSignal): Promise<number> {
    const { backend } = this._options;
    const [server, { count, processes }] = await Promise.all([
      backend.server(signal),
      backend.processPages(this._pages, signal)
    ]);
    this._server = server;
    this._count = count;
    this._all = processes;
    return processes.some(({ status }) => active(status)) ? BUSY : QUIET;
  }

  private readonly _options: IListOptions;
  private readonly _follower: Follower;
  private readonly _changed = new Signal<this, void>(this);
  private _filter: IListFilter;
  private _pages = 1;
  private _all: readonly IProcessDetail[] | null = null;
  private _count = 0;
  private _server: IServer | null = null;
  private _refused: ITrouble | null = null;
}

function isIn(state: IListFilter['state'], status: IProcessDetail['status']): boolean {
  switch (state) {
    case 'active':
      return active(status);
    case 'done':
      return status === 'Successful';
    case 'failed':
      return status === 'Failed' || status === 'Stopped';
    default:
      return true;
  }
}
