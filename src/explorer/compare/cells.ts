/** Two densities in the same cells: shares, and their difference. */

import type { IDensityResult } from '../../table/requests';
import type { Range } from '../../table/selection';
import type { Rgb } from '../../ui/palette';
import type { CellColour } from '../../ui/plots/Difference';
import * as statistics from './statistics';

/** Rows that a cell of the difference has on average, of the smaller sample: fewer tell nothing. */
const ENOUGH = 12;
const MOST_JOINED = 4;

/** Cells joined, some by some, for the difference: it needs more rows a cell than a density does. */
export interface IJoinedCells {
  readonly factor: number;
  readonly nx: number;
  readonly ny: number;
  readonly shares: readonly [Float64Array, Float64Array];
  readonly difference: statistics.IDifference;
}

export interface ICellPair {
  readonly results: readonly [IDensityResult, IDensityResult];
  /** Parts of the rows inside the brushes on these axes; of all rows drawn, where there are none. */
  readonly shares: readonly [Float64Array, Float64Array];
  readonly totals: readonly [number, number];
  readonly joined: IJoinedCells;
  /** The smallest and the largest share of a cell: the scale of both. */
  readonly least: number;
  readonly most: number;
}

export function cellPair(
  results: readonly [IDensityResult, IDensityResult],
  x: Range | null,
  y: Range | null
): ICellPair {
  const { nx, ny, xRange, yRange } = results[0];
  const columns = statistics.binsWithin(xRange, nx, x);
  const rows = statistics.binsWithin(yRange, ny, y);
  const inside = results.map(({ passed }) => {
    const kept = new Float64Array(passed.length);
    for (let j = rows[0]; j < rows[1]; j++) {
      for (let i = columns[0]; i < columns[1]; i++) {
        kept[j * nx + i] = passed[j * nx + i];
      }
    }
    return kept;
  });
  const totals = inside.map(statistics.total) as [number, number];
  const shares = results.map(({ passed }, side) => statistics.shares(passed, totals[side])) as [
    Float64Array,
    Float64Array
  ];
  let most = 0;
  shares.forEach(parts => parts.forEach(part => (most = Math.max(most, part))));
  return {
    results,
    shares,
    totals,
    joined: join(inside, totals, nx, ny, factorFor(results)),
    least: Math.min(...totals.map(count => (count === 0 ? 1 : 1 / count))),
    most
  };
}

/** How many cells to join in each direction. Brushes do not change it, so that the cells stay while one moves. */
function factorFor(results: readonly IDensityResult[]): number {
  const fewest = results.reduce((least, result) => (result.total < least.total ? result : least));
  const filled = fewest.passed.reduce((count, rows) => count + (rows > 0 ? 1 : 0), 0);
  return filled === 0
    ? 1
    : Math.max(1, Math.min(MOST_JOINED, Math.ceil(Math.sqrt((ENOUGH * filled) / fewest.total))));
}

function join(
  counts: readonly Float64Array[],
  totals: readonly [number, number],
  fineX: number,
  fineY: number,
  factor: number
): IJoinedCells {
  const [nx, ny] = [Math.ceil(fineX / factor), Math.ceil(fineY / factor)];
  const [a, b] = counts.map(fine => {
    const sums = new Float64Array(nx * ny);
    fine.forEach((count, cell) => (sums[joinedCell(cell, fineX, factor)] += count));
    return sums;
  });
  return {
    factor,
    nx,
    ny,
    shares: [statistics.shares(a, totals[0]), statistics.shares(b, totals[1])],
    difference: statistics.difference(a, b, totals[0], totals[1])
  };
}

/** The joined cell that a cell is a part of. */
export function joinedCell(cell: number, fineX: number, factor: number): number {
  const [i, j] = [cell % fineX, Math.floor(cell / fineX)];
  return Math.floor(j / factor) * Math.ceil(fineX / factor) + Math.floor(i / factor);
}

/** A cell's share on a logarithmic scale; a single row is seen, whatever the densest cell holds. */
export function shareColour(
  parts: Float64Array,
  least: number,
  most: number,
  ramp: readonly Rgb[]
): CellColour {
  const span = Math.log(Math.max(most, least * 1.0001) / least);
  return cell => {
    if (parts[cell] === 0) {
      return null;
    }
    const place = Math.max(0, Math.min(1, Math.log(parts[cell] / least) / span));
    return [...ramp[Math.round(place * (ramp.length - 1))], 255];
  };
}

/** A cell's difference on a scale that is the same to both sides; pale where counting alone explains it. */
export function differenceColour(found: statistics.IDifference, ramp: readonly Rgb[]): CellColour {
  const { value, sure, most } = found;
  const middle = (ramp.length - 1) / 2;
  return cell => {
    if (value[cell] === 0 && sure[cell] === 0) {
      return null;
    }
    const part = most === 0 ? 0 : Math.max(-1, Math.min(1, value[cell] / most));
    // the root lets small differences be seen beside the largest
    const place = middle + Math.sign(part) * Math.sqrt(Math.abs(part)) * middle;
    return [...ramp[Math.round(place)], sure[cell] === 1 ? 255 : PALE];
  };
}

/** How much of a cell's colour is left where its difference can't be told from none. */
export const PALE = 70;
