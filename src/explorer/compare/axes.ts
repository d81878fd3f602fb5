/** What a comparison shows, and what is asked of the binners for it. */

import { niceBins } from '../../table/binning';
import type { ViewRequest } from '../../table/requests';
import type { ISkyFrame } from '../../table/sky';
import type { ITableInfo } from '../../table/source';
import { binnable, countable, mainMagnitude } from '../defaults';
import { columnsOfAxis, commonColumns, renamedAxis, type IMatching } from './matching';
import { cellsFor, type IScale } from './ranges';

/** In the names of A; null where it has to be chosen. */
export interface IAxes {
  /** Of the two overlaid histograms. */
  readonly first: string | null;
  readonly second: string | null;
  /** Of the densities. */
  readonly x: string | null;
  readonly y: string | null;
  /** Whose values are counted. */
  readonly category: string | null;
}

export type AxisName = keyof IAxes;

export const NO_AXES: IAxes = { first: null, second: null, x: null, y: null, category: null };

/** Redshift, magnitude, one against the other, and a category that is not what parts the samples. */
export function defaultAxes(info: ITableInfo, matching: IMatching, parted: ReadonlySet<string>): IAxes {
  const columns = commonColumns(info, matching);
  const { roles } = info;
  const numbers = binnable(columns, roles).map(({ name }) => name);
  const redshift = numbers.find(name => name === roles.redshift) ?? null;
  const magnitude = mainMagnitude(columns, roles);
  const others = numbers.filter(name => name !== redshift && name !== roles.ra && name !== roles.dec);
  // a column that one of the surveys lacks compares nothing
  const filled = columns.filter(({ nulls }) => 20 * nulls < info.rows).map(({ name }) => name);
  const second = magnitude ?? others.find(name => filled.includes(name)) ?? others[0] ?? null;
  const counted = countable(columns, roles).map(({ name }) => name);
  const category =
    [roles.survey, roles.flag, roles.type, ...counted].find(
      name => name !== undefined && counted.includes(name) && !parted.has(name)
    ) ?? null;
  return { first: redshift, second, x: second, y: redshift, category };
}

/** The position columns, where both tables have them. */
export function positionOf(info: ITableInfo, { toB }: IMatching): readonly [string, string] | null {
  const { ra, dec } = info.roles;
  return ra !== undefined && dec !== undefined && toB.has(ra) && toB.has(dec) ? [ra, dec] : null;
}

/** The axes that are binned. */
export function binnedAxes({ first, second, x, y }: IAxes): string[] {
  return [...new Set([first, second, x, y].filter(axis => axis !== null))];
}

export interface IPlan {
  readonly axes: IAxes;
  readonly position: readonly [string, string] | null;
  readonly scales: ReadonlyMap<string, IScale>;
  readonly frame: ISkyFrame | null;
  readonly skySize: readonly [number, number];
  /** Rows of the samples before both are restricted. */
  readonly rows: readonly number[];
}

/** What is to be counted for one sample; names as they are in its table. */
export function requestsOf(plan: IPlan, names: ReadonlyMap<string, string>): { [id: string]: ViewRequest } {
  const { axes, position, scales, frame, rows } = plan;
  const views: { [id: string]: ViewRequest } = {};
  for (const id of ['first', 'second'] as const) {
    const scale = scales.get(axes[id] ?? '');
    if (scale !== undefined) {
      const column = renamedAxis(axes[id]!, names);
      views[id] = { kind: 'histogram', column, range: scale.range, bins: scale.fine };
    }
  }
  const [x, y] = [scales.get(axes.x ?? ''), scales.get(axes.y ?? '')];
  if (x !== undefined && y !== undefined) {
    const cells = cellsFor(rows);
    const [across, up] = [coarse(x, cells), coarse(y, cells)];
    views.density = {
      kind: 'density',
      x: renamedAxis(axes.x!, names),
      y: renamedAxis(axes.y!, names),
      xRange: across.range,
      yRange: up.range,
      nx: across.bins,
      ny: up.bins
    };
  }
  if (position !== null && frame !== null) {
    const [width, height] = plan.skySize;
    // cells with some rows each, as far as they are still cells to the eye
    const cell = Math.max(4, Math.min(9, Math.sqrt((width * height) / Math.max(1, Math.min(...rows)))));
    const [ra, dec] = position.map(name => renamedAxis(name, names));
    views.sky = { kind: 'sky', ra, dec, frame, width, height, cell };
  }
  if (axes.category !== null) {
    views.category = { kind: 'categories', column: renamedAxis(axes.category, names), limit: 60 };
  }
  return views;
}

function coarse(scale: IScale, cells: number): { range: readonly [number, number]; bins: number } {
  // steps are rounded up to nice ones: ask for more, to get as many on average
  return scale.whole ? scale : niceBins(scale.range, 1.55 * cells);
}

/** Columns that have to be there, as they are called in A. */
export function columnsNeeded(axes: IAxes, position: readonly string[] | null, info: ITableInfo): string[] {
  const schema = new Map(info.columns.map(({ name, type }) => [name, type]));
  return [
    ...binnedAxes(axes).flatMap(axis => columnsOfAxis(axis, schema)),
    ...(position ?? []),
    ...(axes.category === null ? [] : [axes.category])
  ];
}
