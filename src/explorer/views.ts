import type { ViewRequest } from '../table/requests';
import type { IColumnInfo, IRoles, ITableInfo } from '../table/source';
import type { ISkyFrame } from '../table/sky';
import { quantityOf } from '../ui/format';

/** Bins that a histogram has at most, and cells across a density. */
const BINS = 80;
const CELLS = 110;
/** Wide tables show this many columns in the grid; a row's details show all. */
const GRID_COLUMNS = 80;

/** One plot of the explorer. A column that is null has to be chosen. */
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

/** Numbers that can be binned; ids cannot, in any useful way. */
export function binnable(columns: readonly IColumnInfo[], roles: IRoles): IColumnInfo[] {
  return columns.filter(
    ({ name, type }) => (type === 'float' || type === 'int') && name !== roles.id && !/(^|_)id$/i.test(name)
  );
}

/** Columns whose values are few enough to be told apart: flags may be floats. */
export function countable(columns: readonly IColumnInfo[], roles: IRoles): IColumnInfo[] {
  const categorical = [roles.flag, roles.type, roles.survey, roles.split];
  return columns.filter(({ name, type, values, distinct }) => {
    const few = (distinct ?? 0) <= 1000;
    switch (type) {
      case 'bool':
        return true;
      case 'float':
        return categorical.includes(name) ? few : distinct != null && distinct <= 12;
      default:
        return few && (categorical.includes(name) || (values?.length ?? 0) > 0);
    }
  });
}

/** Few enough to have a colour each. */
export function colourable(columns: readonly IColumnInfo[], roles: IRoles): IColumnInfo[] {
  return countable(columns, roles).filter(({ type, distinct }) => type === 'bool' || (distinct ?? 99) <= 12);
}

/** The views a table opens with. */
export function defaultViews(info: ITableInfo): View[] {
  const { roles, columns } = info;
  const has = (name: string | undefined): name is string => columns.some(column => column.name === name);
  const role = (name: string | undefined) => (has(name) ? name : null);
  const colours = new Set(colourable(columns, roles).map(({ name }) => name));
  const several = (name: string | undefined) =>
    has(name) && colours.has(name) && (columns.find(column => column.name === name)!.distinct ?? 2) > 1;
  const by = [roles.split, roles.survey, roles.type].find(several) ?? null;
  const views: View[] = [
    { id: 'nz', kind: 'histogram', column: role(roles.redshift), by, log: false },
    { id: 'sky', kind: 'sky', ra: role(roles.ra), dec: role(roles.dec), frame: 'data' }
  ];
  const magnitude = mainMagnitude(columns, roles);
  if (magnitude !== null) {
    views.push({ id: 'mag', kind: 'density', x: magnitude, y: role(roles.redshift) });
  }
  const counted = new Set(countable(columns, roles).map(({ name }) => name));
  const category =
    [roles.flag, roles.type, roles.survey].find(name => has(name) && counted.has(name)) ??
    countable(columns, roles)[0]?.name ??
    null;
  views.push({ id: 'flags', kind: 'categories', column: category });
  return views;
}

/** The magnitude that the field looks at first: of the i band if there is one. */
export function mainMagnitude(columns: readonly IColumnInfo[], roles: IRoles): string | null {
  const magnitudes = columns.filter(
    column => quantityOf(column, roles) === 'magnitude' && !/err/i.test(column.name) && column.distinct !== 0
  );
  const iBand = magnitudes.find(({ name }) => /^i_|_i$|^i(mag)?$|mag_?i$|^MAG_?I$|^i[A-Z]/.test(name));
  return (iBand ?? magnitudes[0])?.name ?? null;
}

/** Columns that a view reads, or null where one has still to be chosen. */
export function columnsOfView(view: View): string[] | null {
  const wanted =
    view.kind === 'sky' ? [view.ra, view.dec] : view.kind === 'density' ? [view.x, view.y] : [view.column];
  const chosen = wanted.filter(name => name !== null);
  if (chosen.length < wanted.length) {
    return null;
  }
  return view.kind === 'histogram' && view.by !== null ? [...chosen, view.by] : chosen;
}

/** What is to be counted for a view, or null where a column has still to be chosen; a map has a size in pixels. */
export function requestOf(view: View, size: readonly [number, number] = [240, 160]): ViewRequest | null {
  if (columnsOfView(view) === null) {
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
      return { kind: 'sky', ra: view.ra!, dec: view.dec!, frame: view.frame, width, height, cell: 2.5 };
    }
  }
}

/** Columns of the grid: those with a role first, then the others as they stand. */
export function gridColumns({ columns, roles }: ITableInfo): ITableInfo['columns'] {
  const order = [
    roles.id,
    roles.ra,
    roles.dec,
    roles.redshift,
    roles.flag,
    roles.survey,
    roles.type,
    roles.split
  ];
  const first = order.flatMap(name => columns.filter(column => column.name === name));
  const rest = columns.filter(column => !first.includes(column));
  return [...new Set([...first, ...rest])].slice(0, GRID_COLUMNS);
}
