import { type ISignal, Signal } from '@lumino/signaling';
import type { ValueType } from '../expr';
import type { IBinner, IUpdateResult, ViewRequest } from '../table/requests';
import { type Range, Selection } from '../table/selection';
import { fitFrame, type ISkyFrame } from '../table/sky';
import type { ITableInfo, ITableSource, IWindowRequest } from '../table/source';
import { WindowModel } from '../table/windows';
import { panned, zoomed } from '../ui/plots/skyZoom';
import { defaultViews, gridColumns, newView, revisedViews } from './defaults';
import { membersOf, type IOpenRow } from './group';
import { PlotsModel } from './plotsModel';
import { troubleOf, type ITrouble } from './trouble';
import { requestOf, type ISkyView, type NewView, type View } from './views';

export type { IOpenRow } from './group';

export interface IExplorerOptions {
  /** Makes the binner; tests give one that counts on the same thread. */
  readonly createBinner?: () => Promise<IBinner>;
  /** How long the rows wait for a brush to come to rest, in ms. */
  readonly settle?: number;
  /** A condition to start with. */
  readonly condition?: string;
}

/**
 * A table that is looked at: its description, its views, one condition, and the rows that pass it.
 *
 * All views and the grid share the condition. A view isn't filtered by the part of it that bounds its own axes. While a
 * brush moves, `selection.changed` and `counted` are emitted, and nothing else.
 */
export class ExplorerModel {
  constructor(source: ITableSource, options: IExplorerOptions = {}) {
    this.source = source;
    this._options = options;
    this.windows = new WindowModel(source);
    this.selection = new Selection();
    this.selection.changed.connect(this.onSelection, this);
    this._plots = new PlotsModel({ source, selection: this.selection, createBinner: options.createBinner });
    this._plots.changed.connect(() => this._changed.emit());
  }

  readonly source: ITableSource;
  readonly selection: Selection;
  readonly windows: WindowModel;

  /** The table, its views, what is on its way, or the open row changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** New counts: `result` and `passed`. */
  get counted(): ISignal<unknown, void> {
    return this._plots.counted;
  }

  get headersChanged(): ISignal<unknown, void> {
    return this._plots.headersChanged;
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
    return this._plots.trouble;
  }

  get views(): readonly View[] {
    return this._views;
  }

  /** The counts of the views; null until the first are here. */
  get result(): IUpdateResult | null {
    return this._plots.result;
  }

  /** What was asked for the counts of a view. */
  asked(id: string): ViewRequest | undefined {
    return this._plots.asked(id);
  }

  /** Passing rows in the bins of the columns' summaries, counted at rest; empty where all rows pass. */
  get headers(): ReadonlyMap<string, Uint32Array> {
    return this._plots.headers;
  }

  /** Columns on their way to the plots. */
  get loadingColumns(): readonly string[] {
    return this._plots.loadingColumns;
  }

  /** Rows that pass the condition; null until it is known. */
  get passed(): number | null {
    return this._plots.passed;
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

  /** Choose the columns that the grid shows, in this order; null for those that it shows by itself. */
  setGridColumns(names: readonly string[] | null): void {
    this._gridChoice = names;
    this.know(this._info!);
    this.queryRows();
    this._changed.emit();
  }

  /** Load the description, then the first rows, then the columns that the views need. */
  async load(): Promise<void> {
    this._trouble = null;
    this._changed.emit();
    try {
      const info = await this.source.info(this._abort.signal);
      if (this._isDisposed) {
        return;
      }
      this._views = defaultViews(info);
      this.know(info);
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
    this._plots.start();
    this._changed.emit();
    // a few kilobytes before many megabytes
    await this.windows.known();
    if (!this._isDisposed) {
      this.show();
      void this.summarise();
      await this.idle();
    }
  }

  /** Load a table again that could not be. */
  retry(): void {
    void this.load();
  }

  /** Fetch and count for the plots again, after a failure. */
  retryPlots(): void {
    this._plots.retry();
    this._changed.emit();
  }

  setSearch(search: string): void {
    if (search !== this._search) {
      this._search = search;
      this.settled();
      this._changed.emit();
    }
  }

  setSort(sort: IWindowRequest['sort']): void {
    this._sort = sort;
    this.queryRows();
    this._changed.emit();
  }

  /** Bound an axis, or take its bounds away. */
  setRange(axis: string, range: Range | null): void {
    this.selection.setRange(axis, range);
  }

  setView(view: View): void {
    this._changedViews.add(view.id);
    this._views = this._views.map(old => (old.id === view.id ? view : old));
    this.show();
  }

  addView(kind: NewView): void {
    let number = this._views.length + 1;
    while (this._views.some(({ id }) => id === `view${number}`)) {
      number += 1;
    }
    this._views = [...this._views, newView(kind, `view${number}`, this._info!)];
    this.show();
  }

  removeView(id: string): void {
    this._closedViews.add(id);
    this._views = this._views.filter(view => view.id !== id);
    this.show();
  }

  /** The size of a sky map, in CSS pixels, which its projection has to fit. */
  setViewSize(id: string, width: number, height: number): void {
    this._plots.setViewSize(id, width, height);
  }

  /** A brush is about to move in a view: let the counting get ready. */
  hover(id: string): void {
    this._plots.hover(id);
  }

  /** The hand takes hold of a brush, or lets go of it. */
  hold(held: boolean): void {
    this._plots.hold(held);
  }

  /** The part of the sky that a map shows, or is about to. */
  frameOf(view: ISkyView): ISkyFrame | null {
    if (view.frame !== 'data') {
      return fitFrame(view.frame, ...(this._plots.sizeOf(view.id) ?? [1, 1]));
    }
    const result = this.result?.views[view.id];
    return result?.kind === 'sky' ? result.frame : null;
  }

  /** Show all rows of a sky map, those that pass, or more or less of the sky around a place in parts of the box. */
  async zoom(id: string, to: 'data' | 'passing' | number, at?: { x: number; y: number }): Promise<void> {
    const view = this._views.find(other => other.id === id);
    if (view?.kind !== 'sky') {
      return;
    }
    if (to === 'data') {
      this.setView({ ...view, frame: 'data' });
    } else if (to === 'passing') {
      const request = requestOf(view, this._plots.sizeOf(id));
      const found = request?.kind === 'sky' ? await this._plots.ask({ ...request, frame: 'passing' }) : null;
      if (found?.kind === 'sky' && !this._isDisposed) {
        this.setView({ ...view, frame: found.frame });
      }
    } else {
      const frame = this.frameOf(view);
      if (frame !== null) {
        this.setView({ ...view, frame: zoomed(frame, to, at) });
      }
    }
  }

  /** Move a sky map, by parts of its width and height. */
  pan(id: string, right: number, down: number): void {
    const view = this._views.find(other => other.id === id);
    const frame = view?.kind === 'sky' ? this.frameOf(view) : null;
    if (view?.kind === 'sky' && frame !== null) {
      this.setView({ ...view, frame: panned(frame, right, down) });
    }
  }

  /** Open the details of a row, given by its place among those shown. */
  async openRow(row: number): Promise<void> {
    this._openAbort?.abort();
    const abort = (this._openAbort = new AbortController());
    const show = (open: IOpenRow) => {
      if (!abort.signal.aborted) {
        this._open = open;
        this._changed.emit();
      }
    };
    show({ row, values: null, members: null, trouble: null });
    try {
      const values = await this.windows.row(row, abort.signal);
      show({ row, values, members: null, trouble: null });
      // a row without its group is still worth showing
      const members = await membersOf(this.source, this._info!, values, abort.signal).catch(() => null);
      if (members !== null) {
        show({ row, values, members, trouble: null });
      }
    } catch (error) {
      show({ row, values: null, members: null, trouble: troubleOf(error) });
    }
  }

  closeRow(): void {
    this._openAbort?.abort();
    this._open = null;
    this._changed.emit();
  }

  /** Resolves when no counting and no fetching for the plots is under way. */
  idle(): Promise<void> {
    return this._plots.idle();
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
    this._plots.dispose();
    this.source.dispose();
    Signal.clearData(this);
    Signal.clearData(this.selection);
  }

  private know(info: ITableInfo): void {
    this._info = info;
    const chosen = this._gridChoice?.flatMap(name => info.columns.filter(column => column.name === name));
    this._gridColumns = chosen ?? gridColumns(info);
    const schema = new Map(info.columns.map(({ name, type }) => [name, type as ValueType]));
    const old = this.selection.schema;
    if (schema.size !== old.size || [...schema].some(([name, type]) => old.get(name) !== type)) {
      this.selection.schema = schema;
    }
  }

  /** The counts of the columns, where the first description came without them. */
  private async summarise(): Promise<void> {
    if (!this._info?.pending || this.source.summaries === undefined) {
      return;
    }
    try {
      const info = await this.source.summaries(this._abort.signal);
      if (!this._isDisposed) {
        this.know(info);
        this._views = revisedViews(info, this._views, this._changedViews, this._closedViews);
        this.show();
        this._plots.rest();
      }
    } catch {
      // rows and plots do without
    }
  }

  /** Let the views be drawn, and what they show be counted. */
  private show(): void {
    if (this._info !== null) {
      this._plots.want({ info: this._info, views: this._views });
    }
    this._changed.emit();
  }

  private onSelection(): void {
    if (this._info !== null) {
      this._plots.refresh();
      this.settled();
    }
  }

  /** When the hand has come to rest: the rows, and the headers above them. */
  private settled(): void {
    clearTimeout(this._settling);
    this._settling = setTimeout(() => {
      this.queryRows();
      this._plots.rest();
    }, this._options.settle ?? 150);
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

  private readonly _options: IExplorerOptions;
  private readonly _plots: PlotsModel;
  private readonly _abort = new AbortController();
  private readonly _changedViews = new Set<string>();
  private readonly _closedViews = new Set<string>();
  private _info: ITableInfo | null = null;
  private _trouble: ITrouble | null = null;
  private _views: View[] = [];
  private _gridColumns: ITableInfo['columns'] = [];
  private _gridChoice: readonly string[] | null = null;
  private _search = '';
  private _sort: IWindowRequest['sort'] = undefined;
  private _settling: ReturnType<typeof setTimeout> | undefined;
  private _open: IOpenRow | null = null;
  private _openAbort: AbortController | null = null;
  private _isDisposed = false;
  private _changed = new Signal<this, void>(this);
}
