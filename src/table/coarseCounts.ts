/**
 * Counts of all rows up to each place of a coarse grid over the tiles (a summed-area table): the counts of any
 * rectangle of the grid are sums of four of them. From there a jump of a brush has a short way to go.
 */

import { FULL, OUT, type ISlabStates, type Slabs } from './slabs';
import type { ITileOrder } from './tileOrder';
import type { ISelected } from './tileRuns';
import type { IGroup } from './brushIndex';

export class CoarseCounts {
  /**
   * @param axes - those that bound the counts; along the others the grid has one cell, rows without a value in it
   * @param snapshots - counts that may be kept, together
   * @param add - adds a run of rows, by place in the order, to the counts of the groups
   */
  constructor(
    order: ITileOrder,
    axes: number,
    private readonly _groups: readonly IGroup[],
    snapshots: number,
    add: (from: number, to: number) => void
  ) {
    const [x, y] = order.slabs;
    const each = axes === 3 ? Math.sqrt(snapshots) : snapshots;
    const cells = Math.max(2, Math.min(axes === 3 ? 16 : 128, Math.floor(each)));
    this._x = (axes & 1) !== 0 ? edgesOf(x, cells) : Uint16Array.of(0, order.nx);
    this._y = (axes & 2) !== 0 ? edgesOf(y, cells) : Uint16Array.of(0, order.ny);
    this._nx = order.nx;
    this._ny = order.ny;
    this.fill(order, add);
  }

  get bytes(): number {
    return this._sums.flat().reduce((total, { byteLength }) => total + byteLength, 0);
  }

  /** The empty selection. */
  get nothing(): ISelected {
    return { x: grown([], this._x, this._nx), y: grown([], this._y, this._ny) };
  }

  /** The selection of whole cells that is nearest to a selection. */
  near({ x, y }: ISelected): ISelected {
    return { x: nearest(x, this._x, this._nx), y: nearest(y, this._y, this._ny) };
  }

  /** Set the counts of the groups to those of a selection of whole cells. */
  restore({ x, y }: ISelected): void {
    const across = runsOf(x, this._x);
    const upward = runsOf(y, this._y);
    this._groups.forEach((group, g) => {
      group.views.forEach(({ counts }) => counts.fill(0));
      group.passed = 0;
      const take = (i: number, j: number, sign: number) => {
        if (i > 0 && j > 0) {
          const at = (j - 1) * (this._x.length - 1) + i - 1;
          group.passed += sign * this._passed[g][at];
          group.views.forEach(({ counts }, view) =>
            addTo(counts, this._sums[g][view], at * counts.length, sign)
          );
        }
      };
      for (const [i0, i1] of across) {
        for (const [j0, j1] of upward) {
          take(i1, j1, 1);
          take(i0, j1, -1);
          take(i1, j0, -1);
          take(i0, j0, 1);
        }
      }
    });
  }

  /** Count cell by cell. Each snapshot is its cell's counts, and those of the cells before it. */
  private fill({ nx, starts }: ITileOrder, add: (from: number, to: number) => void): void {
    const across = this._x.length - 1;
    const upward = this._y.length - 1;
    this._passed = this._groups.map(() => new Float64Array(across * upward));
    this._sums = this._groups.map(({ views }) =>
      views.map(({ counts }) => new Int32Array(across * upward * counts.length))
    );
    const clear = () =>
      this._groups.forEach(group => {
        group.views.forEach(({ counts }) => counts.fill(0));
        group.passed = 0;
      });
    for (let j = 0; j < upward; j++) {
      clear();
      for (let i = 0; i < across; i++) {
        // the counts run on along a row of cells; those below come from the snapshots
        for (let slab = this._y[j]; slab < this._y[j + 1]; slab++) {
          add(starts[slab * nx + this._x[i]], starts[slab * nx + this._x[i + 1]]);
        }
        const at = j * across + i;
        this._groups.forEach((group, g) => {
          this._passed[g][at] = group.passed + (j > 0 ? this._passed[g][at - across] : 0);
          group.views.forEach(({ counts }, view) => {
            const sums = this._sums[g][view];
            const own = sums.subarray(at * counts.length, (at + 1) * counts.length);
            own.set(counts);
            if (j > 0) {
              addTo(own, sums, (at - across) * counts.length, 1);
            }
          });
        });
      }
    }
    clear();
  }

  /** Slabs at which the cells of the grid begin, and the end of the last. */
  private readonly _x: Uint16Array;
  private readonly _y: Uint16Array;
  private readonly _nx: number;
  private readonly _ny: number;
  /** For each group, one number a place. */
  private _passed: Float64Array[] = [];
  /** For each group and view, its counts at one place after another. */
  private _sums: Int32Array[][] = [];
}

function addTo(counts: Int32Array, sums: Int32Array, at: number, sign: number): void {
  for (let i = 0; i < counts.length; i++) {
    counts[i] += sign * sums[at + i];
  }
}

/** Cut the slabs, but for that of missing values, in about as many parts of about as many rows. */
function edgesOf(slabs: Slabs, cells: number): Uint16Array {
  let total = 0;
  for (let slab = 0; slab < slabs.missing; slab++) {
    total += slabs.rows[slab];
  }
  if (total === 0) {
    return Uint16Array.of(0, slabs.missing);
  }
  const edges = [0];
  let rows = 0;
  for (let slab = 0; slab < slabs.missing; slab++) {
    rows += slabs.rows[slab];
    if (rows >= (edges.length * total) / cells && slab + 1 < slabs.missing) {
      edges.push(slab + 1);
    }
  }
  return Uint16Array.from([...edges, slabs.missing]);
}

/** States of the slabs where only these cells are selected. */
function grown(cells: readonly number[], edges: Uint16Array, count: number): ISlabStates {
  const state = new Uint8Array(count);
  cells.forEach(cell => state.fill(FULL, edges[cell], edges[cell + 1]));
  return { intervals: new Float64Array(0), state, from: NONE, to: NONE };
}

const NONE = new Float64Array(0);

/** Cells of which half is selected or more. */
function nearest(states: ISlabStates, edges: Uint16Array, count: number): ISlabStates {
  const cells: number[] = [];
  for (let cell = 0; cell + 1 < edges.length; cell++) {
    let selected = 0;
    for (let slab = edges[cell]; slab < edges[cell + 1]; slab++) {
      selected += states.state[slab] === OUT ? 0 : 1;
    }
    if (2 * selected > edges[cell + 1] - edges[cell]) {
      cells.push(cell);
    }
  }
  return grown(cells, edges, count);
}

/** Cells selected side by side: the first, and the one after the last. */
function runsOf({ state }: ISlabStates, edges: Uint16Array): [number, number][] {
  const runs: [number, number][] = [];
  for (let cell = 0; cell + 1 < edges.length; cell++) {
    if (state[edges[cell]] === FULL) {
      const last = runs[runs.length - 1];
      if (last !== undefined && last[1] === cell) {
        last[1] = cell + 1;
      } else {
        runs.push([cell, cell + 1]);
      }
    }
  }
  return runs;
}
