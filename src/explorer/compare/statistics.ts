/** Numbers of two samples counted in the same bins. Nothing here knows where the counts come from. */

import type { Range } from '../../table/selection';

export type Counts = ArrayLike<number>;

export function total(counts: Counts): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) {
    sum += counts[i];
  }
  return sum;
}

/** The bins whose centre lies in `within`, as first and one past the last. */
export function binsWithin(range: Range, bins: number, within: Range | null): [number, number] {
  if (within === null) {
    return [0, bins];
  }
  const step = (range[1] - range[0]) / bins;
  const place = (value: number) => Math.max(0, Math.min(bins, Math.ceil((value - range[0]) / step - 0.5)));
  const [first, last] = [place(within[0]), place(within[1])];
  return [first, Math.max(first, last)];
}

/** The counts of some bins only; all others are 0. */
export function only(counts: Counts, [first, last]: readonly [number, number]): Float64Array {
  const kept = new Float64Array(counts.length);
  for (let i = first; i < last; i++) {
    kept[i] = counts[i];
  }
  return kept;
}

/** Join each run of fine bins into one. */
export function joined(counts: Counts, bins: number): Uint32Array {
  const each = counts.length / bins;
  const sums = new Uint32Array(bins);
  for (let i = 0; i < counts.length; i++) {
    sums[Math.floor(i / each)] += counts[i];
  }
  return sums;
}

/** Each count as a part of the whole; all 0 where there is nothing. */
export function shares(counts: Counts, whole = total(counts)): Float64Array {
  return Float64Array.from(counts, count => (whole === 0 ? 0 : count / whole));
}

export function cumulative(parts: Counts): Float64Array {
  const sums = new Float64Array(parts.length);
  let sum = 0;
  for (let i = 0; i < parts.length; i++) {
    sum += parts[i];
    sums[i] = sum;
  }
  return sums;
}

export interface IKolmogorov {
  /** The largest distance of the two cumulative distributions. */
  readonly distance: number;
  /** The bin after which it is reached. */
  readonly bin: number;
  /** n1 n2 / (n1 + n2). */
  readonly effective: number;
}

/** The two-sample Kolmogorov-Smirnov distance of binned samples; null where one of them is empty. */
export function kolmogorov(a: Counts, b: Counts): IKolmogorov | null {
  const [inA, inB] = [total(a), total(b)];
  if (inA === 0 || inB === 0) {
    return null;
  }
  let [distance, bin, upToA, upToB] = [0, 0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    upToA += a[i];
    upToB += b[i];
    const apart = Math.abs(upToA / inA - upToB / inB);
    if (apart > distance) {
      [distance, bin] = [apart, i];
    }
  }
  return { distance, bin, effective: (inA * inB) / (inA + inB) };
}

/** The value below which a part of the rows lies, to within a bin; null where there are none. */
export function quantile(counts: Counts, [low, high]: Range, part: number): number | null {
  const wanted = part * total(counts);
  if (wanted === 0) {
    return null;
  }
  const step = (high - low) / counts.length;
  let below = 0;
  for (let i = 0; i < counts.length; i++) {
    if (counts[i] > 0 && below + counts[i] >= wanted) {
      return low + (i + (wanted - below) / counts[i]) * step;
    }
    below += counts[i];
  }
  return high;
}

/** How many standard deviations a difference needs to be told from none. */
export const SIGMAS = 2;

export interface IDifference {
  /** Share in A minus share in B, a cell. */
  readonly value: Float64Array;
  /** 1 where it is beyond what counting alone explains. */
  readonly sure: Uint8Array;
  /** The largest absolute one: among the sure ones, if there are any. */
  readonly most: number;
  /** How many cells have rows, and how many of them are sure. */
  readonly filled: number;
  readonly certain: number;
}

/**
 * The difference of normalised counts. The error of a count is its square root (Poisson), so that of the difference of
 * shares is sqrt(a / NA^2 + b / NB^2).
 */
export function difference(a: Counts, b: Counts, inA = total(a), inB = total(b)): IDifference {
  const value = new Float64Array(a.length);
  const sure = new Uint8Array(a.length);
  let [most, anyMost, filled, certain] = [0, 0, 0, 0];
  if (inA > 0 && inB > 0) {
    for (let i = 0; i < a.length; i++) {
      if (a[i] === 0 && b[i] === 0) {
        continue;
      }
      filled += 1;
      const apart = a[i] / inA - b[i] / inB;
      const error = Math.sqrt(a[i] / inA ** 2 + b[i] / inB ** 2);
      value[i] = apart;
      anyMost = Math.max(anyMost, Math.abs(apart));
      // a little room for the rounding of equal numbers
      if (Math.abs(apart) >= SIGMAS * error * (1 - 1e-12)) {
        sure[i] = 1;
        certain += 1;
        most = Math.max(most, Math.abs(apart));
      }
    }
  }
  return { value, sure, most: most > 0 ? most : anyMost, filled, certain };
}

/** The bin in which the shares differ most, of those that differ for sure; null where none does. */
export function largest({ value, sure }: IDifference): number | null {
  let best: number | null = null;
  for (let i = 0; i < value.length; i++) {
    if (sure[i] === 1 && (best === null || Math.abs(value[i]) > Math.abs(value[best]))) {
      best = i;
    }
  }
  return best;
}
