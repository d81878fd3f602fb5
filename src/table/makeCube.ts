/** Makes the counts behind a brush for every place at which it can stop: what `Cube` answers from. */

import { CHUNK, type INumbers } from '../expr';
import { cellsFor } from './binning';
import type { ICubeClass, ICubeData, ICubeView } from './cube';
import { cut, type ICut } from './stops';
import { tallyPassing, type Cells, type Fails } from './tally';

/** A view that a brush filters; its cells and all that follows stand in one order of the rows. */
export interface IBrushedView {
  readonly id: string;
  readonly cell: Cells;
  readonly cells: number;
  /** All rows by cell. */
  readonly all: Int32Array;
  /** Terms that apply to it, those of the brush's axes left out. */
  readonly bits: number;
  /** Which of the axes it is filtered by: bit 0 for the first, bit 1 for the second. */
  readonly axes: number;
  /** Of categories, the cells that are shown. */
  readonly shown: Uint32Array | null;
}

/** Bytes that the counts over both axes may take, over one, and the cells of the rows: for as long as a brush is used. */
const GRID_ROOM = 16e6;
const LINE_ROOM = 64e6;
const ROWS_ROOM = 64e6;
/** Cells of a grid over two axes along each: what is left to count is already little. */
const MOST_ACROSS = 32;

/**
 * @param numbers - one or two axes
 * @param stops - of each axis, in order
 * @param bits - all terms but those of the axes
 * @param room - bytes that the cells of the rows may take, where they are needed
 * @returns null where the table is too large for this
 */
export function makeCube(
  numbers: readonly INumbers[],
  stops: readonly Float64Array[],
  fails: Fails,
  bits: number,
  views: readonly IBrushedView[],
  room = ROWS_ROOM
): ICubeData | null {
  const { rows } = numbers[0];
  const both = numbers.length === 1 ? 1 : 3;
  if (both === 3 && rows * views.filter(({ axes }) => axes === both).length > room) {
    return null;
  }
  const cuts = numbers.map((each, i) => cut(each, stops[i]));
  // each row has one cell of a view: where all terms apply to one, its counts are together the rows that pass
  const total = views.find(view => view.axes === both && view.bits === bits);
  const all = total === undefined ? [...views, everyRow(rows, bits, both)] : views;
  const plans = [1, 2, 3].flatMap(axes => {
    const own = all.filter(view => view.axes === axes).map(view => usedOf(view, fails));
    return own.length === 0 ? [] : [{ axes, views: own, grid: gridOf(axes, own, cuts) }];
  });
  const tiled = plans.filter(({ grid }) => !grid.whole);
  if (tiled.flatMap(plan => plan.views).reduce((sum, view) => sum + bytesOf(view), 0) * rows > room) {
    return null;
  }
  const tiles = tiled.length === 0 ? null : tilesOf(cuts);
  const classes = plans.map(({ axes, views: own, grid }): ICubeClass => {
    const place = placesIn(grid, cuts);
    const targets = grid.whole ? null : tiles!.targets;
    return {
      axes,
      x: grid.x.edges,
      y: grid.y.edges,
      views: own.map(view => viewOf(view, fails, grid, place, targets))
    };
  });
  return {
    axes: cuts.map(({ stops: own, before }) => ({ stops: own, before })),
    classes,
    starts: tiles?.starts ?? null,
    total: total?.id ?? EVERY
  };
}

/** No view of a user's has this id. */
const EVERY = 'rows that pass';

function everyRow(rows: number, bits: number, axes: number): IBrushedView {
  const all = Int32Array.of(rows);
  return { id: EVERY, cell: new Uint8Array(rows), cells: 1, all, bits, axes, shown: null };
}

interface IUsed extends IBrushedView {
  /** Cells with rows that pass the terms beside the brush; for each cell its place among them. */
  readonly used: Uint16Array;
  readonly placeOf: Uint16Array;
}

function usedOf(view: IBrushedView, fails: Fails): IUsed {
  const { cell, cells, bits, all } = view;
  const counts = bits === 0 ? all : tallyPassing(fails, bits, cell, cells);
  const found: number[] = [];
  counts.forEach((count, own) => count > 0 && found.push(own));
  const placeOf = new Uint16Array(cells).fill(found.length);
  found.forEach((own, place) => (placeOf[own] = place));
  return { ...view, used: Uint16Array.from(found), placeOf };
}

function bytesOf({ used }: IUsed): number {
  return used.length < 256 ? 1 : 2;
}

interface ISide {
  /** Slabs with rows at which the cells begin, and the end of the last. */
  readonly edges: Uint16Array;
  /** The cell of each slab. */
  readonly cellOf: Uint16Array;
}

interface IGrid {
  readonly x: ISide;
  readonly y: ISide;
  /** Whether it has all stops, so that rows are not needed. */
  readonly whole: boolean;
}

/** The grid of a class: with all slabs where there is room, and along an axis that doesn't filter it a single cell. */
function gridOf(axes: number, views: readonly IUsed[], cuts: readonly ICut[]): IGrid {
  const cells = views.reduce((sum, { used }) => sum + used.length + 1, 0);
  const [x, y] = cuts;
  const room = Math.max(1, Math.floor((y === undefined ? LINE_ROOM : GRID_ROOM) / (4 * cells)));
  const most = axes === 3 ? Math.min(MOST_ACROSS, Math.floor(Math.sqrt(room))) : room;
  const [mostX, mostY] = [(axes & 1) !== 0 ? most : 1, (axes & 2) !== 0 ? most : 1];
  return {
    x: sideOf(x, mostX),
    y: y === undefined ? { edges: Uint16Array.of(0, 1), cellOf: new Uint16Array(1) } : sideOf(y, mostY),
    whole: ((axes & 1) === 0 || x.slabs <= mostX) && ((axes & 2) === 0 || y.slabs <= mostY)
  };
}

/** Slabs put together in cells of about as many rows. */
function sideOf({ before, rows, slab, slabs }: ICut, wanted: number): ISide {
  const cellOf = new Uint16Array(rows.length);
  const edges = [0];
  let sum = 0;
  rows.forEach((count, own) => {
    cellOf[own] = edges.length - 1;
    sum += count;
    const end = before[own + 1];
    const full = wanted >= slabs || sum * wanted >= edges.length * slab.length;
    if (count > 0 && full && end < slabs) {
      edges.push(end);
    }
  });
  return { edges: Uint16Array.from([...edges, slabs]), cellOf };
}

/** Where each row goes when they stand tile by tile, and where the tiles start. */
function tilesOf([x, y]: readonly ICut[]): { targets: Uint32Array; starts: Uint32Array } {
  const nx = x.slabs;
  const starts = new Uint32Array(nx * (y?.slabs ?? 1) + 1);
  const targets = new Uint32Array(x.slab.length);
  for (let row = 0; row < targets.length; row++) {
    const tile = x.before[x.slab[row]] + (y === undefined ? 0 : y.before[y.slab[row]] * nx);
    targets[row] = tile;
    starts[tile + 1] += 1;
  }
  for (let tile = 1; tile < starts.length; tile++) {
    starts[tile] += starts[tile - 1];
  }
  const next = starts.slice();
  for (let row = 0; row < targets.length; row++) {
    targets[row] = next[targets[row]]++;
  }
  return { targets, starts };
}

/** The place of each row in a grid. */
function placesIn({ x, y }: IGrid, [cutX, cutY]: readonly ICut[]): Uint16Array {
  const across = x.edges.length - 1;
  const places = new Uint16Array(cutX.slab.length);
  if (cutY === undefined || y.edges.length === 2) {
    for (let row = 0; row < places.length; row++) {
      places[row] = x.cellOf[cutX.slab[row]];
    }
  } else {
    for (let row = 0; row < places.length; row++) {
      places[row] = x.cellOf[cutX.slab[row]] + y.cellOf[cutY.slab[row]] * across;
    }
  }
  return places;
}

function viewOf(
  view: IUsed,
  fails: Fails,
  grid: IGrid,
  place: Uint16Array,
  targets: Uint32Array | null
): ICubeView {
  const { id, cell, cells, bits, used, placeOf, shown } = view;
  const width = used.length;
  const across = grid.x.edges.length - 1;
  const upward = grid.y.edges.length - 1;
  const sums = new Int32Array(across * upward * width);
  const own = targets === null ? null : cellsFor(place.length, width + 1);
  // one kind of array for all that follows, which is what makes it quick
  const among = new Uint16Array(CHUNK);
  for (let from = 0; from < place.length; from += CHUNK) {
    const count = Math.min(CHUNK, place.length - from);
    among.set(cell.subarray(from, from + count));
    for (let i = 0; i < count; i++) {
      among[i] = placeOf[among[i]];
    }
    if (bits === 0) {
      for (let i = 0; i < count; i++) {
        sums[place[from + i] * width + among[i]] += 1;
      }
    } else {
      for (let i = 0; i < count; i++) {
        if ((fails[from + i] & bits) === 0) {
          sums[place[from + i] * width + among[i]] += 1;
        } else {
          among[i] = width;
        }
      }
    }
    if (own !== null) {
      for (let i = 0; i < count; i++) {
        own[targets![from + i]] = among[i];
      }
    }
  }
  accumulate(sums, width, across, upward);
  return { id, cells, used, sums, cell: own, shown };
}

/** From the counts of the cells of a grid to those of all cells below each place. */
function accumulate(sums: Int32Array, width: number, across: number, upward: number): void {
  for (let j = 0; j < upward; j++) {
    const end = (j + 1) * across * width;
    for (let at = j * across * width + width; at < end; at++) {
      sums[at] += sums[at - width];
    }
  }
  for (let at = across * width; at < sums.length; at++) {
    sums[at] += sums[at - across * width];
  }
}
