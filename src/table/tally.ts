/** Counting rows in cells: the innermost loops of the plots. */

/** The cell of each row of a view: one byte where it has few cells. */
export type Cells = Uint8Array | Uint16Array;
/** Bits a row: one for each term, or group of terms, that the row fails. */
export type Fails = Uint8Array | Uint16Array;

/** All rows by cell. */
export function tallyAll(cell: Cells, cells: number): Int32Array {
  // neighbours often share a cell, and an addition waits for the one before to the same place: they take turns
  const counts = new Int32Array(cells);
  const others = new Int32Array(cells);
  const even = cell.length - (cell.length & 1);
  for (let row = 0; row < even; row += 2) {
    counts[cell[row]] += 1;
    others[cell[row + 1]] += 1;
  }
  if (even < cell.length) {
    counts[cell[even]] += 1;
  }
  for (let own = 0; own < cells; own++) {
    counts[own] += others[own];
  }
  return counts;
}

/**
 * Rows with none of the bits set, by cell.
 *
 * Without a branch: whether a row passes is as good as random, and a wrong guess costs more than an addition of 0.
 */
export function tallyPassing(fails: Fails, bits: number, cell: Cells, cells: number): Int32Array {
  const counts = new Int32Array(cells);
  for (let row = 0; row < cell.length; row++) {
    counts[cell[row]] += 1 - (((fails[row] & bits) + 0xffff) >>> 16);
  }
  return counts;
}

/** Add the rows at the places `from` up to `to` to the counts, or with sign -1 take them away. */
export function tallyRun(counts: Int32Array, cell: Cells, from: number, to: number, sign: number): void {
  for (let place = from; place < to; place++) {
    counts[cell[place]] += sign;
  }
}

/** The same of rows at the places of a list. */
export function tallyList(
  counts: Int32Array,
  cell: Cells,
  places: Uint32Array,
  length: number,
  sign: number
): void {
  for (let i = 0; i < length; i++) {
    counts[cell[places[i]]] += sign;
  }
}

/** List the places, `from` up to `to`, of rows with none of the bits set; gives how many. */
export function passingRun(fails: Fails, bits: number, from: number, to: number, out: Uint32Array): number {
  let kept = 0;
  for (let place = from; place < to; place++) {
    out[kept] = place;
    kept += 1 - (((fails[place] & bits) + 0xffff) >>> 16);
  }
  return kept;
}

/** The same of the places of a list. */
export function passingList(
  fails: Fails,
  bits: number,
  places: Uint32Array,
  length: number,
  out: Uint32Array
): number {
  let kept = 0;
  for (let i = 0; i < length; i++) {
    const place = places[i];
    out[kept] = place;
    kept += 1 - (((fails[place] & bits) + 0xffff) >>> 16);
  }
  return kept;
}

/** How many rows have none of the bits set. */
export function countPassing(fails: Fails, bits: number): number {
  let count = 0;
  for (let row = 0; row < fails.length; row++) {
    count += 1 - (((fails[row] & bits) + 0xffff) >>> 16);
  }
  return count;
}

export function sum(counts: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < counts.length; i++) {
    total += counts[i];
  }
  return total;
}
