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

const PAGE = 200;
const KEPT = 40;

/** Rows of a table as they are looked at: pages fetched when asked for, the least used forgotten. */
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
    const first = Math.max(0, Math.floor(start / PAGE));
    const last = Math.floor((start + Math.max(1, count) - 1) / PAGE);
    this._wanted = [first, last];
    this._pending.forEach((abort, page) => {
      // rows scrolled past are not waited for
      if (this._total !== null && (page < first - 1 || page > last + 1)) {
        this._pending.delete(page);
        abort.abort();
      }
    });
    for (let page = first; page <= last; page++) {
      if (this._total === null || page === 0 || page * PAGE < this._total) {
        this.fetch(page);
      }
    }
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

  private fetch(page: number): void {
    if (this._pages.has(page) || this._pending.has(page) || this._isDisposed || this._error !== null) {
      return;
    }
    const abort = new AbortController();
    this._pending.set(page, abort);
    const { where, search, sort, columns } = this._query;
    this._source
      .window({ start: page * PAGE, count: PAGE, where, search, sort, columns }, abort.signal)
      .then(window => {
        if (this._pending.get(page) !== abort) {
          return;
        }
        this._pending.delete(page);
        this.keep(page, decodeColumns(window.ipc));
        this._total = window.total;
        this.emit();
      })
      .catch((error: unknown) => {
        if (this._pending.get(page) !== abort) {
          return;
        }
        this._pending.delete(page);
        this._error = error instanceof Error ? error : new Error(String(error));
        this.emit();
      });
  }

  private keep(page: number, rows: IColumns): void {
    this._pages.delete(page);
    this._pages.set(page, rows);
    for (const old of this._pages.keys()) {
      if (this._pages.size <= KEPT) {
        break;
      }
      if (old < this._wanted[0] || old > this._wanted[1]) {
        this._pages.delete(old);
      }
    }
  }

  private emit(): void {
    this._version += 1;
    this._changed.emit();
  }

  private reset(): void {
    this._pending.forEach(abort => abort.abort());
    this._pending.clear();
    this._pages.clear();
    this._total = null;
    this._error = null;
  }

  private readonly _source: ITableSource;
  private _query: IQuery = {};
  private _pages = new Map<number, IColumns>();
  private _pending = new Map<number, AbortController>();
  private _wanted: [number, number] = [0, 0];
  private _total: number | null = null;
  private _error: Error | null = null;
  private _version = 0;
  private _isDisposed = false;
  private _changed = new Signal<this, void>(this);
}
