import { type ISignal, Signal } from '@lumino/signaling';
import { createBinner } from '../table/binner';
import type { IBinner, IUpdate, IUpdateResult, ViewRequest } from '../table/requests';
import type { Selection } from '../table/selection';
import type { ITableInfo, ITableSource } from '../table/source';
import { Approach, type IReady, type Stops } from './approach';
import { ColumnQueue } from './columnQueue';
import { FirstCounts } from './firstCounts';
import { HeaderCounts } from './headerCounts';
import { troubleOf, type ITrouble } from './trouble';
import { axesOfView } from './views';
import { Wish, type IWish } from './wish';

export interface IPlotsOptions {
  readonly source: ITableSource;
  readonly keepFrom?: number;
  readonly selection: Selection;
  readonly createBinner?: () => Promise<IBinner>;
}

/**
 * The counts behind the plots: fetches the columns that they need and counts, one count at a time. While one is under
 * way, only the last wish is kept, so that a brush that moves quickly never falls behind.
 */
export class PlotsModel {
  constructor(options: IPlotsOptions) {
    this._options = options;
    this._first = new FirstCounts(options.source, options.keepFrom);
    this._queue = new ColumnQueue({
      fetch: (name, signal) => this._start.then(() => this._options.source.columns([name], signal)),
      take: (name, ipc) => this.hand(name, ipc),
      isHere: name => this._binner?.held.has(name) ?? false,
      onChange: () => {
        this._changed.emit();
        this._dirty = true;
        this.rest();
        this.pump();
      }
    });
  }

  /** Columns came, or could not be had. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** New counts: `result` and `passed`. */
  get counted(): ISignal<this, void> {
    return this._counted;
  }

  get headersChanged(): ISignal<this, void> {
    return this._headersChanged;
  }

  get result(): IUpdateResult | null {
    return this._result;
  }

  /** What was asked for the counts of a view. */
  asked(id: string): ViewRequest | undefined {
    return this._asked.views[id];
  }

  /** Rows that pass the condition; null until it is known. */
  get passed(): number | null {
    const { where } = this._options.selection;
    if (where === '' && this._wish.current !== null) {
      return this._wish.current.info.rows;
    }
    return this._resultOf === where ? (this._result?.passed ?? null) : null;
  }

  /** Passing rows in the bins of the columns' summaries; empty where all rows pass. */
  get headers(): ReadonlyMap<string, Uint32Array> {
    return this._headers.shown;
  }

  get trouble(): ITrouble | null {
    return this._trouble ?? this._queue.trouble;
  }

  get loadingColumns(): readonly string[] {
    return this._queue.loading;
  }

  /** Ask for the counts that the table opened with the last time: they are drawn before columns are asked for. */
  recall(info: ITableInfo, signal: AbortSignal): void {
    this._start = this._first.load(info, signal, () => this.showFirst());
  }

  /** Count for these views from now on. */
  want(wish: IWish): void {
    this._wish.current = wish;
    this.refresh();
  }

  /** The size of a sky map, in CSS pixels, which its projection has to fit. */
  setViewSize(id: string, width: number, height: number): void {
    if (this._wish.setSize(id, width, height)) {
      this.refresh();
    }
  }

  sizeOf(id: string): readonly [number, number] | undefined {
    return this._wish.sizeOf(id);
  }

  /** Count anew; the columns that are missing are fetched first. */
  refresh(): void {
    if (this._wish.current === null || this._isDisposed) {
      return;
    }
    this._dirty = true;
    this._headers.interrupt();
    // those of the condition first, nothing can be counted without them
    this._queue.want([
      ...this._options.selection.terms.flatMap(({ columns }) => columns),
      ...this._wish.columns()
    ]);
    this.showFirst();
    if (!this.answer()) {
      this.pump();
    }
  }

  /** What is known from the last time, of views that aren't counted yet. */
  private showFirst(): void {
    const info = this._wish.current?.info;
    const { terms } = this._options.selection;
    if (info === undefined || terms.length + this._asked.terms.length > 0 || this._isDisposed) {
      return;
    }
    const shown = this._result ?? { rows: info.rows, passed: info.rows, views: {}, took: 0 };
    const filled = this._first.fill(this._wish.requests(), this._asked, shown);
    if (filled !== null) {
      this.show(filled.result, filled.asked);
    }
  }

  retry(): void {
    this._trouble = null;
    this._queue.retry();
    this.refresh();
  }

  /** A brush is about to move in a view, over these stops: let the counting get ready. */
  hover(id: string, stops?: () => Stops): void {
    this._approach.come(id, stops);
  }

  private ready(id: string): IReady | null {
    const view = this._wish.current?.views.find(other => other.id === id);
    const axes = view === undefined || view.kind === 'categories' ? null : axesOfView(view);
    const update = this.update();
    return axes === null || update === null || update.views[id] === undefined || this._binner === null
      ? null
      : { binner: this._binner, axes, update, isColumn: this._wish.isColumn };
  }

  /** Follow a brush at once, if the counting is ready for it. */
  private answer(): boolean {
    const update = this._result === null ? null : this.update();
    const result = update && this._approach.answer(update, this._asked, this._result!);
    if (update === null || result === null) {
      this._approach.move();
      return false;
    }
    this._dirty = false;
    // what is under way is of an earlier condition
    this._turn += 1;
    this.take(result, update);
    this.wake();
    return true;
  }

  /** Count a single view apart from the others: for a question, not for a plot. */
  async ask(request: ViewRequest): Promise<IUpdateResult['views'][string] | null> {
    if (this._binner === null) {
      return null;
    }
    const { views } = await this._binner.update({
      terms: this._options.selection.terms,
      views: { asked: request }
    });
    return views.asked;
  }

  /** The hand is at rest: count for the headers of the grid too. */
  rest(): void {
    if (this._wish.current === null || this._binner === null || this._isDisposed) {
      return;
    }
    this._headers.expire();
    this.pump();
  }

  /** While the hand holds a brush, nothing is counted but what follows it. */
  hold(held: boolean): void {
    this._held = held;
    this._approach.hold(held);
    this.pump();
  }

  /** Resolves when no counting and no fetching is under way. */
  async idle(): Promise<void> {
    while (this.isBusy) {
      await new Promise<void>(resolve => this._waiting.push(resolve));
    }
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._approach.dispose();
    this._queue.dispose();
    // also one that is only just starting
    this._starting?.then(
      binner => binner.dispose(),
      () => undefined
    );
    this._binner = null;
    this._result = null;
    this._headers.clear();
    this.wake();
    Signal.clearData(this);
  }

  private get isBusy(): boolean {
    return !this._isDisposed && (this._counting || this._queue.isBusy);
  }

  /** Start the worker, which takes a while, before it is needed. */
  start(): void {
    this.starting().catch(() => undefined);
  }

  private starting(): Promise<IBinner> {
    return (this._starting ??= (this._options.createBinner ?? createBinner)());
  }

  private async hand(name: string, ipc: Uint8Array): Promise<void> {
    const binner = await this.starting();
    if (!this._isDisposed) {
      this._binner = binner;
      await binner.add([name], ipc);
    }
  }

  /** What can be counted by now; null while a column of the condition is missing. */
  private update(): IUpdate | null {
    const binner = this._binner;
    const { terms } = this._options.selection;
    if (binner === null || this._wish.current === null || binner.held.size === 0) {
      return null;
    }
    if (!terms.every(({ columns }) => columns.every(name => binner.held.has(name)))) {
      return null;
    }
    const views = this._wish.requests(binner.held);
    return terms.length + Object.keys(views).length === 0 ? null : { terms, views };
  }

  /** Begin the next count, if there is one to begin. */
  private pump(): void {
    if (this._counting || this._isDisposed) {
      return;
    }
    const update = this._dirty ? this.update() : null;
    if (update !== null) {
      this._dirty = false;
      const { where } = this._options.selection;
      const turn = this._turn;
      // the newest wish is under way before the last answer is drawn
      this.count(update, result => {
        if (turn === this._turn) {
          this.take(result, update, where);
        }
      });
    } else if (this._headers.isStale && !this._held) {
      this.startHeaders();
    } else if (this._headers.isUnderWay && !this._held) {
      this.countHeader();
    } else {
      this.wake();
    }
  }

  private take(result: IUpdateResult, asked: IUpdate, where?: string): void {
    if (asked.terms.length === 0) {
      const own = this._first.take(asked, result);
      const filled = this._first.fill(this._wish.requests(), asked, own);
      this.show(filled?.result ?? own, filled?.asked ?? asked, where);
    } else {
      this.show(result, asked, where);
    }
  }

  private show(result: IUpdateResult, asked: IUpdate, where = this._options.selection.where): void {
    const mended = this._trouble !== null;
    this._trouble = null;
    this._result = result;
    this._resultOf = where;
    this._asked = asked;
    if (mended) {
      this._changed.emit();
    }
    this._counted.emit();
  }

  private count(update: IUpdate, take: (result: IUpdateResult) => void): void {
    this._counting = true;
    this._binner!.update(update)
      .then(
        result => () => take(result),
        (error: unknown) => () => {
          this._trouble = troubleOf(error);
          this._changed.emit();
        }
      )
      .then(act => {
        this._counting = false;
        if (!this._isDisposed) {
          this.pump();
          act();
        }
        this.wake();
      });
  }

  private startHeaders(): void {
    const update = this.update();
    const counted = update !== null && update.terms.length > 0;
    const columns = counted ? this._wish.current!.info.columns : [];
    this._headers.start(columns.filter(({ name }) => this._binner!.held.has(name)));
    if (this._headers.isUnderWay) {
      this.countHeader();
    } else {
      this.showHeaders();
      this.wake();
    }
  }

  private countHeader(): void {
    const { terms } = this._options.selection;
    this.count({ terms, views: this._headers.next() }, ({ views }) => {
      this._headers.take(views);
      if (!this._headers.isUnderWay && !this._headers.isStale) {
        this.showHeaders();
      }
    });
  }

  private showHeaders(): void {
    if (this._headers.show()) {
      this._headersChanged.emit();
    }
  }

  private wake(): void {
    if (!this.isBusy) {
      if (this._resultOf === '' && !this._isDisposed && this.trouble === null) {
        this._first.keep(this._wish.current!.info, this._wish.requests());
      }
      this._waiting.splice(0).forEach(resolve => resolve());
    }
  }

  private readonly _options: IPlotsOptions;
  private readonly _queue: ColumnQueue;
  private readonly _first: FirstCounts;
  private readonly _headers = new HeaderCounts();
  private readonly _wish = new Wish();
  private _starting: Promise<IBinner> | null = null;
  private _binner: IBinner | null = null;
  private _result: IUpdateResult | null = null;
  private _asked: IUpdate = { terms: [], views: {} };
  private _resultOf: string | null = null;
  private _trouble: ITrouble | null = null;
  /** When columns may be asked for. */
  private _start: Promise<void> = Promise.resolve();
  private _dirty = false;
  private _held = false;
  private readonly _approach = new Approach(id => this.ready(id));
  /** Goes up with every answer that was given at once. */
  private _turn = 0;
  private _counting = false;
  private _waiting: (() => void)[] = [];
  private _isDisposed = false;
  private _changed = new Signal<this, void>(this);
  private _counted = new Signal<this, void>(this);
  private _headersChanged = new Signal<this, void>(this);
}
