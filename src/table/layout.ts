/**
 * The order in which cells and bits of rows are kept. Counting doesn't mind it; a brush does: where the rows of a tile
 * stand together, they are read one after another instead of from all over the memory.
 */

import type { INumbers } from '../expr';
import type { Cells } from './tally';

/** At each place, the row that is kept there; null where rows stand as they came. */
export type Places = Uint32Array | null;

/** Numbers in the order of the places. */
export function ordered(numbers: INumbers, places: Places): INumbers {
  if (places === null) {
    return numbers;
  }
  return { ...numbers, read: (from, to, out) => numbers.gather(places, from, to, out) };
}

/** To which place everything goes on the way from one order to another. */
export function targetsOf(was: Places, is: Uint32Array): Uint32Array {
  const placeOf = new Uint32Array(is.length);
  for (let place = 0; place < is.length; place++) {
    placeOf[is[place]] = place;
  }
  if (was === null) {
    return placeOf;
  }
  const targets = new Uint32Array(is.length);
  for (let place = 0; place < is.length; place++) {
    targets[place] = placeOf[was[place]];
  }
  return targets;
}

/** Bring an array into another order. Writing here and there is quicker than reading from here and there. */
export function rearrange(cells: Cells, targets: Uint32Array): void {
  const old = cells.slice();
  for (let place = 0; place < old.length; place++) {
    cells[targets[place]] = old[place];
  }
}

/** 1 for each row, as they come, that has none of the bits set. */
export function maskOf(fails: Cells, bits: number, places: Places): Uint8Array {
  const mask = new Uint8Array(fails.length);
  for (let place = 0; place < fails.length; place++) {
    mask[places === null ? place : places[place]] = 1 - (((fails[place] & bits) + 0xffff) >>> 16);
  }
  return mask;
}
