import { nameText } from '../expr';
import type { IColumnInfo, IRoles, ITableInfo } from '../table/source';
import { quantityOf } from '../ui/format';
import type { NewView, View } from './views';

/** Wide tables show this many columns in the grid; a row's details show all. */
const GRID_COLUMNS = 80;

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
  const colour = colourMagnitude(columns, roles);
  if (colour !== null) {
    views.push({ id: 'cmd', kind: 'density', ...colour });
  }
  const counted = countable(columns, roles);
  const counts = (name: string | undefined) => counted.some(column => column.name === name);
  const category = [roles.flag, roles.type, roles.survey].find(counts) ?? counted[0]?.name ?? null;
  views.push({ id: 'flags', kind: 'categories', column: category });
  if (category === roles.flag && counts(roles.type) && several(roles.type)) {
    views.push({ id: 'types', kind: 'categories', column: roles.type! });
  }
  return views;
}

/** A view as the menu of views adds it. */
export function newView(kind: NewView, id: string, { roles, columns }: ITableInfo): View {
  switch (kind) {
    case 'histogram':
      return { id, kind, column: null, by: null, log: false };
    case 'sky':
      return { id, kind, ra: roles.ra ?? null, dec: roles.dec ?? null, frame: 'data' };
    case 'density':
      return { id, kind, x: null, y: null };
    case 'colour-magnitude':
      return { id, kind: 'density', ...(colourMagnitude(columns, roles) ?? { x: null, y: null }) };
    case 'categories':
      return { id, kind, column: null };
  }
}

/** The views of a table whose columns are better known now; those that the user changed stay as they are. */
export function revisedViews(
  info: ITableInfo,
  views: readonly View[],
  changed: ReadonlySet<string>,
  closed: ReadonlySet<string>
): View[] {
  const fresh = defaultViews(info).filter(({ id }) => !closed.has(id));
  const kept = new Map(views.map(view => [view.id, view]));
  return [
    ...fresh.map(view =>
      changed.has(view.id) ? (kept.get(view.id) ?? view) : unchanged(kept.get(view.id), view)
    ),
    ...views.filter(({ id }) => !fresh.some(view => view.id === id))
  ];
}

/** The old one where both say the same, so that nothing is drawn anew. */
function unchanged(old: View | undefined, view: View): View {
  return old !== undefined && JSON.stringify(old) === JSON.stringify(view) ? old : view;
}

/** Magnitudes, without their errors. */
export function magnitudes(columns: readonly IColumnInfo[], roles: IRoles): IColumnInfo[] {
  return columns.filter(
    column => quantityOf(column, roles) === 'magnitude' && !/err/i.test(column.name) && column.distinct !== 0
  );
}

/** The magnitude that the field looks at first: of the i band if there is one. */
export function mainMagnitude(columns: readonly IColumnInfo[], roles: IRoles): string | null {
  const found = magnitudes(columns, roles);
  const iBand = found.find(({ name }) => /^i_|_i$|^i(mag)?$|mag_?i$|^MAG_?I$|^i[A-Z]/.test(name));
  return (iBand ?? found[0])?.name ?? null;
}

/** Pairs of bands whose difference is looked at, against the second of them; the first that a table has is taken. */
const COLOURS = ['gi', 'ri', 'gr', 'iz', 'rz', 'ug', 'zy', 'JK'];

/** The letter of a band in a magnitude's name: alone, or next to 'mag'. */
const BAND =
  /(?<![A-Za-z])[ugrizyUGRIZYJHK](?![A-Za-z])|(?<![A-Za-z])[ugrizyUGRIZYJHK](?=mag|Mag|MAG)|(?<=mag|Mag)[ugrizyJHK]$/;

/** A colour and the magnitude to show it against, or null where a table has no two bands of one kind. */
export function colourMagnitude(
  columns: readonly IColumnInfo[],
  roles: IRoles
): { x: string; y: string } | null {
  const kinds = new Map<string, Map<string, string>>();
  for (const { name } of magnitudes(columns, roles)) {
    // the names of one kind differ in the letter of the band: g_mag, i_mag; mag_g_lsst, mag_i_lsst; gmag, imag
    const letter = BAND.exec(name);
    if (letter !== null) {
      const kind = `${name.slice(0, letter.index)}*${name.slice(letter.index + 1)}`;
      const bands = kinds.get(kind) ?? new Map<string, string>();
      const band = 'JHK'.includes(letter[0]) ? letter[0] : letter[0].toLowerCase();
      kinds.set(kind, bands.set(band, name));
    }
  }
  for (const [blue, red] of COLOURS) {
    for (const bands of kinds.values()) {
      const [first, second] = [bands.get(blue), bands.get(red)];
      if (first !== undefined && second !== undefined) {
        return { x: `${nameText(first)} - ${nameText(second)}`, y: second };
      }
    }
  }
  return null;
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
