import { nullTranslator } from '@jupyterlab/translation';

import type { IProduct, IProductColumn, IProductFile, IRelease, IUpload } from '../../../api';
import type { IColumnInfo, IProposedRole, ITableInfo } from '../../../table/source';
import { VVDS } from '../../product/__tests__/fixture';
import type { IDraft, IDraftKeeper } from '../draft';
import type { IUploadBackend } from '../backend';
import { UploadModel } from '../model';

export const trans = nullTranslator.load('tsm');

export function column(name: string, change: Partial<IColumnInfo> = {}): IColumnInfo {
  return { name, type: 'float', arrow: 'double', nulls: 0, distinct: 900, min: 0.1, max: 2.5, ...change };
}

/** A redshift catalogue as surveys publish it. */
export const SURVEY: ITableInfo = {
  id: 't',
  name: 'vvds.parquet',
  rows: 1000,
  access: 'public',
  roles: { ra: 'ALPHA', dec: 'DELTA', redshift: 'Z', flag: 'ZFLAGS', id: 'NUM' },
  columns: [
    column('NUM', { type: 'int', arrow: 'int64', distinct: 1000, min: 1, max: 99999 }),
    column('ALPHA', { unit: 'deg', ucd: 'pos.eq.ra;meta.main', min: 52.1, max: 53.9 }),
    column('DELTA', { unit: 'deg', min: -28.5, max: -27.1 }),
    column('Z', { min: -0.001, max: 4.1 }),
    column('ZFLAGS', { type: 'int', arrow: 'int32', distinct: 12, min: 0, max: 29 }),
    column('z_phot', { ucd: 'src.redshift.phot' }),
    column('MAGI', { unit: 'mag', ucd: 'phot.mag', min: 17, max: 24 })
  ]
};

/** What the engine proposes for it. */
export const ROLES: readonly IProposedRole[] = (
  [
    ['ra', 'ALPHA'],
    ['dec', 'DELTA'],
    ['z', 'Z'],
    ['z_flag', 'ZFLAGS'],
    ['id', 'NUM']
  ] as const
).map(([role, name]) => ({ role, columns: [name], reason: `its name: ${name}`, sure: true }));

export const RELEASE: IRelease = {
  ...{ id: 2, name: 'dp1', displayName: 'LSST DP1', description: '', isPublic: false },
  ...{ hasMagnitudes: true, hasFluxes: true, fluxes: [], dereddening: [] }
};

/** A file browser with a table, a bundle and a server that keeps what it is given. */
export function services(change: Partial<IUploadBackend> = {}, table = SURVEY) {
  const sizes: { [path: string]: number } = {
    'vvds.parquet': 4000,
    'my cat.csv': 900,
    'notes.txt': 12,
    'hats.zip': 7000,
    'my specz/hats.properties': 40,
    'my specz/dataset/_metadata': 90,
    'run/README.md': 30,
    'run/recipe.tsm.yaml': 60,
    'run/recipe.tsm.lock': 70,
    'run/CITATION.cff': 80,
    'run/qa/nz.svg': 90,
    'run/rail/train.hdf5': 700,
    'run/csv/README.md': 20,
    'run/data/training_set.parquet': 5000
  };
  const texts: { [path: string]: string } = {
    'run/README.md': '# DP1 deep train\n\nMade for a test.\n',
    'run/recipe.tsm.yaml': 'format: tsm-recipe/1\nname: deep\nsteps:\n  - match: {release: dp1}\n'
  };
  const done: unknown[][] = [];
  const products = new Map<number, IProduct>();
  let files: IProductFile[] = [];
  let columns: IProductColumn[] = [];
  let uploads: IUpload[] = [];
  let key = 20;
  const entry = (path: string) => ({
    path,
    name: path.slice(path.lastIndexOf('/') + 1),
    isFolder: !(path in sizes),
    size: sizes[path] ?? null
  });
  const backend: IUploadBackend = {
    server: async () => ({ url: '', name: 'this machine', kind: 'engine' }),
    types: async () => [
      { id: 1, name: 'redshift_catalog', displayName: 'Redshift Catalog' },
      { id: 2, name: 'training_set', displayName: 'Training Set' },
      { id: 7, name: 'other', displayName: 'Other' }
    ],
    releases: async () => [RELEASE],
    info: async () => table,
    propose: async () => ROLES,
    proposeByNames: async names => ROLES.filter(({ columns }) => names.includes(columns[0])),
    look: async path => entry(path),
    list: async folder => {
      const below = Object.keys(sizes).filter(path => path.startsWith(`${folder}/`));
      return [...new Set(below.map(path => path.slice(folder.length + 1).split('/')[0]))].map(name =>
        entry(`${folder}/${name}`)
      );
    },
    text: async path => texts[path],
    export: async (path, request) => {
      done.push(['export', path, request]);
      return { path: request.path, rows: table.rows, bytes: 3000, access: table.access };
    },
    createProduct: async what => {
      const id = key++;
      done.push(['create', what.displayName, what.typeId]);
      const product = {
        ...VVDS,
        ...what,
        id,
        internalName: `${id}_x`,
        type: ['', 'redshift_catalog', 'training_set', '', '', '', '', 'other'][what.typeId],
        status: 0
      };
      products.set(id, product);
      return product;
    },
    product: async id => {
      const found = products.get(id);
      if (!found) {
        throw Object.assign(new Error('No Product'), { status: 404 });
      }
      return found;
    },
    products: async () => [...products.values()].filter(product => product.status === 0),
    change: async (id, given) => {
      done.push(['change', id, given]);
      const product = { ...products.get(id)!, ...given };
      products.set(id, product);
      return product;
    },
    deleteProduct: async id => {
      done.push(['delete', id]);
      products.delete(id);
    },
    files: async () => files,
    removeFile: async id => {
      done.push(['remove', id]);
      files = files.filter(file => file.id !== id);
    },
    sendFile: async (product, role, path, name) => {
      done.push(['send', product, role, path, name]);
      const size = path.includes('_upload') ? 3000 : sizes[path];
      const upload: IUpload = {
        id: `u${key}`,
        product,
        role,
        name,
        state: 'done',
        done: size,
        total: size,
        message: null,
        remedy: null
      };
      uploads = [upload];
      files = [
        ...files,
        { id: key++, name, role, mime: null, size, rows: null, isFolder: false, canDelete: true }
      ];
      return upload;
    },
    uploads: async () => uploads,
    stopUpload: async id => void done.push(['stop', id]),
    registry: async product => {
      done.push(['registry', product]);
      const renamed = done.filter(([what]) => what === 'export').at(-1)?.[2] as
        { rename?: { [name: string]: string } } | undefined;
      columns = table.columns.map(({ name }, id) => ({
        id,
        name: renamed?.rename?.[name] ?? name,
        ucd: null,
        alias: null
      }));
    },
    columns: async () => columns,
    associate: async (id, alias, ucd) => {
      done.push(['associate', columns[id].name, alias, ucd]);
      columns = columns.map(one => (one.id === id ? { ...one, alias, ucd } : one));
    },
    ...change
  };
  const drafts = new Map<string, IDraft>();
  const keeper: IDraftKeeper = {
    list: async () => [...drafts.values()],
    save: async draft => void drafts.set(draft.id, draft),
    remove: async id => void drafts.delete(id)
  };
  const make = (id = 'aaaaaaaa') => new UploadModel({ backend, keeper, trans, id, rest: 0 });
  const names = () => done.map(([what]) => what);
  return { backend, keeper, drafts, done, names, products, make };
}
