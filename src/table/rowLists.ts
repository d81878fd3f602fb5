/** Rows one by one, where they are few: what a map shows as points. */

import { CHUNK, type INumbers } from '../expr';
import type { Cache } from './cache';
import { inside, type Intervals } from './intervals';
import type { Places } from './layout';
import type { IPlan } from './plans';
import type { Cells, Fails } from './tally';

/** Bounds that are not among the bits of the rows. */
export interface IBound {
  readonly numbers: INumbers;
  readonly intervals: Intervals | null;
}

/** Places of the rows in the first so many cells of a view, kept while they are a small part of all; else null. */
export function inFrame({ key, cell }: IPlan, cells: number, cache: Cache): Uint32Array | null {
  return cache.get(
    `rows ${key}`,
    () => {
      const most = cell.length >> 3;
      const found = new Uint32Array(most + 1);
      let count = 0;
      for (let place = 0; place < cell.length && count <= most; place++) {
        found[count] = place;
        count += Number(cell[place] < cells);
      }
      return count > most ? null : found.slice(0, count);
    },
    made => made?.byteLength ?? 0
  );
}

/** Of the rows at these places, or of all, those in the first so many cells that fail none of the bits and lie within the bounds. */
export function keepInside(
  list: Uint32Array | null,
  places: Places,
  cell: Cells,
  cells: number,
  fails: Fails,
  bits: number,
  bounds: readonly IBound[]
): Uint32Array {
  const count = list?.length ?? cell.length;
  const parts: Uint32Array[] = [];
  const values = new Float64Array(CHUNK);
  for (let from = 0; from < count; from += CHUNK) {
    const to = Math.min(count, from + CHUNK);
    let kept = new Uint32Array(to - from);
    let length = 0;
    for (let i = from; i < to; i++) {
      const place = list === null ? i : list[i];
      if (cell[place] < cells && (bits === 0 || (fails[place] & bits) === 0)) {
        kept[length++] = places === null ? place : places[place];
      }
    }
    for (const { numbers, intervals } of bounds) {
      if (intervals !== null) {
        numbers.gather(kept, 0, length, values);
        const before = length;
        length = 0;
        for (let i = 0; i < before; i++) {
          if (inside(intervals, values[i])) {
            kept[length++] = kept[i];
          }
        }
      }
    }
    kept = kept.subarray(0, length);
    parts.push(kept);
  }
  const all = new Uint32Array(parts.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
