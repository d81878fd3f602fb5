import { type ISignal, Signal } from '@lumino/signaling';
import type { Value, ValueType } from '../expr';
import { createBinner } from '../table/binner';
import type { IBinner, IUpdateResult, ViewRequest } from '../table/requests';
import { Selection } from '../table/selection';
import type { ITableInfo, ITableSource, IWindowRequest } from '../table/source';
import { WindowModel } from '../table/windows';
import { membersOf } from './group';
import { troubleOf, type ITrouble } from './trouble';
import { columnsOfView, defaultViews, gridColumns, requestOf, type View, type ViewKind } from './views';

export interface IExplorerOptions {
  /** Makes the binner; tests give one that counts on the same thread. */
  readonly createBinner?: () => Promise<IBinner>;
  /** How long the rows wait for a brush to come to rest, in ms. */
  readonly settle?: number;
  /** A condition to start with. */
  readonly condition?: string;
}

export interface IOpenRow {
  /** Among the rows that pass, in the order shown. */
  readonly row: number;
  /** Null while they are on their way. */
  readonly values: ReadonlyMap<string, Value> | null;
  /** The measurements of the same object, where the table groups them; null while they are not known. */
  readonly members: readonly ReadonlyMap<string, Value>[] | null;
  readonly trouble: ITrouble | null;
}

/**
 * A table that is looked at: its description, its views, one condition, and the rows that pass it.
 *
 * All views and the grid share the condition. A view isn't filtered by the part of it that bounds its own columns.
 */
export class ExplorerModel {
  constructor(source: ITableSource, options: IExplorerOptions = {}) {
    this._source = source;
    this._options = options;
    this.windows = new WindowModel(source);
    this.selection = new Selection();
    this.selection.changed.connect(this.onSelection, this);
  }

  readonly selection: Selection;
  readonly windows: WindowModel;

  /** Emitted when anything shown changed, except the rows (see `windows.changed`). */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Null until it is loaded. */
  get info(): ITableInfo | null {
    return this._info;
  }

  /** Why the table can't be shown at all. */
  get trouble(): ITrouble | null {
    return this._trouble;
  }

  /** Why the plots can't be drawn; the rows are shown all the same. */
  get plotTrouble(): ITrouble | null {
    return this._plotTrouble;
  }

  get views(): readonly View[] {
    return this._views;
  }

  /** The counts of the views; null until they are here. */
  get result(): IUpdateResult | null {
    return this._result;
  }

  /** Columns on their way to the plots. */
  get loadingColumns(): readonly string[] {
    return this._loadingColumns;
  }

  /** Rows that pass the condition; null until it is known. */
  get passed(): number | null {
    if (this._info !== null && this.selection.where === '') {
      return this._info.rows;
    }
    return this._counted === this.selection.where ? (this._result?.passed ?? null) : null;
  }

  get search(): string {
    return this._search;
  }

  get sort(): IWindowRequest['sort'] {
    return this._sort;
  }

  get open(): IOpenRow | null {
    return this._open;
  }

  /** Columns that the grid shows. */
  get gridColumns(): ITableInfo['columns'] {
    return this._gridColumns;
  }

  /** Load the description, then the first rows, then the columns that the views need. */
  async load(): Promise<void> {
    this._trouble = null;
    this._changed.emit();
    try {
      const info = await this._source.info(this._abort.signal);
      if (this._isDisposed) {
        return;
      }
      this._info = info;
      this._views = defaultViews(info);
      this._gridColumns = gridColumns(info);
      this.selection.schema = new Map(info.columns.map(({ name, type }) => [name, type as ValueType]));
    } catch (error) {
      if (!this._isDisposed) {
        this._trouble = troubleOf(error);
        this._changed.emit();
      }
      return;
    }
    if (this._options.condition) {
      this.selection.setText(this._options.condition);
    }
    this.queryRows();
    this._changed.emit();
    await this.refresh();
  }

  /** Load a table again that could not be. */
  retry(): void {
    void this.load();
  }

  /** Fetch and count for the plots again, after a failure. */
  retryPlots(): void {
    this._plotTrouble = null;
    void this.refresh();
  }

  setSearch(search: string): void {
    if (search !== this._search) {
      this._search = search;
      this.settled(() => this.queryRows());
      this._changed.emit();
    }
  }

  setSort(sort: IWindowRequest['sort']): void {
    this._sort = sort;
    this.queryRows();
    this._changed.emit();
  }

  setView(view: View): void {
    this._views = this._views.map(old => (old.id === view.id ? view : old));
    this._changed.emit();
    void this.refresh();
  }

  addView(kind: ViewKind): void {
    let number = this._views.length + 1;
    while (this._views.some(({ id }) => id === `view${number}`)) {
      number += 1;
    }
    const id = `view${number}`;
    const { roles } = this._info!;
    const view: View =
      kind === 'histogram'
        ? { id, kind, column: null, by: null, log: false }
        : kind === 'sky'
          ? { id, kind, ra: roles.ra ?? null, dec: roles.dec ?? null, frame: 'data' }
          : kind === 'density'
            ? { id, kind, x: null, y: null }
            : { id, kind, column: null };
    this._views = [...this._views, view];
    this._changed.emit();
    void this.refresh();
  }

  removeView(id: string): void {
    this._views = this._views.filter(view => view.id !== id);
    this._changed.emit();
  }

  /** The size of a sky map, in CSS pixels, which its projection has to fit. */
  setViewSize(id: string, width: number, height: number): void {
    const old = this._sizes.get(id);
    if (old === undefined || Math.abs(old[0] - width) > 1 || Math.abs(old[1] - height) > 1) {
      this._sizes.set(id, [Math.round(width), Math.round(height)]);
      if (this._info !== null) {
        void this.refresh();
      }
    }
  }

  /** Zoom a sky map to the rows that pass, or back to all. */
  async zoom(id: string, to: 'data' | 'passing'): Promise<void> {
    const view = this._views.find(other => other.id === id);
    if (view?.kind !== 'sky') {
      return;
    }
    if (to === 'data') {
      this.setView({ ...view, frame: 'data' });
      return;
    }
    const request = requestOf(view, this._sizes.get(view.id));
    if (this._binner !== null && request?.kind === 'sky') {
      const views = { zoom: { ...request, frame: 'passing' as const } };
      const { views: found } = await this._binner.update({ terms: this.selection.terms, views });
      const sky = found.zoom;
      if (sky.kind === 'sky') {
        this.setView({ ...view, frame: sky.frame });
      }
    }
  }

  /** Open the details of a row, given by its place among those shown. */
  async openRow(row: number): Promise<void> {
    this._openAbort?.abort();
    const abort = (this._openAbort = new AbortController());
    this._open = { row, values: null, members: null, trouble: null };
    this._changed.emit();
    try {
      const values = await this.windows.row(row, abort.signal);
      if (!abort.signal.aborted) {
        this._open = { row, values, members: null, trouble: null };
        this._changed.emit();
        // a row without its group is still worth showing
        const members = await membersOf(this._source, this._info!, values, abort.signal).catch(() => null);
        if (!abort.signal.aborted && members !== null) {
          this._open = { row, values, members, trouble: null };
          this._changed.emit();
        }
      }
    } catch (error) {
      if (!abort.signal.aborted) {
        this._open = { row, values: null, members: null, trouble: troubleOf(error) };
        this._changed.emit();
      }
    }
  }

  closeRow(): void {
    this._openAbort?.abort();
    this._open = null;
    this._changed.emit();
  }

  /** Resolves when no counting and no fetching for the plots is under way. */
  async idle(): Promise<void> {
    while (this._running !== null) {
      await this._running;
    }
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    clearTimeout(this._settling);
    this._abort.abort();
    this._openAbort?.abort();
    this.windows.dispose();
    this._binner?.dispose();
    this._source.dispose();
    Signal.clearData(this);
    Signal.clearData(this.selection);
  }

  private onSelection(): void {
    this._changed.emit();
    if (this._info === null) {
      return;
    }
    void this.refresh();
    this.settled(() => this.queryRows());
  }

  /** Do something when the hand has come to rest. */
  private settled(act: () => void): void {
    clearTimeout(this._settling);
    this._settling = setTimeout(act, this._options.settle ?? 150);
  }

  private queryRows(): void {
    const query = {
      where: this.selection.where || undefined,
      search: this._search || undefined,
      sort: this._sort,
      columns: this._gridColumns.map(({ name }) => name)
    };
    if (JSON.stringify(query) !== JSON.stringify(this.windows.query)) {
      this.windows.setQuery(query);
      // a row's place means another row now
      if (this._open !== null) {
        this.closeRow();
      }
    }
  }

  /** Count anew; while a count is under way, only the last wish is kept. */
  private refresh(): Promise<void> {
    this._dirty = true;
    if (this._running === null) {
      this._running = this.run().finally(() => {
        this._running = null;
      });
    }
    return this._running;
  }

  private async run(): Promise<void> {
    while (this._dirty && !this._isDisposed) {
      this._dirty = false;
      const views = this.requests();
      const terms = this.selection.terms;
      const where = this.selection.where;
      if (Object.keys(views).length === 0 && terms.length === 0) {
        continue;
      }
      try {
        this._binner ??= await (this._options.createBinner ?? createBinner)();
        await this.fetchColumns(this._binner);
        if (this._isDisposed) {
          this._binner.dispose();
          return;
        }
        this._result = await this._binner.update({ terms, views });
        this._counted = where;
        this._plotTrouble = null;
      } catch (error) {
        if (this._isDisposed) {
          return;
        }
        this._loadingColumns = [];
        this._plotTrouble = troubleOf(error);
      }
      this._changed.emit();
    }
  }

  private async fetchColumns(binner: IBinner): Promise<void> {
    const needed = new Set(this.selection.terms.flatMap(({ columns }) => columns));
    this._views.forEach(view => columnsOfView(view)?.forEach(name => needed.add(name)));
    const missing = [...needed].filter(name => !binner.held.has(name));
    if (missing.length > 0) {
      this._loadingColumns = missing;
      this._changed.emit();
      const ipc = await this._source.columns(missing, this._abort.signal);
      await binner.add(missing, ipc);
      this._loadingColumns = [];
    }
  }

  private requests(): { [id: string]: ViewRequest } {
    const requests: { [id: string]: ViewRequest } = {};
    for (const view of this._views) {
      const request = requestOf(view, this._sizes.get(view.id));
      if (request !== null) {
        requests[view.id] = request;
      }
    }
    return requests;
  }

  private readonly _source: ITableSource;
  private readonly _options: IExplorerOptions;
  private readonly _abort = new AbortController();
  private _info: ITableInfo | null = null;
  private _trouble: ITrouble | null = null;
  private _plotTrouble: ITrouble | null = null;
  private _views: View[] = [];
  private _gridColumns: ITableInfo['columns'] = [];
  private _sizes = new Map<string, [number, number]>();
  private _binner: IBinner | null = null;
  private _result: IUpdateResult | null = null;
  private _counted = '';
  private _loadingColumns: readonly string[] = [];
  private _running: Promise<void> | null = null;
  private _dirty = false;
  private _search = '';
  private _sort: IWindowRequest['sort'] = undefined;
  private _settling: ReturnType<typeof setTimeout> | undefined;
  private _open: IOpenRow | null = null;
  private _openAbort: AbortController | null = null;
  private _isDisposed = false;
  private _changed = new Signal<this, void>(this);
}
