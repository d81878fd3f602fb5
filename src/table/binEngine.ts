/** Holds columns and counts rows in bins. Knows no worker: it runs in one, or on the main thread. */

import { columnLength, schemaOf, typeOf, type ColumnData } from '../expr';
import { axisExpr } from './axis';
import { BrushIndex, type IIndexedView } from './brushIndex';
import { Cache } from './cache';
import type { ICubeData } from './cube';
import { decodeColumns } from './decode';
import { maskOf, ordered, targetsOf } from './layout';
import { makeCube } from './makeCube';
import { Planner, type Counts, type IPlan } from './plans';
import * as io from './requests';
import { inFrame, keepInside, type IBound } from './rowLists';
import { MOST_STOPS } from './stops';
import { countPassing, tallyPassing } from './tally';
import { Terms } from './terms';
import { orderByTiles, type ITileOrder } from './tileOrder';

/** Bytes a row that may be kept beside the columns, and those for the counts from which a jump of a brush starts. */
const ROOM_PER_ROW = 14.5;
const INDEX_PER_ROW = 2;
/** What may be kept of any table, however small. */
const ROOM = 32e6;
const INDEX_ROOM = 6e6;

/** The index that is alive, and what it was made for: it holds for nothing else. */
interface IActive {
  readonly axes: readonly string[];
  readonly key: string;
  readonly index: BrushIndex;
}

interface ICounted {
  readonly signature: string;
  readonly result: io.ViewResult;
}

/** A view that is to be counted. */
interface IWanted {
  readonly id: string;
  readonly request: io.ViewRequest;
  readonly plan: IPlan;
}

export class BinEngine {
  /** @param least - the part of the room for small tables that there is: tests take none */
  constructor(private readonly _least = 1) {}

  add(ipc: Uint8Array): void {
    const { rows, columns } = decodeColumns(ipc);
    if (this._columns.size > 0 && rows !== this._planner.rows) {
      throw new Error(`Columns of ${rows} rows came to a table of ${this._planner.rows} rows.`);
    }
    this.hold(columns, rows);
  }

  hold(columns: ReadonlyMap<string, ColumnData>, rows?: number): void {
    const first = columns.values().next().value;
    const length = rows ?? (first === undefined ? 0 : columnLength(first));
    const replaced = [...columns.keys()].some(name => this._columns.has(name));
    columns.forEach((column, name) => this._columns.set(name, column));
    if (replaced || length !== this._planner.rows) {
      this._planner.reset(length);
      this._terms.reset(length);
      this._cache.clear();
      this._cache.limit = Math.max(this._least * ROOM, ROOM_PER_ROW * length);
      this._counted.clear();
      this._active = null;
      this._order = null;
      this._passed = null;
    }
  }

  /** Bytes of the columns, and of all that is kept beside them. */
  bytes(): { columns: number; derived: number } {
    let columns = 0;
    let derived = this._cache.bytes + this._terms.bytes + (this._active?.index.bytes ?? 0);
    for (const column of this._columns.values()) {
      if (column.type === 'text') {
        columns += column.codes.byteLength + column.dictionary.reduce((sum, { length }) => sum + length, 0);
      } else {
        columns += column.values.byteLength;
        derived += column.valid?.byteLength ?? 0;
      }
    }
    return { columns, derived };
  }

  update(update: io.IUpdate): io.IUpdateResult {
    const start = performance.now();
    const changed = this._terms.set(update.terms);
    const views: { [id: string]: io.ViewResult } = {};
    const wanted: IWanted[] = [];
    const entries = Object.entries(update.views);
    const masks = new Map<number, Uint8Array>();
    const headers = entries.length > 0 && entries.every(([id]) => id.startsWith(io.HEADER));
    if (!headers) {
      this._cache.turn();
      this.keepOrder();
    }
    for (const [id, request] of entries) {
      if (id.startsWith(io.HEADER) && request.kind === 'histogram' && request.by === undefined) {
        views[id] = this.known(id, request, () => this.header(request, masks));
      } else {
        wanted.push({ id, request, plan: this._planner.plan(request, place => this.passes(place)) });
      }
    }
    const index = headers ? null : this.moved(changed, wanted);
    for (const { id, request, plan } of wanted) {
      views[id] = this.known(id, request, () => this.count(plan, index));
    }
    const passed = this.passed(index);
    return { rows: this._planner.rows, passed, views, took: performance.now() - start };
  }

  /**
   * A brush is about to move over these axes. Where it has stops, one list for each axis, the counts for all of them are
   * given away; else, or where the table is too large for that, an index is made to count quickly here.
   */
  prepare(axes: readonly string[], update: io.IUpdate, stops?: readonly Float64Array[]): ICubeData | null {
    this._terms.set(update.terms);
    const wanted = Object.entries(update.views)
      .filter(([id]) => !id.startsWith(io.HEADER))
      .map(([id, request]) => ({
        id,
        request,
        plan: this._planner.plan(request, place => this.passes(place))
      }));
    const sorted = [...new Set(axes)].sort();
    if (!this.isIndexable(sorted)) {
      return null;
    }
    const cube = stops === undefined || sorted.length < axes.length ? null : this.cube(axes, stops, wanted);
    if (cube === null) {
      this.index(sorted, wanted);
    }
    return cube;
  }

  private cube(
    axes: readonly string[],
    stops: readonly Float64Array[],
    wanted: readonly IWanted[]
  ): ICubeData | null {
    const isUsual = (each: Float64Array) => each.length > 0 && each.length <= MOST_STOPS;
    if (!stops.every(isUsual) || wanted.some(({ request }) => isAroundPassing(request))) {
      return null;
    }
    const bits = this._terms.except(axes);
    this._terms.write(bits);
    const views = wanted.flatMap(({ id, plan }) => {
      const filters = filtersOf(plan, axes);
      const all = this._planner.all(plan);
      const shown = plan.shown?.(all) ?? null;
      const own = this._terms.except([...plan.own, ...axes]);
      const { cell, cells } = plan;
      return filters === 0 ? [] : [{ id, cell, cells, all, shown, bits: own, axes: filters }];
    });
    const numbers = axes.map(axis => ordered(this._planner.numbers(axis), this._planner.places));
    return makeCube(numbers, stops, this._terms.fails, bits, views);
  }

  /** The index, moved to where the brush is now; null where there is none for what changed. */
  private moved(changed: ReadonlySet<string | null>, wanted: readonly IWanted[]): BrushIndex | null {
    if (changed.size === 0) {
      return null;
    }
    const axes = changed.has(null) ? [] : ([...changed] as string[]).sort();
    const before = this._moving;
    this._moving = axes;
    let active = this._active;
    if (active !== null && active.key !== this.indexKey(active.axes, wanted)) {
      active = this._active = null;
    }
    if (axes.length === 0 || axes.length > 2) {
      return null;
    }
    if (active === null || !axes.every(axis => active!.axes.includes(axis))) {
      // the second move of one brush: there will be more
      const all = axes.length > before.length ? axes : before;
      const again = before.length > 0 && [...axes, ...before].every(axis => all.includes(axis));
      if (!again || !this.isIndexable(all)) {
        return null;
      }
      this._moving = all;
      active = this.index(all, wanted);
    }
    const bounds = active.axes.map(axis => this._terms.bounds(axis));
    if (bounds.includes(undefined)) {
      return null;
    }
    active.index.move(bounds as (Float64Array | null)[]);
    return active.index;
  }

  /** Whether these are one or two axes of numbers that are loaded, bounded by ranges only. */
  private isIndexable(axes: readonly string[]): boolean {
    const schema = schemaOf(this._columns);
    const isNumeric = (axis: string) => {
      try {
        return ['int', 'float'].includes(
          typeOf(
            axisExpr(axis, name => schema.has(name)),
            schema
          )
        );
      } catch {
        return false;
      }
    };
    return (
      (axes.length === 1 || axes.length === 2) &&
      this._planner.rows > 0 &&
      axes.every(axis => isNumeric(axis) && this._terms.bounds(axis) !== undefined)
    );
  }

  private index(axes: readonly string[], wanted: readonly IWanted[]): IActive {
    const key = this.indexKey(axes, wanted);
    if (this._active?.key === key) {
      return this._active;
    }
    // what is there goes first: two at a time would need twice the memory
    this._active = null;
    const rows = this._planner.rows;
    const order = this.arranged(`order ${JSON.stringify(axes)}`, axes);
    const bits = this._terms.except(axes);
    this._terms.write(bits);
    const views = new Map(this.indexed(axes, wanted).map(view => [view.key, view]));
    const room = Math.max(this._least * INDEX_ROOM, INDEX_PER_ROW * rows);
    const index = new BrushIndex(order, this._terms.fails, [...views.values()], bits, room);
    return (this._active = { axes, key, index });
  }

  /** Order the rows by these axes, and bring into this order all that is kept of them. */
  private arranged(key: string, axes: readonly string[]): ITileOrder {
    if (this._order?.key === key) {
      return this._order.order;
    }
    this._cache.release('order ');
    const make = () => orderByTiles(axes.map(axis => this._planner.numbers(axis)));
    const order = this._cache.get(key, make, ({ bytes }) => bytes);
    const targets = targetsOf(this._planner.places, order.rows);
    this._planner.rearrange(order.rows, targets);
    this._terms.rearrange(order.rows, targets);
    this._order = { key, order };
    this._cache.turn();
    return order;
  }

  /** The order that is in use stays. */
  private keepOrder(): void {
    if (this._order !== null) {
      const { key, order } = this._order;
      this._cache.get(
        key,
        () => order,
        () => order.bytes
      );
    }
  }

  /** All that the counts of an index depend on, but for the bounds of its axes. */
  private indexKey(axes: readonly string[], wanted: readonly IWanted[]): string {
    const views = this.indexed(axes, wanted).map(({ key, bits, axes: own }) => [key, bits, own]);
    return JSON.stringify([axes, views, this._terms.text(this._terms.except(axes))]);
  }

  /** The views that a brush on these axes filters. */
  private indexed(axes: readonly string[], wanted: readonly IWanted[]): IIndexedView[] {
    return wanted.flatMap(({ request, plan }) => {
      const { own, key, cell, cells } = plan;
      const filters = filtersOf(plan, axes);
      return filters === 0 || isAroundPassing(request)
        ? []
        : [{ key, cell, cells, bits: this._terms.except([...own, ...axes]), axes: filters }];
    });
  }

  /** The answer for a view; the same object as before where nothing that it depends on has changed. */
  private known(id: string, request: io.ViewRequest, count: () => io.ViewResult): io.ViewResult {
    const bits = isAroundPassing(request) ? this._terms.all : this._terms.except(this._planner.own(request));
    const signature = JSON.stringify([request, this._terms.text(bits)]);
    let counted = this._counted.get(id);
    if (counted?.signature !== signature) {
      counted = { signature, result: count() };
    }
    this._counted.delete(id);
    this._counted.set(id, counted);
    if (this._counted.size > 64) {
      this._counted.delete(this._counted.keys().next().value as string);
    }
    return counted.result;
  }

  private count(plan: IPlan, index: BrushIndex | null): io.ViewResult {
    const counts = index?.counts(plan.key);
    if (counts !== undefined) {
      const { axes } = this._active!;
      const bits = this._terms.except([...plan.own, ...axes]);
      const bounds = axes
        .filter(axis => !plan.own.includes(axis))
        .map(axis => ({ numbers: this._planner.numbers(axis), intervals: this._terms.bounds(axis) ?? null }));
      return this.finish(plan, counts, bits, bounds);
    }
    const bits = this._terms.except(plan.own);
    if (bits === 0) {
      return this.finish(plan, this._planner.all(plan), 0, []);
    }
    this._terms.write(bits);
    return this.finish(plan, tallyPassing(this._terms.fails, bits, plan.cell, plan.cells), bits, []);
  }

  private finish(plan: IPlan, counts: Counts, bits: number, bounds: readonly IBound[]): io.ViewResult {
    return plan.finish(counts, this._planner.all(plan), cells =>
      keepInside(
        inFrame(plan, cells, this._cache),
        this._planner.places,
        plan.cell,
        cells,
        this._terms.fails,
        bits,
        bounds
      )
    );
  }

  private header(request: io.IHistogramRequest, masks: Map<number, Uint8Array>): io.IHistogramResult {
    const bits = this._terms.except([request.column]);
    if (bits !== 0 && !masks.has(bits)) {
      this._terms.write(bits);
      masks.set(bits, maskOf(this._terms.fails, bits, this._planner.places));
    }
    return this._planner.once(request, masks.get(bits) ?? null);
  }

  /** Rows that pass every term. */
  private passed(index: BrushIndex | null): number {
    const { all } = this._terms;
    const text = this._terms.text(all);
    if (this._passed?.text !== text) {
      let count = index?.passed;
      if (count === undefined) {
        this._terms.write(all);
        count = all === 0 ? this._planner.rows : countPassing(this._terms.fails, all);
      }
      this._passed = { text, count };
    }
    return this._passed.count;
  }

  private passes(place: number): boolean {
    const { all } = this._terms;
    this._terms.write(all);
    return all === 0 || (this._terms.fails[place] & all) === 0;
  }

  private readonly _columns = new Map<string, ColumnData>();
  private readonly _cache = new Cache();
  private readonly _terms = new Terms(this._columns);
  private readonly _planner = new Planner(this._columns, this._cache);
  private _active: IActive | null = null;
  /** The order in which cells and bits stand; null for that of the columns. */
  private _order: { readonly key: string; readonly order: ITileOrder } | null = null;
  /** Axes whose bounds changed last. */
  private _moving: readonly string[] = [];
  /** The last answer for each view. */
  private readonly _counted = new Map<string, ICounted>();
  private _passed: { readonly text: string; readonly count: number } | null = null;
}

/** Which of these axes filter a view: bit 0 for the first, bit 1 for the second. */
function filtersOf({ own }: IPlan, axes: readonly string[]): number {
  return axes.reduce((bits, axis, i) => (own.includes(axis) ? bits : bits | (1 << i)), 0);
}

function isAroundPassing(request: io.ViewRequest): boolean {
  return request.kind === 'sky' && request.frame === 'passing';
}
