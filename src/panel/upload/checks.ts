/** What would go wrong with an upload, before anything is sent. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IRelease } from '../../api';
import type { ITableInfo } from '../../table/source';
import { formatBytes } from '../../ui/format';
import { aliasWords, isTabular } from '../product/words';
import { type IDraft, needsCopy } from './draft';
import { isArchive, isPlainColumn, isRead, plainColumns, plainName } from './files';
import { type Alias, mandatory } from './meanings';

export interface ICheck {
  readonly key: string;
  /** An error has to be put right; a warning is to be known. */
  readonly level: 'error' | 'warning' | 'good';
  readonly message: string;
  readonly remedy?: string;
  readonly fix?: IFix;
}

/** What one click does about it. */
export interface IFix {
  readonly label: string;
  readonly change: Partial<IDraft>;
}

export interface IChecked {
  readonly draft: IDraft;
  /** The main table; null where it is none, or not opened yet. */
  readonly table: Pick<ITableInfo, 'rows' | 'access' | 'columns'> | null;
  /** Column -> meaning, proposals included. */
  readonly meanings: ReadonlyMap<string, Alias>;
  /** Kind of the server: `engine` is one's own. */
  readonly kind: string;
  readonly serverName: string;
  readonly release: IRelease | null;
  readonly trans: TranslationBundle;
}

/** Bytes of a file that a PZ Server other than one's own takes. */
export const MOST = 200e6;

/** Errors first; what is in order is said too. */
export function check(given: IChecked): ICheck[] {
  const found = [
    ...whatChecks(given),
    ...fileChecks(given),
    ...columnChecks(given),
    ...valueChecks(given),
    ...accessChecks(given)
  ];
  const order = { error: 0, warning: 1, good: 2 };
  return found.sort((a, b) => order[a.level] - order[b.level]);
}

function whatChecks({ draft, trans }: IChecked): ICheck[] {
  const { what } = draft;
  const found: ICheck[] = [];
  if (what.name.trim() === '') {
    found.push({ key: 'name', level: 'error', message: trans.__('The product has no name.') });
  } else if (what.name.length > 255) {
    found.push({
      key: 'name',
      level: 'error',
      message: trans.__('The name has %1 characters; servers keep 255.', what.name.length)
    });
  }
  if (what.type === '') {
    found.push({ key: 'type', level: 'error', message: trans.__('The product has no type.') });
  }
  if (what.description.trim() === '') {
    found.push({
      key: 'description',
      level: 'warning',
      message: trans.__('There is no description.'),
      remedy: trans.__('Say where the data come from and what to cite.')
    });
  }
  return found;
}

function fileChecks({ draft, kind, serverName, trans }: IChecked): ICheck[] {
  const { files, what } = draft;
  const main = files.find(file => file.role === 0);
  if (!main) {
    return [
      {
        key: 'main',
        level: 'error',
        message: trans.__('There is no main file.'),
        remedy: trans.__('Choose one.')
      }
    ];
  }
  const found: ICheck[] = [];
  const odd = files.filter(file => plainName(file.name) !== file.name);
  if (odd.length > 0) {
    found.push({
      key: 'file-names',
      level: 'error',
      message: trans.__(
        'Blanks or special characters in file names: %1.',
        odd.map(({ name }) => name).join(', ')
      ),
      remedy: trans.__('The server stores such a file under another name, and its pipelines don’t find it.'),
      fix: {
        label: trans.__('Send as %1', odd.map(({ name }) => plainName(name)).join(', ')),
        change: { files: files.map(file => ({ ...file, name: plainName(file.name) })) }
      }
    });
  }
  const twice = files.find((file, at) => files.findIndex(other => other.name === file.name) < at);
  if (twice) {
    found.push({
      key: 'same-name',
      level: 'error',
      message: trans.__('Two files are called %1.', twice.name),
      remedy: trans.__('Take one away.')
    });
  }
  const copy = needsCopy(draft);
  for (const file of files) {
    const goes = file.role === 0 && copy ? (draft.copied?.size ?? null) : file.size;
    if (file.size === 0) {
      found.push({
        key: `empty:${file.path}`,
        level: 'error',
        message: trans.__('%1 is empty.', file.name)
      });
    } else if (kind !== 'engine' && goes !== null && goes > MOST) {
      found.push({
        key: `size:${file.path}`,
        level: 'error',
        message: trans.__(
          '%1 has %2; %3 takes %4.',
          file.name,
          formatBytes(goes),
          serverName,
          formatBytes(MOST)
        ),
        remedy:
          file.role !== 0
            ? trans.__('Leave it out, or pack it.')
            : trans.__('Leave out columns below, and send a copy as Parquet compressed with zstd.'),
        ...(file.role === 0 && !copy && isTabular(what)
          ? { fix: { label: trans.__('Send a compressed copy'), change: { copy: true } } }
          : {})
      });
    }
  }
  if (isTabular(what) && !copy && !isRead(main.name)) {
    found.push({
      key: 'format',
      level: 'error',
      message: trans.__('The server may not read %1 as a table.', main.name),
      remedy: trans.__('It knows Parquet, FITS, HDF5, CSV and VOTable.'),
      fix: { label: trans.__('Send a copy as Parquet'), change: { copy: true } }
    });
  }
  return found;
}

function columnChecks({ draft, table, meanings, trans }: IChecked): ICheck[] {
  const { what, left, names, files } = draft;
  const main = files.find(file => file.role === 0);
  if (!main || !isTabular(what)) {
    return [];
  }
  if (table === null) {
    return isArchive(main.name) && meanings.size === 0
      ? [
          {
            key: 'archive',
            level: 'warning',
            message: trans.__('The columns of an archive are known once the server has read it.'),
            remedy: trans.__('You say then what they mean, and it is published.')
          }
        ]
      : [];
  }
  const found: ICheck[] = [];
  const sent = table.columns.filter(column => !left.includes(column.name));
  const by = new Map<Alias, string[]>();
  for (const column of sent) {
    const alias = meanings.get(column.name);
    if (alias) {
      by.set(alias, [...(by.get(alias) ?? []), column.name]);
    }
  }
  const missing = mandatory(what.type).filter(alias => !by.has(alias));
  if (missing.length > 0) {
    found.push({
      key: 'mandatory',
      level: 'error',
      message: trans.__(
        'No column is said to be: %1.',
        missing.map(alias => `${alias} (${aliasWords(alias, trans)})`).join(', ')
      ),
      remedy: trans.__('Choose them among the columns, or another type: the server does not publish it so.')
    });
  }
  for (const [alias, columns] of by) {
    if (columns.length > 1) {
      found.push({
        key: `twice:${alias}`,
        level: 'error',
        message: trans.__('%1 are all said to be %2.', columns.join(', '), alias),
        remedy: trans.__('Choose one: the server’s pipelines take none of several.')
      });
    }
  }
  const odd = sent.map(column => column.name).filter(name => !isPlainColumn(names[name] ?? name));
  if (odd.length > 0) {
    found.push({
      key: 'column-names',
      level: 'warning',
      message: trans._n(
        '%1 column name has blanks or special characters: %2.',
        '%1 column names have blanks or special characters: %2.',
        odd.length,
        few(odd)
      ),
      remedy: trans.__('Queries and HATS catalogues trip over them.'),
      ...fixUnlessFolder(draft, {
        label: trans.__('Rename them in a copy'),
        change: { names: { ...names, ...plainColumns(sent.map(column => column.name)) } }
      })
    });
  }
  const called = sent.map(column => names[column.name] ?? column.name);
  const same = called.find((name, at) => called.indexOf(name) < at);
  if (same !== undefined) {
    found.push({
      key: 'same-column',
      level: 'error',
      message: trans.__('Two columns are called %1.', same)
    });
  }
  if (sent.length === 0) {
    found.push({ key: 'no-column', level: 'error', message: trans.__('All columns are left out.') });
  }
  if (found.every(one => one.level !== 'error')) {
    const wanted = mandatory(what.type).map(alias => `${alias} = ${by.get(alias)![0]}`);
    found.push({
      key: 'mandatory',
      level: 'good',
      message: trans.__('The columns that must be there are: %1.', wanted.join(', '))
    });
  }
  return found;
}

function valueChecks({ draft, table, meanings, trans }: IChecked): ICheck[] {
  if (table === null) {
    return [];
  }
  const found: ICheck[] = [];
  if (table.rows === 0) {
    found.push({ key: 'rows', level: 'error', message: trans.__('The table has no rows.') });
  }
  const sent = table.columns.filter(column => !draft.left.includes(column.name));
  const marked = sent.filter(column => column.sentinels?.length);
  if (marked.length > 0 && !needsCopy(draft)) {
    const shown = marked.map(
      column =>
        `${column.name} (${column.sentinels!.map(({ value, count }) => `${count} × ${value}`).join(', ')})`
    );
    found.push({
      key: 'sentinels',
      level: 'warning',
      message: trans.__('Numbers that stand for “no value”: %1.', few(shown)),
      remedy: trans.__('Others may take them for values; in a copy of a file they are empty.'),
      ...fixUnlessFolder(draft, { label: trans.__('Send a copy without them'), change: { copy: true } })
    });
  }
  for (const column of sent) {
    const alias = meanings.get(column.name);
    if (alias && mandatory(draft.what.type).includes(alias) && column.nulls > 0) {
      found.push({
        key: `nulls:${column.name}`,
        level: 'warning',
        message: trans.__('%1 (%2) is empty in %3 of %4 rows.', column.name, alias, column.nulls, table.rows)
      });
    }
  }
  return found;
}

function accessChecks({ draft, table, kind, serverName, release, trans }: IChecked): ICheck[] {
  if (table === null) {
    return [];
  }
  if (table.access === 'public') {
    return [{ key: 'access', level: 'good', message: trans.__('Access: public.') }];
  }
  const rights = trans.__('The rows are for holders of Rubin data rights.');
  if (kind === 'engine') {
    return [
      {
        key: 'access',
        level: 'warning',
        message: rights,
        remedy: trans.__('All who use this engine will see them.')
      }
    ];
  }
  if (release !== null && !release.isPublic) {
    return [
      {
        key: 'access',
        level: 'good',
        message: `${rights} ${trans.__('Only those with rights to %1 will see them.', release.displayName)}`
      }
    ];
  }
  return draft.confirmed
    ? [
        {
          key: 'access',
          level: 'warning',
          message: rights,
          remedy: trans.__('You said that all users may see them.')
        }
      ]
    : [
        {
          key: 'access',
          level: 'error',
          message: `${rights} ${trans.__('All users of %1 would see them.', serverName)}`,
          remedy: trans.__(
            'Choose the release that they come from, or confirm that all users hold data rights.'
          ),
          fix: { label: trans.__('All users hold data rights'), change: { confirmed: true } }
        }
      ];
}

/** A copy would be one Parquet file, which a HATS catalogue is too large for. */
function fixUnlessFolder({ files }: IDraft, fix: IFix): Pick<ICheck, 'fix'> {
  return files.some(file => file.role === 0 && file.isFolder) ? {} : { fix };
}

/** The first of many. */
function few(names: readonly string[]): string {
  return names.length > 6 ? `${names.slice(0, 6).join(', ')}, …` : names.join(', ');
}
