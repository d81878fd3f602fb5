import { type ISignal, Signal } from '@lumino/signaling';
import type { Value, ValueType } from '../expr';
import type { IUpdateResult, ViewRequest } from '../table/requests';
import { type Range, Selection } from '../table/selection';
import type { ISkyFrame } from '../table/sky';
import type { ITableInfo, ITableSource, IWindowRequest } from '../table/source';
import { WindowModel } from '../table/windows';
import { Rest } from '../ui/rest';
import type { Stops } from './approach';
import { defaultViews, gridColumns, newView, revisedViews } from './defaults';
import { OpenedRow, type IOpenRow } from './openedRow';
import type { IExplorerOptions } from './options';
import { painted } from './painted';
import { PlotsModel } from './plotsModel';
import { frameOf, pannedFrame, passingFrame, zoomedFrame } from './skyFrames';
import { troubleOf, type ITrouble } from './trouble';
import type { ISkyView, NewView, View } from './views';
import { WhyModel } from './why/model';

export type { IOpenRow } from './openedRow';
export type { IExplorerOptions } from './options';

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
    const { createBinner, keepFrom } = options;
    this._plots = new PlotsModel({ source, selection: this.selection, createBinner, keepFrom });
    this._plots.changed.connect(() => this._changed.emit());
    // the rows, and the headers above them
    this._rest = new Rest(() => {
      this.queryRows();
      this._plots.rest();
    }, options.settle ?? 150);
    this.why = new WhyModel(this);
    this._opened = new OpenedRow({ windows: this.windows, onChange: () => this._changed.emit() });
  }

  readonly source: ITableSource;
  readonly selection: Selection;
  readonly windows: WindowModel;
  readonly why: WhyModel;

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
    return this._opened.current;
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
    const { rowsFirst = false, condition } = this._options;
    this._trouble = null;
    this._changed.emit();
    if (!rowsFirst) {
      this._plots.start();
    }
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
    if (condition) {
      this.selection.setText(condition);
    }
    this.queryRows();
    this._plots.recall(this._info!, this._abort.signal);
    this._changed.emit();
    // a few kilobytes before many megabytes
    await this.windows.known();
    if (rowsFirst) {
      await painted();
    }
    if (!this._isDisposed) {
      this._plots.start();
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
      this._rest.moved();
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

  /** A brush is about to move in a view, over these stops: let the counting get ready. */
  hover(id: string, stops?: () => Stops): void {
    this._plots.hover(id, stops);
  }

  /** The hand takes hold of a brush, or lets go of it. */
  hold(held: boolean): void {
    this._plots.hold(held);
  }

  /** The part of the sky that a map shows, or is about to. */
  frameOf(view: ISkyView): ISkyFrame | null {
    return frameOf(this._plots, view);
  }

  /** Show all rows of a sky map, those that pass, or more or less of the sky around a place in parts of the box. */
  async zoom(id: string, to: 'data' | 'passing' | number, at?: { x: number; y: number }): Promise<void> {
    const view = this._views.find(other => other.id === id);
    if (view?.kind !== 'sky') {
      return;
    }
    if (to === 'data') {
      this.setView({ ...view, frame: to });
    } else if (to === 'passing') {
      this.setFrame(view, await passingFrame(this._plots, view));
    } else {
      this.setFrame(view, zoomedFrame(this._plots, view, to, at));
    }
  }

  /** Move a sky map, by parts of its width and height. */
  pan(id: string, right: number, down: number): void {
    const view = this._views.find(other => other.id === id);
    if (view?.kind === 'sky') {
      this.setFrame(view, pannedFrame(this._plots, view, right, down));
    }
  }

  private setFrame(view: ISkyView, frame: ISkyFrame | null): void {
    if (frame !== null && !this._isDisposed) {
      this.setView({ ...view, frame });
    }
  }

  /** Open the details of a row, given by its place among those shown. */
  openRow(row: number): Promise<void> {
    this.why.cancelOpening();
    return this._opened.open(row);
  }

  /** Open the details of a row that isn't among those shown. */
  openOther(values: ReadonlyMap<string, Value>): Promise<void> {
    return this._opened.openOther(values);
  }

  closeRow(): void {
    this.why.cancelOpening();
    this._opened.close();
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
    this._rest.dispose();
    this._abort.abort();
    this._opened.dispose();
    this.why.dispose();
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
      this._rest.moved();
    }
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
      if (this.open !== null) {
        this.closeRow();
      }
    }
  }

  private readonly _options: IExplorerOptions;
  private readonly _plots: PlotsModel;
  private readonly _rest: Rest;
  private readonly _opened: OpenedRow;
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
  private _isDisposed = false;
  private _changed = new Signal<this, void>(this);
}
