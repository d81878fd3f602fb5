import { type ISignal, Signal } from '@lumino/signaling';
import { check, ExprError, parse } from '../../expr';
import { createBinner } from '../../table/binner';
import type { IBinner } from '../../table/requests';
import { Selection } from '../../table/selection';
import type { ITableInfo } from '../../table/source';
import { troubleOf, type ITrouble } from '../trouble';
import * as plans from './axes';
import { columnsIn, Counting, type ICompareResult } from './counting';
import * as matching from './matching';
import { OpenTable } from './openTable';
import { defaultConditions, labelOfSample, restOf, SIDES, type ISample, type Side } from './samples';

export interface ICompareOptions {
  /** Without the second: the rest of the table, or its usual parts; without any, both have to be chosen. */
  readonly samples?: readonly [ISample | null, ISample | null];
  /** A condition on both, to start with. */
  readonly where?: string;
  /** Makes a binner; tests give one that counts on the same thread. */
  readonly createBinner?: () => Promise<IBinner>;
}

const IDENTITY: ReadonlyMap<string, string> = new Map();

/**
 * Two samples side by side: of one table or of two, counted in the same bins.
 *
 * The names of columns are those of A's table, in axes and in the condition on both; for B they are translated.
 */
export class CompareModel {
  constructor(options: ICompareOptions = {}) {
    this._options = options;
    this._samples = [...(options.samples ?? [null, null])];
    this.selection.changed.connect(() => {
      if (!this._quiet) {
        void this.refresh();
      }
    });
  }

  /** The condition on both samples. */
  readonly selection = new Selection();

  /** Emitted when what is compared, or its state, changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Emitted when there are new counts. */
  get counted(): ISignal<this, void> {
    return this._counted;
  }

  /** Emitted when the samples are others: what is kept of a comparison. */
  get samplesChanged(): ISignal<this, void> {
    return this._samplesChanged;
  }

  get samples(): readonly (ISample | null)[] {
    return this._samples;
  }

  /** What can't be done, for the whole comparison. */
  get trouble(): ITrouble | null {
    return this._trouble;
  }

  /** Whether tables are on their way. */
  get loading(): boolean {
    return this._loading > 0;
  }

  get axes(): plans.IAxes {
    return this._axes;
  }

  get matching(): matching.IMatching | null {
    return this._matching;
  }

  get result(): ICompareResult | null {
    return this._result;
  }

  /** Rows of a sample before both are restricted; null until they are counted. */
  rows(side: Side): number | null {
    return this._counting?.rows?.[side] ?? null;
  }

  /** Rows that are in both samples; null where that isn't known: of two tables. */
  get shared(): number | null {
    return this._counting?.shared ?? null;
  }

  /** Rows of the one table that are in neither sample; null where that isn't known. */
  get neither(): number | null {
    const [a, b, shared, info] = [this.rows(0), this.rows(1), this.shared, this.info(0)];
    return a === null || b === null || shared === null || info === null ? null : info.rows - a - b + shared;
  }

  info(side: Side): ITableInfo | null {
    const sample = this._samples[side];
    return sample === null ? null : (this._tables.get(sample.table.key)?.info ?? null);
  }

  /** Whether both samples are of one table. */
  get single(): boolean {
    const [a, b] = this._samples;
    return a !== null && b !== null && a.table.key === b.table.key;
  }

  label(side: Side): string {
    const sample = this._samples[side];
    const other: Side = side === 0 ? 1 : 0;
    return sample === null ? '' : labelOfSample(sample, this.info(side), this.info(other));
  }

  /** What is wrong with a sample's condition. */
  problem(side: Side): ExprError | null {
    const [sample, info] = [this._samples[side], this.info(side)];
    return sample === null || info === null ? null : this.checked(sample.condition, info);
  }

  /** What is wrong with a condition on a table, or null. */
  checked(condition: string, info: ITableInfo): ExprError | null {
    try {
      if (condition.trim() !== '') {
        check(parse(condition), new Map(info.columns.map(({ name, type }) => [name, type])));
      }
      return null;
    } catch (error) {
      if (error instanceof ExprError) {
        return error;
      }
      throw error;
    }
  }

  /** Open the tables, choose what was left out, and count. */
  async load(): Promise<void> {
    const [a, b] = this._samples;
    if (a !== null && b === null) {
      await this.begin(a);
    } else if (a !== null) {
      await this.open();
    }
  }

  /** Compare a sample with the rest of its table; a whole table is parted as it says itself. */
  async begin(sample: ISample): Promise<void> {
    await this.setSamples([sample, null]);
    const info = this.info(0);
    if (this._isDisposed || info === null || this.problem(0) !== null) {
      return;
    }
    const { table, condition } = sample;
    const parts = condition === '' ? defaultConditions(info) : [condition, restOf(condition)];
    if (parts !== null) {
      await this.setSamples([
        { ...sample, condition: parts[0] },
        { table, condition: parts[1] }
      ]);
    }
  }

  retry(): void {
    void this.load();
  }

  async setSample(side: Side, sample: ISample): Promise<void> {
    await this.setSamples(side === 0 ? [sample, this._samples[1]] : [this._samples[0], sample]);
  }

  async setSamples(samples: readonly [ISample | null, ISample | null]): Promise<void> {
    this._samples = [...samples];
    await this.open();
    this._samplesChanged.emit();
  }

  /** A becomes B. What is shown stays, in the names of the other table. */
  async swap(): Promise<void> {
    const names = this._matching?.toB ?? IDENTITY;
    const [a, b] = this._samples;
    const { axes } = this;
    const text = this.selection.error === null ? this.selection.where : '';
    this._samples = [b, a];
    const turn = (axis: string | null) => (axis === null ? null : matching.renamedAxis(axis, names));
    this._axes = {
      first: turn(axes.first),
      second: turn(axes.second),
      x: turn(axes.x),
      y: turn(axes.y),
      category: turn(axes.category)
    };
    await this.open(matching.renamedText(text, names));
    this._samplesChanged.emit();
  }

  setAxis(name: plans.AxisName, axis: string | null): void {
    if (axis !== this._axes[name]) {
      this._axes = { ...this._axes, [name]: axis };
      this._changed.emit();
      void this.refresh();
    }
  }

  setSkySize(width: number, height: number): void {
    const size = [Math.round(width), Math.round(height)] as const;
    if (size[0] !== this._skySize[0] || size[1] !== this._skySize[1]) {
      this._skySize = size;
      void this.refresh();
    }
  }

  /** Resolves when nothing is being fetched or counted. */
  async idle(): Promise<void> {
    while (this._running !== null || this.loading) {
      await (this._running ?? this._opening);
    }
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this._tables.forEach(table => table.dispose());
      this._tables.clear();
      Signal.clearData(this);
      Signal.clearData(this.selection);
    }
  }

  private open(where = this.selection.text): Promise<void> {
    this._opening = this.openTables(where);
    return this._opening;
  }

  /** Have the tables of the samples open, and no others; then start anew. */
  private async openTables(where: string): Promise<void> {
    const turn = ++this._turn;
    this._loading += 1;
    this._trouble = null;
    this._result = null;
    this._counting = null;
    this._changed.emit();
    try {
      const wanted = this._samples.filter(sample => sample !== null).map(({ table }) => table);
      for (const [key, table] of this._tables) {
        if (!wanted.some(handle => handle.key === key)) {
          table.dispose();
          this._tables.delete(key);
        }
      }
      for (const handle of wanted) {
        if (!this._tables.has(handle.key)) {
          this._tables.set(
            handle.key,
            new OpenTable(handle, this._options.createBinner ?? (() => createBinner()))
          );
        }
      }
      await Promise.all([...this._tables.values()].map(table => table.load()));
      if (turn === this._turn && !this._isDisposed) {
        this.start(where);
      }
    } catch (error) {
      if (turn === this._turn && !this._isDisposed) {
        this._trouble = troubleOf(error);
      }
    } finally {
      this._loading -= 1;
    }
    if (turn === this._turn && !this._isDisposed) {
      this._changed.emit();
      await this.refresh();
    }
  }

  /** With both tables described: match their columns, and choose what to show. */
  private start(where: string): void {
    const [a, b] = SIDES.map(side => this.info(side));
    if (a === null || b === null) {
      this._matching = null;
      return;
    }
    this._matching = matching.match(a, b);
    const columns = matching.commonColumns(a, this._matching);
    const schema = new Map(columns.map(({ name, type }) => [name, type]));
    const parted = new Set(
      this._samples.flatMap((sample, side) =>
        this.problem(side as Side) === null ? [...columnsIn(sample!.condition)] : []
      )
    );
    const wanted = plans.defaultAxes(a, this._matching, parted);
    const kept = (axis: string | null) =>
      axis !== null && matching.columnsOfAxis(axis, schema).every(name => schema.has(name)) ? axis : null;
    const { first, second, x, y, category } = this._axes;
    this._axes = {
      first: kept(first) ?? wanted.first,
      second: kept(second) ?? wanted.second,
      x: kept(x) ?? wanted.x,
      y: kept(y) ?? wanted.y,
      category: category !== null && schema.has(category) ? category : wanted.category
    };
    this._counting = new Counting(
      SIDES.map(side => ({
        table: this._tables.get(this._samples[side]!.table.key)!,
        condition: this._samples[side]!.condition
      })),
      this._matching
    );
    // counted once, when all of it is set
    this._quiet = true;
    this.selection.schema = schema;
    this.selection.setText(where !== '' ? where : this._first ? (this._options.where ?? '') : '');
    this._quiet = false;
    this._first = false;
  }

  /** Count anew; while a count is under way, only the last wish is kept. */
  private refresh(): Promise<void> {
    this._dirty = true;
    if (this._running === null && !this._isDisposed) {
      this._running = this.run().finally(() => {
        this._running = null;
      });
    }
    return this._running ?? Promise.resolve();
  }

  private async run(): Promise<void> {
    while (this._dirty && !this._isDisposed) {
      this._dirty = false;
      const counting = this._counting;
      if (counting === null || SIDES.some(side => this.problem(side) !== null)) {
        continue;
      }
      let result: ICompareResult | null = null;
      let trouble: ITrouble | null = null;
      try {
        result = await counting.count(this._axes, this.selection, this._skySize);
      } catch (error) {
        trouble = troubleOf(error);
      }
      // while it was counted, the samples may have become others
      if (counting === this._counting && !this._isDisposed) {
        this._result = result ?? this._result;
        if (trouble !== null || this._trouble !== null) {
          this._trouble = trouble;
          this._changed.emit();
        }
        this._counted.emit();
      }
    }
  }

  private readonly _options: ICompareOptions;
  private readonly _tables = new Map<string, OpenTable>();
  private _samples: [ISample | null, ISample | null];
  private _matching: matching.IMatching | null = null;
  private _axes: plans.IAxes = plans.NO_AXES;
  private _trouble: ITrouble | null = null;
  private _result: ICompareResult | null = null;
  private _counting: Counting | null = null;
  private _quiet = false;
  private _first = true;
  private _skySize: readonly [number, number] = [360, 200];
  private _turn = 0;
  private _loading = 0;
  private _opening: Promise<void> = Promise.resolve();
  private _running: Promise<void> | null = null;
  private _dirty = false;
  private _isDisposed = false;
  private _changed = new Signal<this, void>(this);
  private _counted = new Signal<this, void>(this);
  private _samplesChanged = new Signal<this, void>(this);
}
