/** What is asked of the binning worker and what it answers. Plain data: it crosses to the worker and back. */

import type { Value } from '../expr';
import type { Cube } from './cube';
import type { ISkyFrame } from './sky';

/** One part of a condition; the parts are joined by AND. */
export interface ITerm {
  readonly text: string;
  /** Columns that it reads. */
  readonly columns: string[];
  /**
   * The axis that it bounds where it is a brush, such as `z BETWEEN 0 AND 1`; else null.
   *
   * An axis is what a view shows: a column's name, or the text of a numeric expression such as `g_mag - i_mag`.
   */
  readonly axis: string | null;
}

/** A view bins all rows, and those that pass every term but the brushes on the view's own axes. */
export interface IHistogramRequest {
  readonly kind: 'histogram';
  /** An axis. */
  readonly column: string;
  /** Bounds; chosen from the data where left out. */
  readonly range?: readonly [number, number];
  readonly bins: number;
  /** A column of categories to count apart. */
  readonly by?: string;
}

export interface IDensityRequest {
  readonly kind: 'density';
  /** Axes. */
  readonly x: string;
  readonly y: string;
  readonly xRange?: readonly [number, number];
  readonly yRange?: readonly [number, number];
  readonly nx: number;
  readonly ny: number;
}

export interface ISkyRequest {
  readonly kind: 'sky';
  readonly ra: string;
  readonly dec: string;
  /** Around all rows, around those that pass, or given. */
  readonly frame: 'data' | 'passing' | ISkyFrame;
  readonly width: number;
  readonly height: number;
  /** Size of a cell in the units of width and height. */
  readonly cell: number;
  /** List the passing rows in the frame one by one where they are at most so many. */
  readonly points?: number;
}

export interface ICategoriesRequest {
  readonly kind: 'categories';
  readonly column: string;
  /** At most this many, the most frequent ones; the others are counted together. */
  readonly limit: number;
}

export type ViewRequest = IHistogramRequest | IDensityRequest | ISkyRequest | ICategoriesRequest;

export interface IHistogramResult {
  readonly kind: 'histogram';
  readonly column: string;
  readonly range: readonly [number, number];
  readonly bins: number;
  /** Whether the bins hold one whole number each. */
  readonly whole: boolean;
  readonly all: Uint32Array;
  readonly passed: Uint32Array;
  /** Of `by`: the categories, and their passing rows, one run of `bins` after another. */
  readonly groups: Value[];
  readonly grouped: Uint32Array;
  /** Rows without a value, and rows beyond the bounds. */
  readonly missing: number;
  readonly outside: number;
  /** Passing rows inside the bounds. */
  readonly total: number;
}

export interface IDensityResult {
  readonly kind: 'density';
  readonly x: string;
  readonly y: string;
  readonly xRange: readonly [number, number];
  readonly yRange: readonly [number, number];
  readonly nx: number;
  readonly ny: number;
  /** Row by row from low y, each from low x. */
  readonly all: Uint32Array;
  readonly passed: Uint32Array;
  readonly missing: number;
  readonly outside: number;
  readonly total: number;
}

export interface ISkyResult {
  readonly kind: 'sky';
  readonly ra: string;
  readonly dec: string;
  readonly frame: ISkyFrame;
  readonly nx: number;
  readonly ny: number;
  /** Row by row from low y (south), each from low x (west: the right side). */
  readonly all: Uint32Array;
  readonly passed: Uint32Array;
  readonly missing: number;
  readonly outside: number;
  readonly total: number;
  /** Places in the plane, x and y in turn, of the passing rows in the frame; null where they are more than asked for. */
  readonly points: Float32Array | null;
}

export interface ICategoriesResult {
  readonly kind: 'categories';
  readonly column: string;
  readonly values: Value[];
  readonly all: Uint32Array;
  readonly passed: Uint32Array;
  /** How many more values there are, and their rows. */
  readonly others: number;
  readonly othersAll: number;
  readonly othersPassed: number;
}

export type ViewResult = IHistogramResult | IDensityResult | ISkyResult | ICategoriesResult;

/** What the ids of the small histograms in the heads of a grid begin with. They come rarely: nothing is kept for them. */
export const HEADER = 'head:';

export interface IUpdate {
  readonly terms: readonly ITerm[];
  readonly views: { readonly [id: string]: ViewRequest };
}

export interface IUpdateResult {
  readonly rows: number;
  /** Rows that pass every term. */
  readonly passed: number;
  readonly views: { readonly [id: string]: ViewResult };
  /** Time taken, in ms. */
  readonly took: number;
}

/** Counts rows; holds the columns. In a worker, or on the main thread where there is none. */
export interface IBinner {
  /** Names of the columns it holds. */
  readonly held: ReadonlySet<string>;
  /** Take these columns, an Arrow stream whose bytes are given away. */
  add(names: readonly string[], ipc: Uint8Array): Promise<void>;
  /** A result is the same object as before where nothing in it changed. */
  update(update: IUpdate): Promise<IUpdateResult>;
  /**
   * A brush is about to move over these axes, one or two, while all else stays: get ready to count quickly.
   *
   * @param stops - the only bounds that the brush takes, in order, for each axis
   * @returns the counts for all of them, from which the page answers by itself; null where there are none
   */
  prepare(axes: readonly string[], update: IUpdate, stops?: readonly Float64Array[]): Promise<Cube | null>;
  dispose(): void;
}
