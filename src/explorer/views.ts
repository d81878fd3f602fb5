import { columnsOf } from '../expr';
import { axisExpr } from '../table/axis';
import type { ViewRequest } from '../table/requests';
import type { ISkyFrame } from '../table/sky';

/** Bins that a histogram has at most, and cells across a density. */
const BINS = 80;
const CELLS = 110;
/** Up to so many rows in the frame of a sky map are points. */
const POINTS = 4000;

/**
 * One plot of the explorer. An axis that is null has to be chosen; one is a column's name, or a numeric expression such
 * as `g_mag - i_mag`.
 */
export interface IHistogramView {
  readonly id: string;
  readonly kind: 'histogram';
  readonly column: string | null;
  readonly by: string | null;
  readonly log: boolean;
}

export interface ISkyView {
  readonly id: string;
  readonly kind: 'sky';
  readonly ra: string | null;
  readonly dec: string | null;
  readonly frame: 'data' | ISkyFrame;
}

export interface IDensityView {
  readonly id: string;
  readonly kind: 'density';
  readonly x: string | null;
  readonly y: string | null;
}

export interface ICategoriesView {
  readonly id: string;
  readonly kind: 'categories';
  readonly column: string | null;
}

export type View = IHistogramView | ISkyView | IDensityView | ICategoriesView;

export type ViewKind = View['kind'];

/** What the menu of views adds: a kind, or one with its axes chosen. */
export type NewView = ViewKind | 'colour-magnitude';

/** The axes of a view, or null where one has still to be chosen. */
export function axesOfView(view: View): string[] | null {
  const wanted =
    view.kind === 'sky' ? [view.ra, view.dec] : view.kind === 'density' ? [view.x, view.y] : [view.column];
  const chosen = wanted.filter(name => name !== null);
  return chosen.length < wanted.length ? null : chosen;
}

/** Columns that a view reads, or null where an axis has still to be chosen. */
export function columnsOfView(view: View, isColumn: (name: string) => boolean): string[] | null {
  const axes = axesOfView(view);
  if (axes === null) {
    return null;
  }
  const columns = axes.flatMap(axis => [...columnsOf(axisExpr(axis, isColumn))]);
  return [...new Set(view.kind === 'histogram' && view.by !== null ? [...columns, view.by] : columns)];
}

/** What is to be counted for a view, or null where an axis has still to be chosen; a map has a size in pixels. */
export function requestOf(view: View, size: readonly [number, number] = [240, 160]): ViewRequest | null {
  if (axesOfView(view) === null) {
    return null;
  }
  switch (view.kind) {
    case 'histogram':
      return { kind: 'histogram', column: view.column!, bins: BINS, by: view.by ?? undefined };
    case 'density':
      return { kind: 'density', x: view.x!, y: view.y!, nx: CELLS, ny: CELLS };
    case 'categories':
      return { kind: 'categories', column: view.column!, limit: 40 };
    case 'sky': {
      const [width, height] = size;
      const { ra, dec, frame } = view;
      const points = frame === 'data' ? undefined : POINTS;
      return { kind: 'sky', ra: ra!, dec: dec!, frame, width, height, cell: 2.5, points };
    }
  }
}
