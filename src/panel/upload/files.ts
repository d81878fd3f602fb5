/** Which files of a folder make a product, and what they are called on the server. */
import { ROLE } from '../../api';

export interface IFile {
  /** In the file browser. */
  readonly path: string;
  /** What it is called on the server. */
  readonly name: string;
  readonly role: number;
  /** Bytes; null where nobody knows. */
  readonly size: number | null;
  /** The folder of a HATS catalogue: it is packed as a zip while it is sent. */
  readonly isFolder?: boolean;
}

/** A file or a folder, as the file browser lists it. */
export interface IEntry {
  readonly path: string;
  readonly name: string;
  readonly isFolder: boolean;
  readonly size: number | null;
}

const TABLE =
  /\.(parquet|parq|pq|fits?|h5|hdf5|hdf|hf5|vot|votable|xml|csv|tsv|ecsv|arrow|feather|txt|dat)(\.gz)?$/i;
/** What the server reads as a table; the rest it tries as text, which can go wrong in silence. */
const READ = /\.(csv|fits?|h5|hf5|hdf5|pq|parquet|vot?|xml|zip|tar|tgz|tar\.(gz|bz2|xz))$/i;

const README = 'README.md';
export const RECIPE = 'recipe.tsm.yaml';
/** A HATS catalogue or collection has one of these. */
const HATS = ['collection.properties', 'hats.properties', 'properties'];
const MAIN = 'data/training_set.parquet';

export function isTable(path: string): boolean {
  return TABLE.test(path);
}

/** Whether the server knows the format of a table. */
export function isRead(name: string): boolean {
  return READ.test(name);
}

export function isArchive(name: string): boolean {
  return /\.(zip|tar|tgz|tar\.(gz|bz2|xz))$/i.test(name);
}

/** The name without folder and ending. */
export function stemOf(path: string): string {
  return baseOf(path).replace(/(\.tsm)?(\.[A-Za-z0-9]{1,8}){1,2}$/, '');
}

export function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

export function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}

export function join(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

/** The folder of the bundle whose table this would be; null for any other file. */
export function bundleOf(path: string): string | null {
  return path === MAIN ? '' : path.endsWith(`/${MAIN}`) ? path.slice(0, -MAIN.length - 1) : null;
}

export function mainOf(bundle: string): string {
  return join(bundle, MAIN);
}

export function asFile({ path, name, size, isFolder }: IEntry, role: number): IFile {
  return isFolder ? { path, name: `${name}.zip`, role, size: null, isFolder } : { path, name, role, size };
}

/** Whether the folder with these in it is a HATS catalogue. */
export function isHats(folder: readonly IEntry[]): boolean {
  return folder.some(one => !one.isFolder && HATS.includes(one.name));
}

/** Whether the table of a main file can be looked at before the server has read it. */
export function opens({ path, isFolder }: IFile): boolean {
  return isFolder === true || isTable(path);
}

/** What goes with a bundle's table, the description first: all else, so that who gets it can verify it. */
export function beside(bundle: string, entries: readonly IEntry[]): IFile[] {
  const readme = join(bundle, README);
  const found = entries.filter(({ isFolder, path }) => !isFolder && path !== mainOf(bundle));
  const taken = [baseOf(MAIN), ...found.map(({ name }) => plainName(name))];
  return found
    .map(entry => {
      const { path } = entry;
      const own = plainName(entry.name);
      // a server keeps no folders
      const free = taken.filter(other => other === own).length === 1;
      const name = free
        ? own
        : plainName(path.slice(bundle === '' ? 0 : bundle.length + 1).replace(/\//g, '_'));
      return { ...asFile(entry, path === readme ? ROLE.description : ROLE.auxiliary), name };
    })
    .sort((a, b) => Number(b.path === readme) - Number(a.path === readme));
}

/** A name that the server keeps as it is: it stores another one for any with blanks and special characters. */
export function plainName(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^A-Za-z0-9._-]+/g, '_')
    .replace(/^[._-]+/, '')
    .replace(/_+(\.[A-Za-z0-9]+)$/, '$1');
}

/** A column's name without what queries, HATS and other readers trip over. */
export function plainColumn(name: string): string {
  const plain = name
    .trim()
    .replace(/[^A-Za-z0-9_]+/g, '_')
    .replace(/^_+|_+$/g, '');
  return /^\d/.test(plain) ? `c_${plain}` : plain || 'column';
}

/** Names for the columns that need another one, none of them taken. */
export function plainColumns(names: readonly string[]): { readonly [name: string]: string } {
  const taken = new Set(names.filter(isPlainColumn));
  const found: { [name: string]: string } = {};
  for (const name of names.filter(one => !isPlainColumn(one))) {
    let wanted = plainColumn(name);
    for (let turn = 2; taken.has(wanted); turn++) {
      wanted = `${plainColumn(name)}_${turn}`;
    }
    taken.add(wanted);
    found[name] = wanted;
  }
  return found;
}

export function isPlainColumn(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_.]*$/.test(name);
}
