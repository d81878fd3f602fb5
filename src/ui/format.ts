import type { Value } from '../expr';
import type { IColumnInfo, IRoles } from '../table/source';

function locale(): string | undefined {
  return (typeof document !== 'undefined' && document.documentElement.lang) || undefined;
}

let counts: { locale: string | undefined; format: Intl.NumberFormat } | null = null;

/** A number of things: whole, thousands separated. */
export function formatCount(count: number): string {
  const wanted = locale();
  if (counts === null || counts.locale !== wanted) {
    counts = { locale: wanted, format: new Intl.NumberFormat(wanted, { maximumFractionDigits: 0 }) };
  }
  return counts.format.format(count);
}

/** A share, with as many decimals as it takes to be told from none and from all. */
export function formatShare(part: number, whole: number): string {
  if (whole === 0) {
    return '0 %';
  }
  const percent = (100 * part) / whole;
  const far = percent >= 1 && percent <= 99;
  return `${percent === 0 || percent === 100 ? percent : percent.toFixed(far ? 0 : 1)} %`;
}

export type Quantity = 'redshift' | 'degrees' | 'magnitude' | 'id' | 'other';

/** Names of identifiers: `id`, `row_id`, `objectId`, `TARGETID`; not `valid` or `width`. */
const ID_NAME = /(^|_)ids?(_|$)|[a-z]I[dD]s?$|(obj|object|target|source|spec|gal)id$/;

/** Whether a column's numbers are names: they are written whole, and their distribution says nothing. */
export function isIdentifier({ name, type, ucd }: IColumnInfo, roles: IRoles = {}): boolean {
  return (
    (type === 'int' || type === 'float') &&
    (name === roles.id ||
      ID_NAME.test(name) ||
      ID_NAME.test(name.toLowerCase()) ||
      (ucd?.toLowerCase().startsWith('meta.id') ?? false))
  );
}

/** What a column measures, as far as its role, unit, UCD or name tell. */
export function quantityOf(column: IColumnInfo, roles: IRoles = {}): Quantity {
  const { name } = column;
  const ucd = column.ucd?.toLowerCase() ?? '';
  const unit = column.unit?.toLowerCase() ?? '';
  if (column.type !== 'float' || name === roles.flag) {
    return 'other';
  }
  if (isIdentifier(column, roles)) {
    return 'id';
  }
  // the first word of a UCD says what it is; src.redshift also follows meta.code.qual and stat.error
  if (name === roles.redshift || /^(stat\.error;)?src\.redshift/.test(ucd) || name === 'redshift') {
    return 'redshift';
  }
  if (name === roles.ra || name === roles.dec || unit === 'deg' || unit === 'degree' || unit === 'degrees') {
    return 'degrees';
  }
  if (
    unit === 'mag' ||
    ucd.startsWith('phot.mag') ||
    /(^|_)mag(_|$|err)|Mag(Err)?$|^mag_?[ugrizyjhk]$/i.test(name)
  ) {
    return 'magnitude';
  }
  return 'other';
}

const DECIMALS: { readonly [quantity in Quantity]: number | null } = {
  redshift: 4,
  degrees: 6,
  magnitude: 3,
  id: null,
  other: null
};

/** A value as the field writes it: redshifts with 4 decimals, degrees with 6, magnitudes with 3, ids whole. */
export function formatValue(value: Value | undefined, quantity: Quantity = 'other'): string {
  if (value === null || value === undefined) {
    return '';
  }
  if (typeof value !== 'number') {
    return String(value);
  }
  if (!Number.isFinite(value)) {
    return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '-∞';
  }
  if (Number.isInteger(value) && quantity === 'id') {
    return BigInt(value).toString();
  }
  // beyond 2**53 a float is no whole number any more, only a large one
  if (Number.isInteger(value) && quantity === 'other' && Math.abs(value) < 2 ** 53) {
    return String(value);
  }
  const decimals = DECIMALS[quantity];
  if (decimals !== null && Math.abs(value) < 1e6) {
    return value.toFixed(decimals);
  }
  const size = Math.abs(value);
  if (value !== 0 && (size < 1e-4 || size >= 1e7)) {
    return value.toExponential(3).replace('e+', 'e');
  }
  return String(Number(value.toPrecision(6)));
}

/** A tick's label, with the decimals that its step needs. */
export function formatTick(value: number, step: number): string {
  if (value === 0) {
    return '0';
  }
  if (Math.abs(value) >= 1e6 || Math.abs(value) < 1e-4) {
    return Number(value.toPrecision(4)).toExponential().replace('e+', 'e');
  }
  const decimals = Math.max(0, Math.min(8, -Math.floor(Math.log10(step) + 1e-9)));
  return value.toFixed(decimals);
}

/** A count on an axis: 1500 is 1.5k. */
export function shortCount(count: number): string {
  const units: [number, string][] = [
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k']
  ];
  for (const [size, letter] of units) {
    if (count >= size) {
      return `${Number((count / size).toPrecision(3))}${letter}`;
    }
  }
  return String(count);
}

/** A size with as many digits as say something: 965 B, 1.4 kB, 48 MB; nothing where it is not known. */
export function formatBytes(bytes: number | null): string {
  if (bytes === null) {
    return '';
  }
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let place = 0;
  let value = bytes;
  while (value >= 1000 && place < units.length - 1) {
    value /= 1000;
    place++;
  }
  return `${value.toFixed(place > 0 && value < 10 ? 1 : 0)} ${units[place]}`;
}

/** A category's name; null has one too. */
export function categoryName(value: Value): string {
  return value === null ? 'null' : value === '' ? "''" : String(value);
}
