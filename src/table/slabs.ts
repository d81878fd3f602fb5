/**
 * An axis cut in slabs that hold about the same number of rows. A brush covers most slabs wholly or not at all; only
 * the rows of the slabs at its ends have to be looked at.
 */

import { CHUNK, type INumbers } from '../expr';
import { next, type Intervals } from './intervals';

export const OUT = 0;
export const FULL = 1;
export const PART = 2;

/** What of an axis is selected, slab by slab. */
export interface ISlabStates {
  /** Null where the whole axis is selected, rows without a value with it. */
  readonly intervals: Intervals | null;
  /** OUT, FULL or PART. */
  readonly state: Uint8Array;
  /** Of the slabs in part: what interval of theirs is selected; NaN where it's more than one. */
  readonly from: Float64Array;
  readonly to: Float64Array;
}

export class Slabs {
  constructor(numbers: INumbers, wanted: number) {
    this._splits = splitsOf(numbers, wanted);
    const { length } = this._splits;
    this.missing = length + 1;
    this.count = length + 2;
    this.rows = new Uint32Array(this.count);
    this._low = new Float64Array(this.count).fill(Infinity);
    this._high = new Float64Array(this.count).fill(-Infinity);
    // a table finds the slab in one step where values are spread evenly
    const [first, last] = [this._splits[0], this._splits[length - 1]];
    const cells = Math.min(65536, 8 * this.count);
    const scale = cells / (last - first);
    this._first = first;
    this._scale = scale > 0 && scale < Infinity ? scale : 0;
    this._table = new Uint16Array(this._scale > 0 ? cells + 1 : 0);
    for (let cell = 0; cell < this._table.length; cell++) {
      this._table[cell] = this.search(first + cell / scale, 0, length);
    }
  }

  /** Slabs, with the one of rows without a value, which is the last. */
  readonly count: number;
  readonly missing: number;
  /** Rows of each slab. */
  readonly rows: Uint32Array;

  get bytes(): number {
    return 8 * (this._splits.length + 2 * this.count) + 4 * this.count + 2 * this._table.length;
  }

  /** The slabs of so many numbers; keeps account of what each slab holds. */
  place(numbers: Float64Array, count: number, out: Uint16Array): void {
    const {
      _splits: splits,
      _table: table,
      _low: low,
      _high: high,
      _first: first,
      _scale: scale,
      rows
    } = this;
    const most = splits.length;
    const last = table.length - 2;
    for (let i = 0; i < count; i++) {
      const value = numbers[i];
      let slab = this.missing;
      if (value === value) {
        if (last < 0) {
          slab = this.search(value, 0, most);
        } else {
          const cell = Math.min(last, Math.max(0, (value - first) * scale)) | 0;
          slab = table[cell];
          const end = table[cell + 1];
          if (end - slab > 8) {
            slab = this.search(value, slab, end);
          }
          while (slab < most && value >= splits[slab]) {
            slab += 1;
          }
          while (slab > 0 && value < splits[slab - 1]) {
            slab -= 1;
          }
        }
        low[slab] = value < low[slab] ? value : low[slab];
        high[slab] = value > high[slab] ? value : high[slab];
      }
      rows[slab] += 1;
      out[i] = slab;
    }
  }

  /** How these intervals cover the slabs; null is no bound at all. */
  states(intervals: Intervals | null): ISlabStates {
    const state = new Uint8Array(this.count);
    const from = new Float64Array(this.count);
    const to = new Float64Array(this.count);
    if (intervals === null) {
      return { intervals, state: state.fill(FULL), from, to };
    }
    for (let slab = 0; slab < this.missing; slab++) {
      const [low, high] = [this._low[slab], this._high[slab]];
      let met = 0;
      for (let i = 0; i < intervals.length; i += 2) {
        if (intervals[i] <= high && intervals[i + 1] >= low) {
          from[slab] = met === 0 ? Math.max(intervals[i], low) : NaN;
          to[slab] = met === 0 ? Math.min(intervals[i + 1], high) : NaN;
          met += 1;
        }
      }
      state[slab] = met === 0 ? OUT : met === 1 && from[slab] === low && to[slab] === high ? FULL : PART;
    }
    return { intervals, state, from, to };
  }

  /** The number of splits, of those at the places from low up to high, that are not above a value. */
  private search(value: number, low: number, high: number): number {
    while (low < high) {
      const middle = (low + high) >> 1;
      if (value >= this._splits[middle]) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private readonly _splits: Float64Array;
  private readonly _first: number;
  private readonly _scale: number;
  private readonly _table: Uint16Array;
  /** The extremes of the numbers in each slab. */
  private readonly _low: Float64Array;
  private readonly _high: Float64Array;
}

/** Whether nothing changed in a slab between two states. */
export function isSame(a: ISlabStates, b: ISlabStates, slab: number): boolean {
  return (
    a.state[slab] === b.state[slab] &&
    (a.state[slab] !== PART || (a.from[slab] === b.from[slab] && a.to[slab] === b.to[slab]))
  );
}

/** Bounds of slabs from a sample: each the least number of its slab. A value that is frequent has its own slab. */
function splitsOf(numbers: INumbers, wanted: number): Float64Array {
  const sample = sampleOf(numbers, 8 * wanted);
  const splits = new Set<number>();
  let last = NaN;
  for (let slab = 1; slab < wanted; slab++) {
    const value = sample[Math.floor((slab * sample.length) / wanted)];
    if (value === last && value < Infinity) {
      splits.add(next(value));
    } else if (value !== undefined) {
      splits.add(value);
    }
    last = value;
  }
  splits.delete(-Infinity);
  return splits.size === 0 ? Float64Array.of(0) : Float64Array.from(splits).sort();
}

/** Some numbers of an axis, in order: from rows spread over all, at irregular distances. */
function sampleOf(numbers: INumbers, wanted: number): Float64Array {
  const size = Math.min(wanted, numbers.rows);
  const step = numbers.rows / Math.max(1, size);
  let seed = 1;
  const rows = Uint32Array.from({ length: size }, (_, i) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((i + (size < numbers.rows ? seed / 4294967296 : 0)) * step);
  });
  const values = new Float64Array(size);
  const out = new Float64Array(CHUNK);
  for (let from = 0; from < size; from += CHUNK) {
    const to = Math.min(size, from + CHUNK);
    numbers.gather(rows, from, to, out);
    values.set(out.subarray(0, to - from), from);
  }
  return values.filter(value => value === value).sort();
}
