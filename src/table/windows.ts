import { type ISignal, Signal } from '@lumino/signaling';
import { valueAt, type Value } from '../expr';
import { decodeColumns, type IColumns } from './decode';
import type { ITableSource, IWindowRequest } from './source';

export interface IQuery {
  readonly where?: string;
  readonly search?: string;
  readonly sort?: IWindowRequest['sort'];
  readonly columns?: string[];
}

/** Rows of a page, and pages that are kept. */
const PAGE = 200;
const KEPT = 60;
/** Requests under way at once, and pages fetched before they come into sight. */
const AT_ONCE = 3;
const AHEAD = 2;
/** How long a request is waited for, in ms, when its page has been passed by and another is wanted. */
const PATIENCE = 40;

interface IPending {
  readonly abort: AbortController;
  readonly since: number;
}

/**
 * Rows of a table as they are looked at: pages fetched when asked for, the least used forgotten.
 *
 * Pages in sight come first, then those that a steady scroll will reach. While the hand jumps about, few requests
 * are under way, and the next one is for where it is then: places passed by are not asked for, or given up.
 */
export class WindowModel {
  constructor(source: ITableSource) {
    this._source = source;
  }

  /** Emitted when rows came, the number of rows became known, or something went wrong. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get query(): IQuery {
    return this._query;
  }

  /** Rows that pass the query; null until the first page is here. */
  get total(): number | null {
    return this._total;
  }

  get error(): Error | null {
    return this._error;
  }

  /** Grows with every emission of `changed`. */
  get version(): number {
    return this._version;
  }

  /** Resolves when the first rows are here, or can't be had. */
  known(): Promise<void> {
    return new Promise(resolve => {
      const look = () => {
        if (this._total !== null || this._error !== null || this._isDisposed) {
          this._changed.disconnect(look);
          resolve();
        }
      };
      this._changed.connect(look);
      look();
    });
  }

  get isLoading(): boolean {
    return this._pending.size > 0;
  }

  /** Ask for other rows. What was on its way for the former query is dropped. */
  setQuery(query: IQuery): void {
    this._query = query;
    this.reset();
    this.request(0, 1);
  }

  /** Forget all and fetch again, for example after a failure. */
  retry(): void {
    this.setQuery(this._query);
  }

  /** See that these rows are on their way. */
  request(start: number, count: number): void {
    if (start === this._start && count === this._count && this._wanted.every(page => this._pages.has(page))) {
      return;
    }
    const first = Math.max(0, Math.floor(start / PAGE));
    const last = Math.max(first, Math.floor((start + Math.max(1, count) - 1) / PAGE));
    const moved = start - this._start;
    const middle = start + count / 2;
    const distance = (page: number) => Math.abs((page + 0.5) * PAGE - middle);
    this._wanted = pagesFrom(first, last).sort((a, b) => distance(a) - distance(b));
    if (moved !== 0) {
      // a jump has no direction
      const steady = Math.abs(moved) < PAGE;
      this._ahead = !steady
        ? []
        : moved > 0
          ? pagesFrom(last + 1, last + AHEAD)
          : pagesFrom(Math.max(0, first - AHEAD), first - 1).reverse();
    }
    this._start = start;
    this._count = count;
    for (const page of this._wanted) {
      const rows = this._pages.get(page);
      if (rows !== undefined) {
        // the last looked at is the last forgotten
        this._pages.delete(page);
        this._pages.set(page, rows);
      }
    }
    this.fetchWanted();
  }

  /** Whether a row is here. */
  has(row: number): boolean {
    return this._pages.has(Math.floor(row / PAGE));
  }

  /** A value, or undefined where its row is not here (yet) or the column is not in the query. */
  value(row: number, column: string): Value | undefined {
    const page = this._pages.get(Math.floor(row / PAGE));
    const data = page?.columns.get(column);
    const at = row % PAGE;
    return page === undefined || data === undefined || at >= page.rows ? undefined : valueAt(data, at);
  }

  /** One row with every column, whatever columns the query has. */
  async row(row: number, signal?: AbortSignal): Promise<Map<string, Value>> {
    const { where, search, sort } = this._query;
    const window = await this._source.window({ start: row, count: 1, where, search, sort }, signal);
    const { columns, rows } = decodeColumns(window.ipc);
    const values = new Map<string, Value>();
    if (rows > 0) {
      columns.forEach((column, name) => values.set(name, valueAt(column, 0)));
    }
    return values;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this.reset();
    Signal.clearData(this);
  }

  /** Start what is wanted most, as far as requests may be under way. */
  private fetchWanted(): void {
    clearTimeout(this._later);
    if (this._isDisposed || this._error !== null) {
      return;
    }
    const exists = (page: number) => this._total === null || page === 0 || page * PAGE < this._total;
    const lacks = (page: number) => exists(page) && !this._pages.has(page) && !this._pending.has(page);
    for (const page of this._wanted.filter(lacks)) {
      if (this._pending.size >= AT_ONCE && !this.giveUp()) {
        return;
      }
      this.fetch(page);
    }
    if (this._total !== null && this._wanted.every(page => this._pages.has(page) || !exists(page))) {
      for (const page of this._ahead.filter(lacks).slice(0, AT_ONCE - this._pending.size)) {
        this.fetch(page);
      }
    }
  }

  /** Abort the oldest request that was passed by, now or as soon as it was waited for long enough. */
  private giveUp(): boolean {
    for (const [page, { abort, since }] of this._pending) {
      if (!this._wanted.includes(page)) {
        const left = since + PATIENCE - Date.now();
        if (left > 0) {
          this._later = setTimeout(() => this.fetchWanted(), left);
          return false;
        }
        this._pending.delete(page);
        abort.abort();
        return true;
      }
    }
    return false;
  }

  private fetch(page: number): void {
    const abort = new AbortController();
    this._pending.set(page, { abort, since: Date.now() });
    const { where, search, sort, columns } = this._query;
    this._source
      .window({ start: page * PAGE, count: PAGE, where, search, sort, columns }, abort.signal)
      .then(window => {
        if (this._pending.get(page)?.abort !== abort) {
          return;
        }
        this._pending.delete(page);
        this.keep(page, decodeColumns(window.ipc));
        this._total = window.total;
        this.emit();
        this.fetchWanted();
      })
      .catch((error: unknown) => {
        if (this._pending.get(page)?.abort !== abort) {
          return;
        }
        this._pending.delete(page);
        this._error = error instanceof Error ? error : new Error(String(error));
        this.emit();
      });
  }

  private keep(page: number, rows: IColumns): void {
    this._pages.set(page, rows);
    for (const old of this._pages.keys()) {
      if (this._pages.size <= KEPT) {
        break;
      }
      if (!this._wanted.includes(old)) {
        this._pages.delete(old);
      }
    }
  }

  private emit(): void {
    this._version += 1;
    this._changed.emit();
  }

  private reset(): void {
    clearTimeout(this._later);
    this._pending.forEach(({ abort }) => abort.abort());
    this._pending.clear();
    this._pages.clear();
    this._ahead = [];
    this._total = null;
    this._error = null;
  }

  private readonly _source: ITableSource;
  private _query: IQuery = {};
  private _pages = new Map<number, IColumns>();
  private _pending = new Map<number, IPending>();
  /** The rows in sight, their pages by importance, and the pages that a scroll will reach next. */
  private _start = 0;
  private _count = 0;
  private _wanted: number[] = [];
  private _ahead: number[] = [];
  private _later: ReturnType<typeof setTimeout> | undefined;
  private _total: number | null = null;
  private _error: Error | null = null;
  private _version = 0;
  private _isDisposed = false;
  private _changed = new Signal<this, void>(this);
}

function pagesFrom(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
}
