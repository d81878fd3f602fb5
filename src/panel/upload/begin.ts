/** What an upload begins with: what a bundle says of itself, and what a table seems to be. */
import type { TranslationBundle } from '@jupyterlab/translation';

import { ROLE } from '../../api';
import type { ITableInfo } from '../../table/source';
import type { IWhat } from './draft';
import * as files from './files';
import type { Alias } from './meanings';

export interface IFolders {
  /** A file or a folder of the file browser. */
  look(path: string): Promise<files.IEntry>;
  list(folder: string): Promise<files.IEntry[]>;
  text(path: string): Promise<string>;
}

/** What is known of a product at first. */
export interface IBegun {
  readonly files: files.IFile[];
  readonly what: Partial<IWhat>;
}

/** The product that a file, a bundle's folder or the folder of a HATS catalogue would be; rejects for others. */
export async function begun(path: string, folders: IFolders, trans: TranslationBundle): Promise<IBegun> {
  const entry = await folders.look(path);
  const folder = entry.isFolder ? path : files.bundleOf(path);
  const beside = folder === null ? [] : await folders.list(folder);
  if (folder !== null && beside.some(one => one.name === files.RECIPE)) {
    return fromBundle(folder, beside, folders);
  }
  if (entry.isFolder && !files.isHats(beside)) {
    throw Object.assign(
      new Error(trans.__('%1 is a folder, but no bundle of ours and no HATS catalogue.', entry.name)),
      { remedy: trans.__('Choose the file that is the product; of several files make a .zip first.') }
    );
  }
  const main = files.asFile(entry, ROLE.main);
  return {
    files: [main],
    what: {
      name: entry.isFolder ? entry.name : files.stemOf(path),
      type: files.opens(main) ? '' : 'other'
    }
  };
}

/** The product that a bundle would be: its files, and name, type and description from its recipe and README. */
async function fromBundle(
  folder: string,
  beside: readonly files.IEntry[],
  folders: IFolders
): Promise<IBegun> {
  const has = (name: string) => beside.some(one => one.name === name);
  const inside = beside.filter(({ isFolder }) => isFolder).map(({ path }) => folders.list(path));
  const [recipe, readme, main, ...deeper] = await Promise.all([
    folders.text(files.join(folder, files.RECIPE)),
    has('README.md') ? folders.text(files.join(folder, 'README.md')) : '',
    folders.look(files.mainOf(folder)),
    ...inside
  ]);
  const title = /^title:\s*(.+?)\s*$/m.exec(recipe)?.[1] ?? /^#\s+(.+?)\s*$/m.exec(readme)?.[1];
  return {
    files: [files.asFile(main, ROLE.main), ...files.beside(folder, [...beside, ...deeper.flat()])],
    what: {
      name: title?.replace(/^(["'])(.*)\1$/, '$2') ?? files.baseOf(folder),
      type: /^\s*-\s*(match|split)\b/m.test(recipe) ? 'training_set' : 'redshift_catalog',
      description: readme.trim()
    }
  };
}

/** The type of product that a table seems to be, by the meanings that are proposed for its columns. */
export function typeOf({ roles }: Pick<ITableInfo, 'roles'>, found: ReadonlySet<Alias>): string {
  const placed = found.has('RA') && found.has('Dec');
  if (!found.has('z')) {
    return placed ? 'object_catalog' : 'other';
  }
  return roles.split !== undefined || !placed ? 'training_set' : 'redshift_catalog';
}
