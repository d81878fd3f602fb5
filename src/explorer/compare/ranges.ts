/** Bounds that two samples share. */

import { niceBins } from '../../table/binning';
import type { IHistogramResult } from '../../table/requests';
import type { Range } from '../../table/selection';
import { frameOf, unproject, ALL_SKY, type ISkyFrame } from '../../table/sky';
import { quantile, total } from './statistics';

/** Bins in which a histogram is counted. */
const COUNTED = 8192;
/** Bins in which bounds are looked for. */
export const PROBED = 4096;

/** An axis on which both samples are counted. */
export interface IScale {
  readonly range: Range;
  /** Bins that are drawn; each is a whole number of those that are counted. */
  readonly bins: number;
  readonly fine: number;
  /** Whether each bin holds one whole number. */
  readonly whole: boolean;
}

/** Bounds that show the bulk of a sample, from a first look at it; null for a sample without values. */
export function extentOf(probe: IHistogramResult): Range | null {
  const { passed, range } = probe;
  const step = (range[1] - range[0]) / passed.length;
  const first = passed.findIndex(count => count > 0);
  if (first < 0) {
    return null;
  }
  let last = passed.length - 1;
  while (passed[last] === 0) {
    last -= 1;
  }
  const [low, high] = [range[0] + first * step, range[0] + (last + 1) * step];
  if (probe.whole) {
    return [low, high];
  }
  // a few values far away would squeeze the rest into a corner
  const [from, to] = [quantile(passed, range, 0.002)!, quantile(passed, range, 0.998)!];
  const bulk = to - from;
  return bulk > 0 && high - low > 2.5 * bulk
    ? [Math.max(low, from - 0.25 * bulk), Math.min(high, to + 0.25 * bulk)]
    : [low, high];
}

/** The scale that shows both. */
export function commonScale(probes: readonly IHistogramResult[]): IScale {
  const extents = probes.map(extentOf).filter(extent => extent !== null);
  const whole = probes.every(probe => probe.whole);
  if (extents.length === 0) {
    return { range: [0, 1], bins: 1, fine: 1, whole: false };
  }
  const low = Math.min(...extents.map(extent => extent[0]));
  const high = Math.max(...extents.map(extent => extent[1]));
  const drawn = drawnFor(Math.min(...probes.map(({ passed }) => total(passed))));
  if (whole && high - low <= 100) {
    return { range: [low, high], bins: Math.round(high - low), fine: Math.round(high - low), whole };
  }
  const { range, bins } = niceBins([low, high], drawn);
  return { range, bins, fine: bins * Math.max(1, Math.floor(COUNTED / bins)), whole: false };
}

/** Bins that are drawn, at most: more of them where there are more rows (Rice's rule; steps are rounded up). */
function drawnFor(rows: number): number {
  return Math.max(20, Math.min(70, Math.round(1.5 * 2 * Math.cbrt(rows))));
}

/** Cells across a density of samples, about: fewer where a cell would hold too few rows to tell anything. */
export function cellsFor(rows: readonly number[]): number {
  return Math.max(16, Math.min(60, Math.round(Math.sqrt(Math.min(...rows)) / 1.5)));
}

/** A sky frame around two. */
export function commonFrame(frames: readonly ISkyFrame[]): ISkyFrame {
  if (frames.length === 1) {
    return frames[0];
  }
  const ra: number[] = [];
  const dec: number[] = [];
  for (const frame of frames) {
    if (frame.kind === 'all') {
      return ALL_SKY;
    }
    for (let i = 0; i <= 4; i++) {
      for (let j = 0; j <= 4; j++) {
        const position = unproject(
          frame,
          frame.x[0] + ((frame.x[1] - frame.x[0]) * i) / 4,
          frame.y[0] + ((frame.y[1] - frame.y[0]) * j) / 4
        );
        if (position !== null) {
          ra.push(position[0]);
          dec.push(position[1]);
        }
      }
    }
  }
  return frameOf(ra, dec);
}
