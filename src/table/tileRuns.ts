/** Which tiles change between two selections, as runs of rows: what a moved brush has to look at. */

import { isSame, OUT, PART, type ISlabStates } from './slabs';
import type { ITileOrder } from './tileOrder';

/** A selection: the states of the slabs of each of the two axes. */
export interface ISelected {
  readonly x: ISlabStates;
  readonly y: ISlabStates;
}

/** Runs of rows in the order, three numbers each: where it starts and ends, and `was * 3 + is` of its tiles. */
export class TileRuns {
  /** Find the runs; gives how many rows they have together. */
  find(order: ITileOrder, was: ISelected, is: ISelected): number {
    const { nx, ny, starts } = order;
    const sameX = new Uint8Array(nx);
    const changed = new Uint16Array(nx);
    let changes = 0;
    for (let i = 0; i < nx; i++) {
      sameX[i] = isSame(was.x, is.x, i) ? 1 : 0;
      changed[changes] = i;
      changes += 1 - sameX[i];
    }
    this.length = 0;
    let rows = 0;
    for (let j = 0; j < ny; j++) {
      const [wasY, isY] = [was.y.state[j], is.y.state[j]];
      if (wasY === OUT && isY === OUT) {
        continue;
      }
      const sameY = isSame(was.y, is.y, j);
      // most rows of tiles have only a few that can have changed
      const tiles = sameY ? changes : nx;
      let open = -1;
      let end = 0;
      for (let k = 0; k < tiles; k++) {
        const i = sameY ? changed[k] : k;
        const before = joint(was.x.state[i], wasY);
        const after = joint(is.x.state[i], isY);
        const same = before === after && (before !== PART || (sameY && sameX[i] === 1));
        const kind = same ? -1 : before * 3 + after;
        const start = starts[j * nx + i];
        if (kind !== open || start !== end) {
          if (open >= 0) {
            rows += this.close(end);
          }
          if (kind >= 0) {
            this.start(start, kind);
          }
          open = kind;
        }
        end = starts[j * nx + i + 1];
      }
      if (open >= 0) {
        rows += this.close(end);
      }
    }
    return rows;
  }

  runs = new Uint32Array(3 * 1024);
  /** Numbers in use. */
  length = 0;

  private start(at: number, kind: number): void {
    if (this.length + 3 > this.runs.length) {
      const larger = new Uint32Array(2 * this.runs.length);
      larger.set(this.runs);
      this.runs = larger;
    }
    this.runs[this.length] = at;
    this.runs[this.length + 2] = kind;
    this.length += 3;
  }

  private close(at: number): number {
    const rows = at - this.runs[this.length - 3];
    if (rows === 0) {
      this.length -= 3;
    } else {
      this.runs[this.length - 2] = at;
    }
    return rows;
  }
}

/** The state of a tile, of those of its slabs: out where one is, full where both are. */
function joint(x: number, y: number): number {
  return x === 0 || y === 0 ? 0 : x > y ? x : y;
}
