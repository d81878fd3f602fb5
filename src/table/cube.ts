/**
 * The counts behind a brush that the hand moves, for every place at which it can stop: bins, made by the worker, from
 * which the page answers at once. A brush has to be followed within the event that moves it, since the worker's answer
 * is taken up only when the page has drawn its next frame.
 *
 * Counts are kept for all rows below the places of a grid (a summed-area table): those of a rectangle are sums of four.
 * Over one axis the grid has all stops. Over two it is coarser, and the cells of the rows, tile by tile, fill in what
 * lies between the grid and the stops.
 */

import type { Intervals } from './intervals';
import { refined } from './refine';
import type { IUpdate, IUpdateResult, ViewResult } from './requests';
import { covered, type IStopped } from './stops';
import type { Cells } from './tally';

export interface ICubeView {
  readonly id: string;
  /** Cells of the view, and those of them in which there are rows. */
  readonly cells: number;
  readonly used: Uint16Array;
  /** Counts of the used cells at the places of the grid, one place after another, from low y, each from low x. */
  readonly sums: Int32Array;
  /** The place among the used cells of each row, tile by tile; one more for rows that other terms leave out. */
  readonly cell: Cells | null;
  /** Of categories, the cells that the view shows. */
  readonly shown: Uint32Array | null;
}

/** Views that are filtered by the same axes: by the first (1), the second (2) or both (3). */
export interface ICubeClass {
  readonly axes: number;
  /** Slabs at which the cells of the grid begin, and the end of the last. */
  readonly x: Uint16Array;
  readonly y: Uint16Array;
  readonly views: readonly ICubeView[];
}

export interface ICubeData {
  readonly axes: readonly IStopped[];
  readonly classes: readonly ICubeClass[];
  /** Where each tile starts among the rows, `j` after `j`, and the end of the last; null where the grids do without. */
  readonly starts: Uint32Array | null;
  /** The counts of this view are together the rows that pass. */
  readonly total: string;
}

/** The buffers of a cube: they move from the worker to the page. */
export function buffersOf({ classes, starts }: ICubeData): ArrayBuffer[] {
  const arrays = classes.flatMap(({ views }) =>
    views.flatMap(({ used, sums, cell, shown }) => [used, sums, cell, shown])
  );
  return [...arrays, starts].flatMap(array => (array === null ? [] : [array.buffer as ArrayBuffer]));
}

type Span = readonly [number, number];

export class Cube {
  constructor(private readonly _data: ICubeData) {
    const [x, y] = _data.axes;
    this._nx = x.before[x.before.length - 1];
    this._ny = y === undefined ? 1 : y.before[y.before.length - 1];
  }

  /**
   * The answer for other bounds of the brush; null where they are at no stops, or rows have to be looked at.
   *
   * @param bounds - closed intervals for each axis, null for none
   * @param requests - of the views
   * @param base - an answer to these, for any bounds of the brush and all else alike
   */
  answer(
    bounds: readonly (Intervals | null)[],
    requests: IUpdate['views'],
    base: IUpdateResult
  ): IUpdateResult | null {
    const start = performance.now();
    const spans = this._data.axes.map((axis, i) => covered(axis, bounds[i]));
    if (spans.includes(null)) {
      return null;
    }
    const views: { [id: string]: ViewResult } = { ...base.views };
    let { passed } = base;
    for (const own of this._data.classes) {
      const x: Span = (own.axes & 1) !== 0 ? spans[0]! : [0, this._nx];
      const y: Span = (own.axes & 2) !== 0 ? spans[1]! : [0, this._ny];
      this.count(own, x, y);
      for (const { id, shown } of own.views) {
        const { counts, rows } = this._found.get(id)!;
        if (id === this._data.total) {
          passed = rows;
        }
        if (base.views[id] === undefined) {
          continue;
        }
        const view = refined(base.views[id], requests[id], counts, shown, rows);
        if (view === null) {
          return null;
        }
        views[id] = view;
      }
    }
    return { rows: base.rows, passed, views, took: performance.now() - start };
  }

  private count(own: ICubeClass, x: Span, y: Span): void {
    const [i0, i1] = cellsOf(own.x, x);
    const [j0, j1] = cellsOf(own.y, y);
    const runs = this.runs(x, [own.x[i0], own.x[i1]], y, [own.y[j0], own.y[j1]]);
    const across = own.x.length - 1;
    for (const view of own.views) {
      const { used, sums, cell } = view;
      const width = used.length;
      const counts = this.room(width + 1);
      for (const [i, j, sign] of [
        [i1, j1, 1],
        [i0, j1, -1],
        [i1, j0, -1],
        [i0, j0, 1]
      ]) {
        if (i > 0 && j > 0) {
          const at = ((j - 1) * across + i - 1) * width;
          for (let k = 0; k < width; k++) {
            counts[k] += sign * sums[at + k];
          }
        }
      }
      for (let run = 0; run < runs.length; run += 3) {
        const to = runs[run + 1];
        const sign = runs[run + 2];
        for (let place = runs[run]; place < to; place++) {
          counts[cell![place]] += sign;
        }
      }
      let found = this._found.get(view.id);
      if (found === undefined) {
        this._found.set(view.id, (found = { counts: new Int32Array(view.cells), rows: 0 }));
      }
      let rows = 0;
      for (let k = 0; k < width; k++) {
        found.counts[used[k]] = counts[k];
        rows += counts[k];
      }
      found.rows = rows;
    }
  }

  /** The rows between a part of the grid and the slabs that are wanted: from, to and a sign for each run. */
  private runs(x: Span, gridX: Span, y: Span, gridY: Span): number[] {
    const { starts } = this._data;
    const runs: number[] = [];
    if (starts === null) {
      return runs;
    }
    const add = (row: number, from: number, to: number, sign: number) => {
      const [start, end] = [starts[row * this._nx + from], starts[row * this._nx + to]];
      if (end > start) {
        runs.push(start, end, sign);
      }
    };
    // x times y is grid times grid, grid times the rest of y, and the rest of x times y
    for (const [from, to, sign] of rest(gridY, y)) {
      for (let row = from; row < to; row++) {
        add(row, gridX[0], gridX[1], sign);
      }
    }
    for (const [from, to, sign] of rest(gridX, x)) {
      for (let row = y[0]; row < y[1]; row++) {
        add(row, from, to, sign);
      }
    }
    return runs;
  }

  private room(length: number): Int32Array {
    if (this._counts.length < length) {
      this._counts = new Int32Array(length);
    }
    return this._counts.fill(0, 0, length);
  }

  private readonly _nx: number;
  private readonly _ny: number;
  private _counts = new Int32Array(0);
  /** The last counts of each view by cell, and together. */
  private readonly _found = new Map<string, { readonly counts: Int32Array; rows: number }>();
}

/** The cells of a grid whose edges are nearest to a span of slabs. */
function cellsOf(edges: Uint16Array, [from, to]: Span): [number, number] {
  const first = nearest(edges, from);
  return from < to ? [first, Math.max(first, nearest(edges, to))] : [first, first];
}

function nearest(edges: Uint16Array, slab: number): number {
  let [low, high] = [0, edges.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (edges[middle] <= slab) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return slab - edges[low] <= edges[high] - slab ? low : high;
}

/** What has to be added to one span, or taken away, to get another. */
function rest([from, to]: Span, [wantedFrom, wantedTo]: Span): [number, number, number][] {
  if (from === to) {
    return wantedFrom < wantedTo ? [[wantedFrom, wantedTo, 1]] : [];
  }
  const parts: [number, number, number][] = [];
  if (wantedFrom !== from) {
    parts.push([Math.min(from, wantedFrom), Math.max(from, wantedFrom), wantedFrom < from ? 1 : -1]);
  }
  if (wantedTo !== to) {
    parts.push([Math.min(to, wantedTo), Math.max(to, wantedTo), wantedTo > to ? 1 : -1]);
  }
  return parts;
}
