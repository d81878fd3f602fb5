/** Two histograms over one another: what is drawn, and what is said of them. */

import type { IHistogramResult } from '../../table/requests';
import type { Range } from '../../table/selection';
import type { IScale } from './ranges';
import * as statistics from './statistics';

export interface IOverlay {
  readonly axis: string;
  readonly scale: IScale;
  /** Rows a drawn bin, of A and of B. */
  readonly counts: readonly [Uint32Array, Uint32Array];
  /** The same as parts of the rows inside the brush on this axis; of all rows drawn, where there is none. */
  readonly shares: readonly [Float64Array, Float64Array];
  /** Cumulative parts at the end of each bin that is counted. */
  readonly cumulative: readonly [Float64Array, Float64Array];
  readonly totals: readonly [number, number];
  readonly medians: readonly [number | null, number | null];
  readonly difference: statistics.IDifference;
  /** The drawn bin in which they differ most for sure. */
  readonly largest: number | null;
  readonly kolmogorov: statistics.IKolmogorov | null;
}

export function overlayOf(
  axis: string,
  scale: IScale,
  results: readonly [IHistogramResult, IHistogramResult],
  brush: Range | null
): IOverlay {
  const { range, bins, fine } = scale;
  const within = statistics.binsWithin(range, fine, brush);
  const inside = results.map(({ passed }) => statistics.only(passed, within));
  const totals = inside.map(statistics.total) as [number, number];
  const coarse = results.map(({ passed }) => statistics.joined(passed, bins)) as [Uint32Array, Uint32Array];
  const drawn = inside.map(counts => statistics.joined(counts, bins));
  const difference = statistics.difference(drawn[0], drawn[1], totals[0], totals[1]);
  return {
    axis,
    scale,
    counts: coarse,
    shares: coarse.map((counts, side) => statistics.shares(counts, totals[side])) as [
      Float64Array,
      Float64Array
    ],
    cumulative: inside.map((counts, side) =>
      statistics.cumulative(statistics.shares(counts, totals[side]))
    ) as [Float64Array, Float64Array],
    totals,
    medians: inside.map(counts => statistics.quantile(counts, range, 0.5)) as [number | null, number | null],
    difference,
    largest: statistics.largest(difference),
    kolmogorov: statistics.kolmogorov(inside[0], inside[1])
  };
}

/** The bounds of a drawn bin. */
export function binBounds({ range, bins }: IScale, bin: number): [number, number] {
  const step = (range[1] - range[0]) / bins;
  return [range[0] + bin * step, range[0] + (bin + 1) * step];
}
