import type { IUpdate, ViewRequest } from '../table/requests';
import type { ITableInfo } from '../table/source';
import { columnsOfView, requestOf, type View } from './views';

/** The views of a table that are to be counted. */
export interface IWish {
  readonly info: ITableInfo;
  readonly views: readonly View[];
}

/** What has to be asked, and which columns fetched, for views; kept, since a brush asks at every move. */
export class Wish {
  /** Null until the table is known. */
  get current(): IWish | null {
    return this._current;
  }

  set current(wish: IWish | null) {
    if (wish?.info !== this._current?.info) {
      const names = new Set(wish?.info.columns.map(({ name }) => name));
      this._isColumn = name => names.has(name);
      this._columns = new WeakMap();
    }
    this._current = wish;
    this._all = null;
    this._requests.clear();
  }

  get isColumn(): (name: string) => boolean {
    return this._isColumn;
  }

  /** The size of a map, in CSS pixels; returns whether it is another one. */
  setSize(id: string, width: number, height: number): boolean {
    const old = this._sizes.get(id);
    if (old !== undefined && Math.abs(old[0] - width) <= 1 && Math.abs(old[1] - height) <= 1) {
      return false;
    }
    this._sizes.set(id, [Math.round(width), Math.round(height)]);
    this._requests.clear();
    return true;
  }

  sizeOf(id: string): readonly [number, number] | undefined {
    return this._sizes.get(id);
  }

  /** Columns that the views read, in the order in which they are needed. */
  columns(): readonly string[] {
    return (this._all ??= (this._current?.views ?? []).flatMap(view => this.columnsOf(view) ?? []));
  }

  /** What is to be counted for the views whose columns are here: the same object as long as nothing changes. */
  requests(held: ReadonlySet<string> | null = null): IUpdate['views'] {
    const count = held === null ? -1 : held.size;
    let views = this._requests.get(count);
    if (views === undefined) {
      const own: { [id: string]: ViewRequest } = {};
      for (const view of this._current?.views ?? []) {
        const request = requestOf(view, this._sizes.get(view.id));
        if (request !== null && this.columnsOf(view)!.every(name => held?.has(name) ?? true)) {
          own[view.id] = request;
        }
      }
      views = own;
      this._requests.set(count, views);
    }
    return views;
  }

  private columnsOf(view: View): string[] | null {
    let columns = this._columns.get(view);
    if (columns === undefined) {
      columns = columnsOfView(view, this._isColumn);
      this._columns.set(view, columns);
    }
    return columns;
  }

  private _current: IWish | null = null;
  private _isColumn = (_: string): boolean => false;
  private _columns = new WeakMap<View, string[] | null>();
  private _all: readonly string[] | null = null;
  private readonly _sizes = new Map<string, [number, number]>();
  /** By the number of columns that are here, which only grows; -1 for all. */
  private readonly _requests = new Map<number, IUpdate['views']>();
}
