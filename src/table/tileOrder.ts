/** Rows ordered by where they lie on one axis or in the plane of two: the rows of a tile stand together. */

import { CHUNK, type INumbers } from '../expr';
import { Slabs } from './slabs';

/** Slabs of a single axis, and of each of two. */
const SLABS_1D = 1024;
const SLABS_2D = 160;

export interface ITileOrder {
  readonly numbers: readonly INumbers[];
  /** One for each axis. */
  readonly slabs: readonly Slabs[];
  /** Slabs of the first axis, and of the second: one where there is none. */
  readonly nx: number;
  readonly ny: number;
  /** Row numbers, tile by tile: tile `j * nx + i` is where slab `i` of the first axis meets slab `j` of the second. */
  readonly rows: Uint32Array;
  /** Where each tile starts in `rows`, and the end of the last. */
  readonly starts: Uint32Array;
  readonly bytes: number;
}

/** Order the rows: one pass to find the tiles, one to put the rows in place. Rows keep their order within a tile. */
export function orderByTiles(numbers: readonly INumbers[]): ITileOrder {
  const wanted = numbers.length === 1 ? SLABS_1D : SLABS_2D;
  const slabs = numbers.map(each => new Slabs(each, wanted));
  const nx = slabs[0].count;
  const ny = slabs[1]?.count ?? 1;
  const count = numbers[0].rows;
  const tile = new Uint16Array(count);
  const starts = new Uint32Array(nx * ny + 1);
  const values = new Float64Array(CHUNK);
  const second = new Uint16Array(CHUNK);
  for (let from = 0; from < count; from += CHUNK) {
    const to = Math.min(count, from + CHUNK);
    const own = tile.subarray(from, to);
    numbers[0].read(from, to, values);
    slabs[0].place(values, to - from, own);
    if (slabs.length === 2) {
      numbers[1].read(from, to, values);
      slabs[1].place(values, to - from, second);
      for (let i = 0; i < own.length; i++) {
        own[i] += second[i] * nx;
      }
    }
    for (let i = 0; i < own.length; i++) {
      starts[own[i] + 1] += 1;
    }
  }
  for (let i = 1; i < starts.length; i++) {
    starts[i] += starts[i - 1];
  }
  const rows = new Uint32Array(count);
  const next = starts.slice();
  for (let row = 0; row < count; row++) {
    rows[next[tile[row]]++] = row;
  }
  const bytes = rows.byteLength + starts.byteLength + slabs.reduce((total, { bytes: own }) => total + own, 0);
  return { numbers, slabs, nx, ny, rows, starts, bytes };
}
