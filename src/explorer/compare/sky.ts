/** Two samples on the sky: where each is, and where both are. */

import type { ISkyResult } from '../../table/requests';
import type { Rgba, CellColour } from '../../ui/plots/Difference';
import { mixed, rgbOf } from '../../ui/plots/shareRamps';

export interface ICover {
  /** Cells with rows of A only, of both, of B only. */
  readonly onlyA: number;
  readonly both: number;
  readonly onlyB: number;
  /** Area of a cell in square degrees: the projection is equal-area. */
  readonly area: number;
  /** Width of a cell in degrees. */
  readonly width: number;
}

export function coverOf(results: readonly [ISkyResult, ISkyResult]): ICover {
  const [a, b] = results;
  const found = { onlyA: 0, both: 0, onlyB: 0 };
  for (let i = 0; i < a.passed.length; i++) {
    if (a.passed[i] > 0) {
      found[b.passed[i] > 0 ? 'both' : 'onlyA'] += 1;
    } else if (b.passed[i] > 0) {
      found.onlyB += 1;
    }
  }
  const width = (a.frame.x[1] - a.frame.x[0]) / a.nx;
  const height = (a.frame.y[1] - a.frame.y[0]) / a.ny;
  return { ...found, area: width * height, width };
}

/** The colour of what both have. */
export function bothColour(
  colours: readonly [string, string],
  dark: boolean
): readonly [number, number, number] {
  const middle = mixed(rgbOf(colours[0]), rgbOf(colours[1]), 0.5);
  return mixed(middle, dark ? [255, 255, 255] : [0, 0, 0], 0.5);
}

export function coverColour(
  results: readonly [ISkyResult, ISkyResult],
  colours: readonly [string, string],
  dark: boolean
): CellColour {
  const opaque = (rgb: readonly number[]) => [...rgb, 255] as unknown as Rgba;
  const [a, b, both] = [
    opaque(rgbOf(colours[0])),
    opaque(rgbOf(colours[1])),
    opaque(bothColour(colours, dark))
  ];
  const [inA, inB] = results.map(({ passed }) => passed);
  return cell => (inA[cell] > 0 ? (inB[cell] > 0 ? both : a) : inB[cell] > 0 ? b : null);
}
