/** What each column of a table may mean, by its name, unit, UCD and values, and why. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IColumnInfo, IRoles, ITableInfo } from '../../table/source';
import { type Alias, ALIASES, UCD } from './meanings';

export interface IProposal {
  readonly alias: Alias;
  /** In words, for those who check it. */
  readonly reason: string;
}

/** Names in lower case without punctuation: those that say it, and those that may mean it. */
const NAMES: { readonly [alias in Alias]: readonly [sure: RegExp, likely: RegExp] } = {
  ID: [
    /^(id|objid|objectid|sourceid|specobjid|targetid|galid|tsmid|rowid)$/,
    /^(num|number|name|recno)$|id$/
  ],
  RA: [/^(ra|raj2000|radeg|alpha|alphaj2000|rightascension|coordra|targetra)$/, /^(ra|alpha).+|.+ra$/],
  Dec: [
    /^(dec|de|dej2000|decj2000|decdeg|delta|deltaj2000|declination|coorddec|targetdec)$/,
    /^(dec|delta).+|.+dec$/
  ],
  z: [
    /^(z|redshift|zspec|specz|zbest|zhelio|zfinal|spectroz|redshiftspec)$/,
    /^(z|redshift)(cmb|adopted|cat|sp)$/
  ],
  z_err: [
    /^(zerr|ez|errz|zerror|redshifterr|redshifterror|zspecerr|ezspec)$/,
    /^(z|redshift).*(err|unc|sigma)/
  ],
  z_flag: [/^(zflag|qz|zq|zqual|zquality|zflaghomogenized|qop|zconf|nq)$/, /flag|qual|^conf/],
  survey: [/^(survey|surveyname)$/, /^(source|catalog|catalogue|campaign)$/]
};

/** The table's own roles that say the same. */
const ROLES: { readonly [alias in Alias]?: keyof IRoles } = {
  ID: 'id',
  RA: 'ra',
  Dec: 'dec',
  z: 'redshift',
  z_flag: 'flag',
  survey: 'survey'
};

/** Points from which on something is proposed: a sure name alone is enough, a likely one is not. */
const ENOUGH = 3;
const DEGREES = /^(deg|degree|degrees|°)$/i;
/** More different values than this are no classes. */
const CLASSES = 60;

interface ICandidate extends IProposal {
  readonly column: string;
  readonly points: number;
}

/** One column for a meaning at most, and one meaning for a column: the best founded first. */
export function propose(
  info: Pick<ITableInfo, 'rows' | 'roles' | 'columns'>,
  trans: TranslationBundle
): ReadonlyMap<string, IProposal> {
  const candidates: ICandidate[] = [];
  for (const column of info.columns) {
    for (const alias of ALIASES) {
      const found = weigh(column, alias, info, trans);
      if (found) {
        candidates.push({ ...found, column: column.name, alias });
      }
    }
  }
  candidates.sort((a, b) => b.points - a.points); // stable: the table's order among equals
  const proposals = new Map<string, IProposal>();
  const given = new Set<Alias>();
  for (const { column, alias, reason } of candidates) {
    if (!proposals.has(column) && !given.has(alias)) {
      given.add(alias);
      proposals.set(column, { alias, reason });
    }
  }
  return proposals;
}

/** How much speaks for it; null where too little does, or something rules it out. */
function weigh(
  column: IColumnInfo,
  alias: Alias,
  { rows, roles }: Pick<ITableInfo, 'rows' | 'roles'>,
  trans: TranslationBundle
): { readonly points: number; readonly reason: string } | null {
  const words: string[] = [];
  let points = 0;
  const add = (value: number, text: string) => {
    points += value;
    words.push(text);
  };

  const ucd = column.ucd?.replace(/\s/g, '').toLowerCase() ?? '';
  if (ucd !== '') {
    const match = ucdPoints(ucd, alias);
    if (match === null) {
      return null;
    }
    if (match > 0) {
      add(match, trans.__('UCD %1', column.ucd!));
    }
  }
  const plain = column.name.toLowerCase().replace(/[^a-z0-9]/g, '');
  const [sure, likely] = NAMES[alias];
  if (sure.test(plain)) {
    add(3, trans.__('its name'));
  } else if (likely.test(plain)) {
    add(1.5, trans.__('its name, perhaps'));
  }
  const role = ROLES[alias];
  if (role !== undefined && roles[role] === column.name) {
    add(2, trans.__('read as such'));
  }
  if (points === 0) {
    return null; // values alone say nothing
  }
  const unit = column.unit?.trim() ?? '';
  if (alias === 'RA' || alias === 'Dec') {
    if (unit !== '' && !DEGREES.test(unit)) {
      return null;
    }
    if (unit !== '') {
      add(1, trans.__('in degrees'));
    }
  } else if (unit !== '' && !/^(1|none|dimensionless|-+)$/i.test(unit) && alias !== 'ID') {
    return null; // a redshift, a flag and a name have no unit
  }
  const value = valuePoints(column, alias, rows, trans);
  if (value === null) {
    return null;
  }
  if (value.text !== null) {
    add(value.points, value.text);
  }
  return points >= ENOUGH ? { points, reason: words.join(', ') } : null;
}

/** What a UCD says: null where it is that of something else. */
function ucdPoints(ucd: string, alias: Alias): number | null {
  if (ucd === UCD[alias]) {
    return 6;
  }
  const first: { readonly [alias in Alias]?: RegExp } = {
    RA: /^pos\.eq\.ra(;|$)/,
    Dec: /^pos\.eq\.dec(;|$)/,
    z: /^src\.redshift(;meta\.main)?$/,
    z_flag: /^meta\.code(\.qual|\.class)?(;|$)/,
    ID: /^meta\.id(;|$)/
  };
  if (first[alias]?.test(ucd)) {
    return 4;
  }
  const others = /^(pos\.|src\.redshift|stat\.|phot\.|meta\.id;meta\.main|time\.|em\.)/;
  return others.test(ucd) ? null : 0;
}

/** What the values say: null where they rule it out. */
function valuePoints(
  column: IColumnInfo,
  alias: Alias,
  rows: number,
  trans: TranslationBundle
): { readonly points: number; readonly text: string | null } | null {
  const { type, distinct, nulls } = column;
  const number = type === 'int' || type === 'float';
  const neutral = { points: 0, text: null };
  if (alias === 'ID') {
    if (type === 'bool') {
      return null;
    }
    return typeof distinct === 'number' && nulls === 0 && distinct >= rows && rows > 0
      ? { points: 1, text: trans.__('another in every row') }
      : typeof distinct === 'number' && distinct < rows - nulls
        ? { points: -2, text: trans.__('though values repeat') }
        : neutral;
  }
  if (alias === 'survey' || alias === 'z_flag') {
    if (alias === 'survey' && type === 'float') {
      return null;
    }
    return typeof distinct !== 'number'
      ? neutral
      : distinct <= CLASSES
        ? { points: 1, text: trans._n('%1 value', '%1 different values', distinct) }
        : null;
  }
  if (!number) {
    return null;
  }
  const [low, high] = { RA: [-180, 360], Dec: [-90, 90], z: [-0.1, 12], z_err: [0, 5] }[alias];
  const { min, max } = column;
  if (typeof min !== 'number' || typeof max !== 'number') {
    return neutral;
  }
  const shown = trans.__('%1 to %2', Number(min.toPrecision(6)), Number(max.toPrecision(6)));
  if (min >= low && max <= high) {
    return { points: 1, text: shown };
  }
  // a few wrong values do not make it another column, but an angle beyond the sphere does
  return alias === 'RA' || alias === 'Dec' ? null : { points: -1, text: trans.__('though from %1', shown) };
}
