/** The places at which a brush stops on an axis while the hand drags it: the bounds of the pixels. */

import { CHUNK, type INumbers } from '../expr';
import type { Intervals } from './intervals';

/**
 * An axis cut at its stops. Slabs are numbered from below: each number at a stop is a slab of its own, for a range holds
 * its ends; the last slab has the rows without a value. Slabs without rows are left out: `before[slab]` is how many
 * slabs with rows come before it.
 */
export interface IStopped {
  /** In order, none twice. */
  readonly stops: Float64Array;
  readonly before: Uint16Array;
}

/** More stops than this are no pixels. */
export const MOST_STOPS = 8192;

/** Stops in order, none twice. */
export function inOrder(stops: Iterable<number>): Float64Array {
  return Float64Array.from(new Set(stops)).sort();
}

/**
 * The slabs with rows that these intervals cover, as the first and the one after the last; null where a bound is at no
 * stop, or there is more than one interval. No bound at all covers also the rows without a value.
 */
export function covered({ stops, before }: IStopped, intervals: Intervals | null): [number, number] | null {
  if (intervals === null) {
    return [0, before[before.length - 1]];
  }
  if (intervals.length !== 2) {
    return intervals.length === 0 ? [0, 0] : null;
  }
  const [low, high] = intervals;
  const first = low === -Infinity ? 0 : 2 * placeOf(stops, low) + 1;
  const end = high === Infinity ? 2 * stops.length + 1 : 2 * placeOf(stops, high) + 2;
  return first > 0 || low === -Infinity
    ? end > 1
      ? [before[first], before[Math.max(first, end)]]
      : null
    : null;
}

/** The place of a number among the stops; -1 where it isn't one. */
function placeOf(stops: Float64Array, value: number): number {
  let [low, high] = [0, stops.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (stops[middle] < value) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return stops[low] === value ? low : -1;
}

/** An axis cut at its stops, and where the rows lie. */
export interface ICut extends IStopped {
  /** The slab of each row, and how many rows each slab has. */
  readonly slab: Uint16Array;
  readonly rows: Uint32Array;
  /** How many slabs have rows. */
  readonly slabs: number;
}

export function cut(numbers: INumbers, stops: Float64Array): ICut {
  const count = stops.length;
  const missing = 2 * count + 1;
  const slab = new Uint16Array(numbers.rows);
  const rows = new Uint32Array(missing + 1);
  const values = new Float64Array(CHUNK);
  const first = stops[0];
  // they stand about evenly: the place of a number is near where it would be then
  const scale = count > 1 ? (count - 1) / (stops[count - 1] - first) : 0;
  for (let from = 0; from < numbers.rows; from += CHUNK) {
    const length = Math.min(CHUNK, numbers.rows - from);
    numbers.read(from, from + length, values);
    for (let i = 0; i < length; i++) {
      const value = values[i];
      let own = missing;
      if (value === value) {
        const guess = (value - first) * scale + 1;
        // how many stops lie below it
        let below = guess > 0 ? (guess < count ? guess | 0 : count) : 0;
        while (below < count && stops[below] < value) {
          below += 1;
        }
        while (below > 0 && stops[below - 1] >= value) {
          below -= 1;
        }
        own = 2 * below + (below < count && stops[below] === value ? 1 : 0);
      }
      rows[own] += 1;
      slab[from + i] = own;
    }
  }
  const before = new Uint16Array(missing + 2);
  for (let own = 0; own <= missing; own++) {
    before[own + 1] = before[own] + (rows[own] > 0 ? 1 : 0);
  }
  return { stops, before, slab, rows, slabs: before[missing + 1] };
}
