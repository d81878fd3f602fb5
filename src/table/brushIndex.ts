/**
 * Counts of linked views under a moving brush. The rows are ordered by the brush's axes, thus a move only adds and takes
 * away the rows between the old and the new bounds. A jump starts from counts kept for a coarse grid instead. The
 * counts are those of a plain scan.
 */

import { CHUNK } from '../expr';
import { CoarseCounts } from './coarseCounts';
import { keepInside, type Intervals } from './intervals';
import { FULL, OUT, PART, type ISlabStates } from './slabs';
import { passingList, passingRun, tallyList, tallyRun, type Cells, type Fails } from './tally';
import type { ITileOrder } from './tileOrder';
import { TileRuns, type ISelected } from './tileRuns';

/** A view that is counted by the index; its cells stand in the order of the tiles. */
export interface IIndexedView {
  readonly key: string;
  readonly cell: Cells;
  readonly cells: number;
  /** Terms that apply to it, those of the index's axes left out. */
  readonly bits: number;
  /** Which of the index's axes it is filtered by: bit 0 for the first, bit 1 for the second. */
  readonly axes: number;
}

/** Views that are filtered alike, and how many rows pass their filters. */
export interface IGroup {
  readonly bits: number;
  readonly views: { readonly key: string; readonly cell: Cells; readonly counts: Int32Array }[];
  passed: number;
}

/** Groups filtered by the same axes, and the selection for which their counts hold. */
interface IClass {
  readonly axes: number;
  readonly groups: IGroup[];
  readonly coarse: CoarseCounts;
  selected: ISelected;
}

export class BrushIndex {
  /**
   * @param bits - all terms but those of the index's axes
   * @param most - bytes that the counts of the coarse grid may take
   */
  constructor(
    private readonly _order: ITileOrder,
    private readonly _fails: Fails,
    views: readonly IIndexedView[],
    bits: number,
    most: number
  ) {
    const { slabs } = _order;
    this._free = {
      x: slabs[0].states(null),
      y: slabs[1]?.states(null) ?? ALL
    };
    const every = slabs.length === 1 ? 1 : 3;
    const cells = views.reduce((sum, view) => sum + view.cells, 0);
    const snapshots = most / (4 * Math.max(1, cells));
    for (const axes of slabs.length === 1 ? [1] : [1, 2, 3]) {
      const groups = new Map<number, IGroup>();
      const group = (own: number) => {
        const made = groups.get(own) ?? { bits: own, views: [], passed: 0 };
        groups.set(own, made);
        return made;
      };
      if (axes === every) {
        this._total = group(bits);
      }
      for (const view of views.filter(each => each.axes === axes)) {
        const own = { key: view.key, cell: view.cell, counts: new Int32Array(view.cells) };
        group(view.bits).views.push(own);
        this._counts.set(view.key, own.counts);
      }
      if (groups.size > 0) {
        const list = [...groups.values()];
        const add = (from: number, to: number) => list.forEach(each => this.addRun(each, from, to, 1));
        const coarse = new CoarseCounts(_order, axes, list, snapshots, add);
        this._classes.push({ axes, groups: list, coarse, selected: coarse.nothing });
      }
    }
  }

  get bytes(): number {
    const counts = [...this._counts.values()].reduce((sum, each) => sum + each.byteLength, 0);
    return counts + this._classes.reduce((sum, { coarse }) => sum + coarse.bytes, 0);
  }

  /** Rows that pass every term. */
  get passed(): number {
    return this._total.passed;
  }

  /** The counts of a view, valid until the next move. */
  counts(key: string): Int32Array | undefined {
    return this._counts.get(key);
  }

  /** Count for these bounds of the axes; null for none. */
  move(bounds: readonly (Intervals | null)[]): void {
    const { slabs } = this._order;
    const x = slabs[0].states(bounds[0]);
    const y = slabs[1]?.states(bounds[1]) ?? ALL;
    for (const each of this._classes) {
      const target: ISelected = {
        x: (each.axes & 1) !== 0 ? x : this._free.x,
        y: (each.axes & 2) !== 0 ? y : this._free.y
      };
      // from where it stands, or from the next place on the coarse grid: whichever has less to count
      const near = each.coarse.near(target);
      const direct = this._runs.find(this._order, each.selected, target);
      const around = direct < 1024 ? Infinity : this._others.find(this._order, near, target);
      if (around < direct) {
        each.coarse.restore(near);
        this.apply(each, near, target, this._others);
      } else {
        this.apply(each, each.selected, target, this._runs);
      }
      each.selected = target;
    }
  }

  private apply(own: IClass, was: ISelected, is: ISelected, { runs, length }: TileRuns): void {
    for (let i = 0; i < length; i += 3) {
      const [from, to] = [runs[i], runs[i + 1]];
      const before = Math.floor(runs[i + 2] / 3);
      const after = runs[i + 2] % 3;
      if (before !== PART && after !== PART) {
        own.groups.forEach(group => this.addRun(group, from, to, after === FULL ? 1 : -1));
      } else {
        for (let start = from; start < to; start += CHUNK) {
          this.check(own, was, is, before, after, start, Math.min(to, start + CHUNK));
        }
      }
    }
  }

  /** Rows of tiles that are selected in part: each by its own numbers. */
  private check(
    own: IClass,
    was: ISelected,
    is: ISelected,
    before: number,
    after: number,
    from: number,
    to: number
  ): void {
    const { _old: old, _now: now, _entering: entering, _leaving: leaving } = this;
    const count = to - from;
    old.fill(before === OUT ? 0 : 1, 0, count);
    now.fill(after === OUT ? 0 : 1, 0, count);
    this._order.numbers.forEach((numbers, axis) => {
      if ((own.axes & (1 << axis)) !== 0) {
        const [former, next] = axis === 0 ? [was.x, is.x] : [was.y, is.y];
        numbers.gather(this._order.rows, from, to, this._values);
        if (before === PART) {
          keepInside(former.intervals, this._values, count, old);
        }
        if (after === PART) {
          keepInside(next.intervals, this._values, count, now);
        }
      }
    });
    let [enter, leave] = [0, 0];
    // without a branch, since at the end of a brush one is as likely as the other
    for (let i = 0; i < count; i++) {
      entering[enter] = leaving[leave] = from + i;
      enter += now[i] & (old[i] ^ 1);
      leave += old[i] & (now[i] ^ 1);
    }
    for (const group of own.groups) {
      this.addList(group, entering, enter, 1);
      this.addList(group, leaving, leave, -1);
    }
  }

  private addRun(group: IGroup, from: number, to: number, sign: number): void {
    if (group.bits !== 0) {
      for (let start = from; start < to; start += CHUNK) {
        const end = Math.min(to, start + CHUNK);
        this.addPassing(group, passingRun(this._fails, group.bits, start, end, this._passing), sign);
      }
      return;
    }
    group.passed += sign * (to - from);
    for (const { counts, cell } of group.views) {
      tallyRun(counts, cell, from, to, sign);
    }
  }

  private addList(group: IGroup, places: Uint32Array, length: number, sign: number): void {
    if (group.bits !== 0) {
      this.addPassing(group, passingList(this._fails, group.bits, places, length, this._passing), sign);
      return;
    }
    group.passed += sign * length;
    for (const { counts, cell } of group.views) {
      tallyList(counts, cell, places, length, sign);
    }
  }

  private addPassing(group: IGroup, length: number, sign: number): void {
    group.passed += sign * length;
    for (const { counts, cell } of group.views) {
      tallyList(counts, cell, this._passing, length, sign);
    }
  }

  private readonly _free: ISelected;
  private readonly _classes: IClass[] = [];
  private readonly _counts = new Map<string, Int32Array>();
  private _total!: IGroup;
  private readonly _runs = new TileRuns();
  private readonly _others = new TileRuns();
  private readonly _values = new Float64Array(CHUNK);
  private readonly _old = new Uint8Array(CHUNK);
  private readonly _now = new Uint8Array(CHUNK);
  private readonly _entering = new Uint32Array(CHUNK + 1);
  private readonly _leaving = new Uint32Array(CHUNK + 1);
  private readonly _passing = new Uint32Array(CHUNK + 1);
}

/** The second axis where there is none: one slab that is always selected. */
const ALL: ISlabStates = {
  intervals: null,
  state: Uint8Array.of(FULL),
  from: new Float64Array(1),
  to: new Float64Array(1)
};
