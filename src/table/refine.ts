/** A view's answer for other counts of the same cells: what changes in it under a brush. */

import type { ViewRequest, ViewResult } from './requests';
import { sum } from './tally';

/**
 * @param base - an answer to the same request
 * @param counts - rows that pass, by cell, as the worker numbers the cells of this kind of view
 * @param shown - of categories, the cells that the view shows
 * @param rows - the rows of all cells together
 * @returns null where the rows have to be looked at one by one
 */
export function refined(
  base: ViewResult,
  request: ViewRequest,
  counts: Int32Array,
  shown: Uint32Array | null,
  rows: number
): ViewResult | null {
  switch (base.kind) {
    case 'histogram': {
      const { bins, groups } = base;
      if (groups.length === 0) {
        return { ...base, ...inside(counts, bins, rows) };
      }
      const width = bins + 2;
      const grouped = new Uint32Array(bins * groups.length);
      for (let group = 0; group < groups.length; group++) {
        grouped.set(counts.subarray(group * width, group * width + bins), group * bins);
      }
      const passed = new Uint32Array(bins);
      for (let from = 0; from < counts.length; from += width) {
        for (let bin = 0; bin < bins; bin++) {
          passed[bin] += counts[from + bin];
        }
      }
      return { ...base, passed, grouped, total: sum(passed) };
    }
    case 'density': {
      return { ...base, ...inside(counts, base.nx * base.ny, rows) };
    }
    case 'sky': {
      const own = inside(counts, base.nx * base.ny, rows);
      const most = request.kind === 'sky' ? (request.points ?? -1) : -1;
      return own.total <= most ? null : { ...base, ...own, points: null };
    }
    case 'categories': {
      const passed = Uint32Array.from(shown!, cell => counts[cell]);
      return { ...base, passed, othersPassed: rows - sum(passed) };
    }
  }
}

/** The counts of the bins; after them are those of rows without a value, and of rows beyond the bounds. */
function inside(counts: Int32Array, bins: number, rows: number): { passed: Uint32Array; total: number } {
  const passed = new Uint32Array(bins);
  passed.set(counts.subarray(0, bins));
  return { passed, total: rows - counts[bins] - counts[bins + 1] };
}
