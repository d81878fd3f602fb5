/** From columns to bin numbers: done once a view, so that a brush only counts. */

import type { ColumnData, Value } from '../expr';
import { isPosition, project, type ISkyFrame } from './sky';

/** Bins that a view has at most, so that a bin number takes two bytes: one kind of array keeps counting quick. */
export const MOST_BINS = 65534;

/** A bin number a row: `bins` for a row without a value, `bins + 1` for one outside. */
export interface IBinned {
  readonly bin: Uint16Array;
  readonly bins: number;
  readonly missing: number;
  readonly outside: number;
}

/** Numbers of a column: NaN for null. */
export function numbersOf(column: ColumnData): ArrayLike<number> {
  if (column.type === 'text') {
    return new Float64Array(column.codes.length).fill(NaN);
  }
  const { values, valid } = column;
  const big = values instanceof BigInt64Array || values instanceof BigUint64Array;
  if (valid === null && !big) {
    return values;
  }
  const numbers = new Float64Array(values.length);
  for (let row = 0; row < numbers.length; row++) {
    numbers[row] = valid !== null && valid[row] === 0 ? NaN : Number(values[row]);
  }
  return numbers;
}

/**
 * Bounds that show the bulk: the extremes, unless values far away would squeeze the rest into a corner. Far away are a
 * few outliers, and numbers that stand for no value (-99, 99, 9.99), however many rows have them.
 */
export function boundsOf(values: ArrayLike<number>): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (value - value === 0) {
      low = value < low ? value : low;
      high = value > high ? value : high;
    }
  }
  if (low > high) {
    return [0, 1];
  }
  const sample = sampleOf(values);
  if (high - low <= 100 && sample.every(Number.isInteger)) {
    // flags and counts: each value has its own bin
    return [low, high];
  }
  const [start, end] = withoutSpikes(sample);
  if (start > 0) {
    low = sample[start];
  }
  if (end < sample.length) {
    high = sample[end - 1];
  }
  const place = (share: number) => sample[start + Math.round(share * (end - start - 1))];
  const [first, last] = [place(0.005), place(0.995)];
  const bulk = last - first;
  if (bulk > 0 && high - low > 2.5 * bulk) {
    return [Math.max(low, first - 0.25 * bulk), Math.min(high, last + 0.25 * bulk)];
  }
  return [low, high];
}

/** Some 20,000 finite values, in order. */
function sampleOf(values: ArrayLike<number>): Float64Array {
  const step = Math.max(1, Math.floor(values.length / 20000));
  const sample: number[] = [];
  for (let row = 0; row < values.length; row += step) {
    if (values[row] - values[row] === 0) {
      sample.push(values[row]);
    }
  }
  return Float64Array.from(sample).sort();
}

/** The part of a sorted sample without spikes at its ends: one value, several times, far from all others. */
function withoutSpikes(sample: Float64Array): [number, number] {
  let start = 0;
  let end = sample.length;
  for (let turn = 0; turn < 6; turn++) {
    let after = start;
    while (after < end && sample[after] === sample[start]) {
      after += 1;
    }
    let before = end;
    while (before > start && sample[before - 1] === sample[end - 1]) {
      before -= 1;
    }
    if (
      after - start >= 3 &&
      end - after >= 10 &&
      isFar(sample[start], sample, after, Math.max(after + 1, before))
    ) {
      start = after;
    } else if (
      end - before >= 3 &&
      before - start >= 10 &&
      isFar(sample[end - 1], sample, Math.min(after, before - 1), before)
    ) {
      end = before;
    } else {
      break;
    }
  }
  return [start, end];
}

/** Whether a value is farther from the middle 98 % of a sorted part of a sample than 0.6 times that is wide. */
function isFar(value: number, sample: Float64Array, from: number, to: number): boolean {
  const last = to - from - 1;
  const low = sample[from + Math.round(0.01 * last)];
  const high = sample[from + Math.round(0.99 * last)];
  const gap = Math.max(low - value, value - high);
  return high > low && gap > 0.6 * (high - low);
}

/** Bounds on whole steps, a little beyond the given ones, with at most about `bins` steps between them. */
export function niceBins(
  [low, high]: readonly [number, number],
  bins: number
): { range: [number, number]; bins: number } {
  if (!(high > low)) {
    return { range: [low - 0.5, low + 0.5], bins: 1 };
  }
  const step = niceStep((high - low) / Math.max(1, bins));
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  return { range: [clean(first * step), clean(last * step)], bins: last - first };
}

/** The 1, 2 or 5 times a power of ten that is next to a step. */
export function niceStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  const times = step / power;
  return power * (times > 5 ? 10 : times > 2 ? 5 : times > 1 ? 2 : 1);
}

function clean(value: number): number {
  return Number(value.toPrecision(12));
}

export function binLinear(
  values: ArrayLike<number>,
  [low, high]: readonly [number, number],
  bins: number
): IBinned {
  const bin = new Uint16Array(values.length);
  const scale = bins / (high - low);
  let missing = 0;
  let outside = 0;
  for (let row = 0; row < bin.length; row++) {
    const value = values[row];
    if (value >= low && value <= high) {
      const index = Math.floor((value - low) * scale);
      bin[row] = index < bins ? index : bins - 1;
    } else if (value - value === 0) {
      bin[row] = bins + 1;
      outside += 1;
    } else {
      bin[row] = bins;
      missing += 1;
    }
  }
  return { bin, bins, missing, outside };
}

export function binPlane(x: IBinned, y: IBinned): IBinned {
  const bins = x.bins * y.bins;
  const bin = new Uint16Array(x.bin.length);
  let missing = 0;
  let outside = 0;
  for (let row = 0; row < bin.length; row++) {
    const i = x.bin[row];
    const j = y.bin[row];
    if (i < x.bins && j < y.bins) {
      bin[row] = j * x.bins + i;
    } else if (i === x.bins || j === y.bins) {
      bin[row] = bins;
      missing += 1;
    } else {
      bin[row] = bins + 1;
      outside += 1;
    }
  }
  return { bin, bins, missing, outside };
}

export function binSky(
  ra: ArrayLike<number>,
  dec: ArrayLike<number>,
  frame: ISkyFrame,
  nx: number,
  ny: number
): IBinned {
  const bins = nx * ny;
  const bin = new Uint16Array(ra.length);
  const sx = nx / (frame.x[1] - frame.x[0]);
  const sy = ny / (frame.y[1] - frame.y[0]);
  let missing = 0;
  let outside = 0;
  for (let row = 0; row < bin.length; row++) {
    if (!isPosition(ra[row], dec[row])) {
      bin[row] = bins;
      missing += 1;
      continue;
    }
    const [x, y] = project(frame, ra[row], dec[row]);
    const i = Math.floor((x - frame.x[0]) * sx);
    const j = Math.floor((y - frame.y[0]) * sy);
    if (i >= 0 && i < nx && j >= 0 && j < ny) {
      bin[row] = j * nx + i;
    } else {
      bin[row] = bins + 1;
      outside += 1;
    }
  }
  return { bin, bins, missing, outside };
}

/** A column's values as categories: the code of each row, in the order of `values`. */
export interface ICategories {
  readonly code: Uint16Array;
  readonly values: Value[];
  /** Values beyond what can be told apart; their rows have the code `values.length`. */
  readonly others: number;
}

/** The distinct values, numbers in order, texts by frequency; null is a value. At most 65,534. */
export function categoriesOf(column: ColumnData): ICategories {
  const length = column.type === 'text' ? column.codes.length : column.values.length;
  const known = new Map<Value, number>();
  const raw = new Uint32Array(length);
  const counts: number[] = [];
  const codeOf = (value: Value): number => {
    let code = known.get(value);
    if (code === undefined) {
      code = counts.length;
      known.set(value, code);
      counts.push(0);
    }
    return code;
  };
  if (column.type === 'text') {
    const codes = new Map<number, number>();
    for (let row = 0; row < length; row++) {
      const own = column.codes[row];
      let code = codes.get(own);
      if (code === undefined) {
        code = codeOf(own < 0 ? null : column.dictionary[own]);
        codes.set(own, code);
      }
      raw[row] = code;
      counts[code] += 1;
    }
  } else {
    const { values, valid } = column;
    const bool = column.type === 'bool';
    for (let row = 0; row < length; row++) {
      const value = values[row];
      const missing = valid !== null && valid[row] === 0;
      const code = codeOf(missing || value !== value ? null : bool ? value !== 0 : value);
      raw[row] = code;
      counts[code] += 1;
    }
  }
  const values = [...known.keys()];
  const order = values.map((_, code) => code).sort((a, b) => compareValues(values, counts, a, b));
  const place = new Uint32Array(values.length);
  order.forEach((code, index) => {
    place[code] = index;
  });
  const kept = Math.min(values.length, MOST_BINS);
  const code = new Uint16Array(length);
  for (let row = 0; row < length; row++) {
    code[row] = Math.min(kept, place[raw[row]]);
  }
  return { code, values: order.slice(0, kept).map(old => values[old]), others: values.length - kept };
}

function compareValues(values: Value[], counts: number[], a: number, b: number): number {
  const [left, right] = [values[a], values[b]];
  if (left === null || right === null) {
    return left === right ? 0 : left === null ? 1 : -1;
  }
  if (typeof left === 'string') {
    return counts[b] - counts[a] || (left < String(right) ? -1 : 1);
  }
  return left < right ? 1 : -1;
}
