/** From numbers to cells: done once a view, so that a brush only counts. */

import { CHUNK, type INumbers } from '../expr';
import type { ICategories } from './categories';
import type { Cells } from './tally';

export { niceBins, niceStep } from './bounds';

/** Cells that a view has at most, so that the number of a cell takes two bytes. */
export const MOST_BINS = 65534;

/** The cell of each row: `bins` for a row without a value, `bins + 1` for one outside. */
export interface IBinned {
  readonly bin: Cells;
  readonly bins: number;
}

export type Bounds = readonly [number, number];

/** One byte a row where that is enough: memory is what limits how many rows can be looked at. */
export function cellsFor(rows: number, cells: number): Cells {
  return cells <= 256 ? new Uint8Array(rows) : new Uint16Array(rows);
}

/** Visit all numbers of an axis as bins, a chunk at a time. */
export function eachBinned(
  numbers: INumbers,
  bounds: Bounds,
  bins: number,
  visit: (bin: Uint16Array, from: number, count: number) => void
): void {
  const values = new Float64Array(CHUNK);
  const out = new Uint16Array(CHUNK);
  for (let from = 0; from < numbers.rows; from += CHUNK) {
    const count = Math.min(CHUNK, numbers.rows - from);
    numbers.read(from, from + count, values);
    binChunk(values, bounds, bins, count, out);
    visit(out, from, count);
  }
}

function binChunk(
  values: Float64Array,
  [low, high]: Bounds,
  bins: number,
  count: number,
  out: Uint16Array
): void {
  const scale = bins / (high - low);
  for (let i = 0; i < count; i++) {
    const value = values[i];
    if (value >= low && value <= high) {
      const index = ((value - low) * scale) | 0;
      out[i] = index < bins ? index : bins - 1;
    } else {
      // what is infinite is as good as missing
      out[i] = value - value === 0 ? bins + 1 : bins;
    }
  }
}

export function binLinear(numbers: INumbers, bounds: Bounds, bins: number): IBinned {
  const bin = cellsFor(numbers.rows, bins + 2);
  eachBinned(numbers, bounds, bins, (own, from, count) => {
    bin.set(count < CHUNK ? own.subarray(0, count) : own, from);
  });
  return { bin, bins };
}

/** Bins by category: `bins + 2` cells for each of so many categories, then those of all others. */
export function binGrouped(
  numbers: INumbers,
  bounds: Bounds,
  bins: number,
  { code }: ICategories,
  groups: number
): IBinned {
  const width = bins + 2;
  const bin = cellsFor(numbers.rows, width * (groups + 1));
  eachBinned(numbers, bounds, bins, (own, from, count) => {
    for (let i = 0; i < count; i++) {
      const group = code[from + i];
      bin[from + i] = own[i] + width * (group < groups ? group : groups);
    }
  });
  return { bin, bins };
}

export interface IAxis {
  readonly numbers: INumbers;
  readonly bounds: Bounds;
  readonly bins: number;
}

export function binPlane(x: IAxis, y: IAxis): IBinned {
  const { rows } = x.numbers;
  const [nx, ny] = [x.bins, y.bins];
  const bins = nx * ny;
  const bin = cellsFor(rows, bins + 2);
  const [x0, x1] = x.bounds;
  const [y0, y1] = y.bounds;
  const [sx, sy] = [nx / (x1 - x0), ny / (y1 - y0)];
  const across = new Float64Array(CHUNK);
  const upward = new Float64Array(CHUNK);
  const out = new Uint16Array(CHUNK);
  for (let from = 0; from < rows; from += CHUNK) {
    const count = Math.min(CHUNK, rows - from);
    x.numbers.read(from, from + count, across);
    y.numbers.read(from, from + count, upward);
    for (let k = 0; k < count; k++) {
      const a = across[k];
      const b = upward[k];
      if (a >= x0 && a <= x1 && b >= y0 && b <= y1) {
        const i = ((a - x0) * sx) | 0;
        const j = ((b - y0) * sy) | 0;
        out[k] = (j < ny ? j : ny - 1) * nx + (i < nx ? i : nx - 1);
      } else {
        // what is infinite is as good as missing
        out[k] = a - a === 0 && b - b === 0 ? bins + 1 : bins;
      }
    }
    bin.set(count < CHUNK ? out.subarray(0, count) : out, from);
  }
  return { bin, bins };
}
