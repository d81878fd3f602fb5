/**
 * Counts of all rows on their way to where they are kept for the next time, and back. What comes back is believed only
 * if it says of every row of the table where it is.
 */

import type { Value } from '../expr';
import type { ViewRequest, ViewResult } from './requests';
import type { IKeptCounts } from './source';
import { sum } from './tally';

/** What the counts of a table are, apart from its rows: change it when views are counted in another way. */
const WAY = 1;

/** Says how counts were made; what another version of the program made isn't taken. */
export function madeBy(version: string): string {
  return `counts ${WAY}, pz-tsm ${version}`;
}

/** A category as JSON has it: whole numbers of 64 bits as text. */
type KeptValue = string | number | boolean | null | { readonly int: string };

type Plain = { readonly [key: string]: unknown };

/** Counts to be kept, of requests with all rows; what can't be written exactly is left out. */
export function keptCounts(
  made: string,
  rows: number,
  views: readonly (readonly [ViewRequest, ViewResult])[]
): IKeptCounts {
  const kept = views.flatMap(([request, result]) => {
    const plain = plainOf(result);
    return plain === null ? [] : [{ request: JSON.stringify(request), result: plain }];
  });
  return { made, rows, views: kept };
}

/** The counts that were kept, by the text of their request; none where anything else is found than was written. */
export function readCounts(kept: IKeptCounts, made: string, rows: number): Map<string, ViewResult> {
  const found = new Map<string, ViewResult>();
  if (kept.made !== made || kept.rows !== rows) {
    return found;
  }
  for (const { request, result } of kept.views) {
    try {
      const asked = JSON.parse(request) as ViewRequest;
      const view = resultOf(result, rows);
      if (view !== null && isAnswer(asked, view)) {
        found.set(request, view);
      }
    } catch {
      // as if it had not been kept
    }
  }
  return found;
}

/** Whether two results say the same. */
export function sameCounts(a: ViewResult, b: ViewResult): boolean {
  if (a === b) {
    return true;
  }
  const plain = plainOf(a);
  return plain !== null && JSON.stringify(plain) === JSON.stringify(plainOf(b));
}

function plainOf(result: ViewResult): Plain | null {
  switch (result.kind) {
    case 'histogram': {
      const { kind, column, range, bins, whole, missing, outside } = result;
      const groups = valuesOf(result.groups);
      const counts = { all: Array.from(result.all), grouped: Array.from(result.grouped) };
      return groups && { kind, column, range, bins, whole, groups, missing, outside, ...counts };
    }
    case 'density': {
      const { kind, x, y, xRange, yRange, nx, ny, missing, outside } = result;
      return { kind, x, y, xRange, yRange, nx, ny, missing, outside, all: Array.from(result.all) };
    }
    case 'sky': {
      const { kind, ra, dec, frame, nx, ny, missing, outside, points } = result;
      return points === null
        ? { kind, ra, dec, frame, nx, ny, missing, outside, all: Array.from(result.all) }
        : null;
    }
    case 'categories': {
      const { kind, column, others, othersAll } = result;
      const values = valuesOf(result.values);
      return values && { kind, column, values, others, othersAll, all: Array.from(result.all) };
    }
  }
}

function valuesOf(values: readonly Value[]): KeptValue[] | null {
  const plain = values.map(value => (typeof value === 'bigint' ? { int: String(value) } : value));
  // JSON has no infinite numbers
  return plain.some(value => typeof value === 'number' && !Number.isFinite(value)) ? null : plain;
}

/** A result with all rows passing, or null where it isn't one of a table with so many rows. */
function resultOf(plain: Plain, rows: number): ViewResult | null {
  const all = countsOf(plain.all);
  const missing = countOf(plain.missing ?? 0);
  const outside = countOf(plain.outside ?? 0);
  const total = sum(all);
  // the same array for both: nobody writes into them
  const both = { all, passed: all };
  switch (plain.kind) {
    case 'histogram': {
      const { bins, whole } = plain;
      const groups = categories(plain.groups);
      const grouped = countsOf(plain.grouped);
      const fits = all.length === bins && grouped.length === groups.length * all.length;
      return fits && total + missing + outside === rows && sum(grouped) <= total
        ? {
            kind: 'histogram',
            column: text(plain.column),
            range: range(plain.range),
            bins: all.length,
            whole: whole === true,
            ...both,
            groups,
            grouped,
            missing,
            outside,
            total
          }
        : null;
    }
    case 'density':
    case 'sky': {
      const [nx, ny] = [countOf(plain.nx), countOf(plain.ny)];
      if (all.length !== nx * ny || total + missing + outside !== rows) {
        return null;
      }
      const shown = { nx, ny, ...both, missing, outside, total };
      if (plain.kind === 'density') {
        const [xRange, yRange] = [range(plain.xRange), range(plain.yRange)];
        return { kind: 'density', x: text(plain.x), y: text(plain.y), xRange, yRange, ...shown };
      }
      const { kind, ra, dec, x, y } = plain.frame as Plain;
      const frame = {
        kind: kind === 'all' ? ('all' as const) : ('field' as const),
        ra: number(ra),
        dec: number(dec),
        x: range(x),
        y: range(y)
      };
      return { kind: 'sky', ra: text(plain.ra), dec: text(plain.dec), frame, ...shown, points: null };
    }
    case 'categories': {
      const values = categories(plain.values);
      const [others, othersAll] = [countOf(plain.others), countOf(plain.othersAll)];
      return values.length === all.length && total + othersAll === rows
        ? {
            kind: 'categories',
            column: text(plain.column),
            values,
            ...both,
            others,
            othersAll,
            othersPassed: othersAll
          }
        : null;
    }
    default:
      return null;
  }
}

/** Whether a result is of what was asked, as far as it says. */
function isAnswer(asked: ViewRequest, view: ViewResult): boolean {
  switch (asked.kind) {
    case 'density':
      return view.kind === 'density' && view.x === asked.x && view.y === asked.y;
    case 'sky':
      return view.kind === 'sky' && view.ra === asked.ra && view.dec === asked.dec;
    default:
      return view.kind === asked.kind && view.column === asked.column;
  }
}

function countsOf(given: unknown): Uint32Array {
  return Uint32Array.from(given as unknown[], countOf);
}

function countOf(given: unknown): number {
  if (typeof given !== 'number' || !Number.isInteger(given) || given < 0 || given >= 2 ** 32) {
    throw new Error('no count');
  }
  return given;
}

function number(given: unknown): number {
  if (typeof given !== 'number') {
    throw new Error('no number');
  }
  return given;
}

function text(given: unknown): string {
  if (typeof given !== 'string') {
    throw new Error('no text');
  }
  return given;
}

function range(given: unknown): [number, number] {
  const [low, high] = given as unknown[];
  if (!(number(low) < number(high))) {
    throw new Error('no range');
  }
  return [number(low), number(high)];
}

function categories(given: unknown): Value[] {
  return (given as unknown[]).map(value => {
    if (value !== null && typeof value === 'object') {
      return BigInt(text((value as Plain).int));
    }
    if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) {
      return value as Value;
    }
    throw new Error('no value');
  });
}
