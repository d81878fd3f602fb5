/** The bounds in which the numbers of an axis are shown. */

import { CHUNK, type INumbers } from '../expr';

/**
 * Bounds that show the bulk: the extremes, unless values far away would squeeze the rest into a corner. Far away are a
 * few outliers, and numbers that stand for no value (-99, 99, 9.99), however many rows have them.
 */
export function boundsOf(numbers: INumbers): [number, number] {
  const values = new Float64Array(CHUNK);
  let low = Infinity;
  let high = -Infinity;
  for (let from = 0; from < numbers.rows; from += CHUNK) {
    const count = Math.min(CHUNK, numbers.rows - from);
    numbers.read(from, from + count, values);
    for (let i = 0; i < count; i++) {
      const value = values[i];
      // hardly ever true after a while; what is missing is neither
      if (value < low && value > -Infinity) {
        low = value;
      }
      if (value > high && value < Infinity) {
        high = value;
      }
    }
  }
  if (low > high) {
    return [0, 1];
  }
  const sample = sampleOf(numbers);
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
function sampleOf(numbers: INumbers): Float64Array {
  const step = Math.max(1, Math.floor(numbers.rows / 20000));
  const rows = Uint32Array.from({ length: Math.ceil(numbers.rows / step) }, (_, i) => i * step);
  const sample = new Float64Array(rows.length);
  for (let from = 0; from < rows.length; from += CHUNK) {
    numbers.gather(rows, from, Math.min(rows.length, from + CHUNK), sample.subarray(from));
  }
  return sample.filter(value => value - value === 0).sort();
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
