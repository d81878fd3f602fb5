/** The terms of a condition, each in a slot with a bit a row: set where the row fails it. */

import {
  CHUNK,
  compile,
  compileMask,
  compileNumbers,
  parse,
  typeOf,
  schemaOf,
  type Columns,
  type Expr
} from '../expr';
import { axisExpr } from './axis';
import { inside, intersect, intervalsOf, type Intervals } from './intervals';
import { ordered, rearrange, type Places } from './layout';
import type { ITerm } from './requests';
import type { Fails } from './tally';

/** Terms over one axis count together, whatever their number; the others one by one. */
interface IGroup {
  readonly key: string;
  readonly axis: string | null;
  readonly texts: readonly string[];
  readonly exprs: readonly Expr[];
  /** Of brushes over a numeric axis. */
  readonly intervals: Intervals | null;
}

interface ISlot extends IGroup {
  /** Whether the bits are those of these texts. */
  written: boolean;
}

/** Slots that there are at most: bits of two bytes. Above it, terms are joined. */
const MOST = 16;
/** More intervals than this are looked up better than tested one by one. */
const FEW = 4;

export class Terms {
  constructor(private readonly _columns: Columns) {}

  /** Bits of the rows, in the order of the layout: where slots are not yet written, see `write`. */
  get fails(): Fails {
    return this._fails;
  }

  /** Bits of all terms. */
  get all(): number {
    return this.bits(() => true);
  }

  /** Bits of all terms but those over these axes. */
  except(axes: readonly string[]): number {
    return this.bits(({ axis }) => axis === null || !axes.includes(axis));
  }

  /** What is said in these slots, and in which slot: the same text gives the same rows. */
  text(bits: number): string {
    return JSON.stringify(this._slots.map((slot, i) => ((bits & (1 << i)) !== 0 ? slot!.texts : 0)));
  }

  /** The bounds that the terms put on an axis, null for none; undefined where they are no bounds of numbers. */
  bounds(axis: string): Intervals | null | undefined {
    const slot = this._slots.find(each => each?.axis === axis);
    return slot === undefined || slot === null ? null : (slot.intervals ?? undefined);
  }

  get bytes(): number {
    return this._fails.byteLength;
  }

  /** Bring the bits into another order. */
  rearrange(places: Uint32Array, targets: Uint32Array): void {
    this._places = places;
    if (this._fails.length > 0) {
      rearrange(this._fails, targets);
    }
  }

  /** Begin with columns of another length. */
  reset(rows: number): void {
    this._places = null;
    this._rows = rows;
    this._slots = [];
    this._fails = new Uint8Array(0);
  }

  /**
   * Take these terms; rows are looked at later. Gives the axes whose bounds changed, null among them for other terms.
   *
   * @throws ExprError for a condition that doesn't fit the columns, and leaves all as it was.
   */
  set(terms: readonly ITerm[]): Set<string | null> {
    const groups = this.grouped(terms);
    const changed = new Set<string | null>();
    const wanted = new Map(groups.map(group => [group.key, group]));
    const slots = this._slots.map(slot => {
      const group = slot === null ? undefined : wanted.get(slot.key);
      if (slot !== null && group === undefined) {
        changed.add(slot.axis);
      }
      if (slot === null || group === undefined) {
        return null;
      }
      wanted.delete(group.key);
      if (group.texts.join() === slot.texts.join()) {
        return slot;
      }
      changed.add(group.axis);
      return { ...group, written: false };
    });
    for (const group of wanted.values()) {
      changed.add(group.axis);
      const free = slots.indexOf(null);
      slots[free < 0 ? slots.length : free] = { ...group, written: false };
    }
    while (slots.length > 0 && slots[slots.length - 1] === null) {
      slots.pop();
    }
    this._slots = slots;
    return changed;
  }

  /** See to it that these bits are right in `fails`. */
  write(bits: number): void {
    const width = this._slots.length > 8 ? 2 : 1;
    if (bits !== 0 && (this._fails.length !== this._rows || this._fails.BYTES_PER_ELEMENT < width)) {
      this._fails = width === 1 ? new Uint8Array(this._rows) : new Uint16Array(this._rows);
      this._slots.forEach(slot => slot !== null && (slot.written = false));
    }
    this._slots.forEach((slot, i) => {
      if (slot !== null && (bits & (1 << i)) !== 0 && !slot.written) {
        this.writeSlot(slot, i);
        slot.written = true;
      }
    });
  }

  private bits(wanted: (slot: ISlot) => boolean): number {
    return this._slots.reduce((bits, slot, i) => (slot !== null && wanted(slot) ? bits | (1 << i) : bits), 0);
  }

  private grouped(terms: readonly ITerm[]): IGroup[] {
    const byKey = new Map<string, { axis: string | null; texts: string[] }>();
    const put = (key: string, axis: string | null, text: string) => {
      const { texts } = byKey.get(key) ?? byKey.set(key, { axis, texts: [] }).get(key)!;
      if (!texts.includes(text)) {
        texts.push(text);
      }
    };
    terms.forEach(({ axis, text }) => put(axis === null ? `term ${text}` : `axis ${axis}`, axis, text));
    while (byKey.size > MOST) {
      // too many to be kept apart: the last ones are joined, and no view is spared from them
      const [key, { texts }] = [...byKey].filter(([each]) => each !== 'rest').pop()!;
      byKey.delete(key);
      texts.forEach(text => put('rest', null, text));
    }
    return [...byKey].map(([key, { axis, texts }]) => {
      const exprs = texts.map(text => parse(text));
      // compile all first: a condition in error leaves everything as it was
      exprs.forEach(expr => compile(expr, this._columns));
      return { key, axis, texts, exprs, intervals: axis === null ? null : this.intervals(axis, exprs) };
    });
  }

  private intervals(axis: string, exprs: readonly Expr[]): Intervals | null {
    const operand = axisExpr(axis, name => this._columns.has(name));
    if (operand.kind === 'column' && !this._columns.has(operand.name)) {
      return null;
    }
    const type = typeOf(operand, schemaOf(this._columns));
    if (type !== 'int' && type !== 'float') {
      return null;
    }
    const found = exprs.map(expr => intervalsOf(expr, operand));
    return found.includes(null) ? null : (found as Intervals[]).reduce(intersect, EVERYTHING);
  }

  private writeSlot(slot: ISlot, at: number): void {
    const { intervals, axis, exprs } = slot;
    if (intervals !== null && axis !== null && intervals.length <= 2 * FEW) {
      this.writeIntervals(intervals, axis, at);
      return;
    }
    const fails = this._fails;
    const keep = ~(1 << at);
    const places = this._places;
    exprs.forEach((expr, turn) => {
      const mask = compileMask(expr, this._columns, this._rows);
      for (let place = 0; place < mask.length; place++) {
        const before = turn === 0 ? fails[place] & keep : fails[place];
        fails[place] = before | ((mask[places === null ? place : places[place]] ^ 1) << at);
      }
    });
  }

  private writeIntervals(intervals: Intervals, axis: string, at: number): void {
    const operand = axisExpr(axis, name => this._columns.has(name));
    const numbers = ordered(compileNumbers(operand, this._columns, this._rows), this._places);
    const fails = this._fails;
    const keep = ~(1 << at);
    const values = new Float64Array(CHUNK);
    const [low, high] = intervals;
    for (let from = 0; from < this._rows; from += CHUNK) {
      const count = Math.min(CHUNK, this._rows - from);
      numbers.read(from, from + count, values);
      if (intervals.length === 2) {
        for (let i = 0; i < count; i++) {
          const passes = Number(values[i] >= low) & Number(values[i] <= high);
          fails[from + i] = (fails[from + i] & keep) | ((passes ^ 1) << at);
        }
      } else {
        for (let i = 0; i < count; i++) {
          fails[from + i] = (fails[from + i] & keep) | (inside(intervals, values[i]) ? 0 : 1 << at);
        }
      }
    }
  }

  private _rows = 0;
  private _places: Places = null;
  private _fails: Fails = new Uint8Array(0);
  private _slots: (ISlot | null)[] = [];
}

/** Any number, but not NaN. */
const EVERYTHING: Intervals = Float64Array.of(-Infinity, Infinity);
