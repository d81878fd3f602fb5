import type { IProcessDetail, IProduct, IRelease } from '../../../api';
import { type IProductBackend, ProductModel } from '../model';

export const VVDS: IProduct = {
  id: 12,
  internalName: '12_vvds',
  displayName: 'VVDS Final',
  type: 'redshift_catalog',
  typeName: 'Reference Redshift Catalog',
  release: null,
  releaseId: null,
  owner: 'ana',
  isOwner: true,
  canUpdate: true,
  canDelete: true,
  official: false,
  status: 1,
  statusText: 'Published',
  description: '# VVDS\n\nDeep slits.\n\n## How to cite\n\nLe Fèvre et al. 2013.\n\n## Notes\n\nNone.',
  pzCode: null,
  created: '2026-03-02T10:00:00Z',
  updated: null,
  origin: 'Upload',
  processId: null,
  processStatus: null
};

export const TRAIN: IProduct = {
  ...VVDS,
  id: 18,
  internalName: '18_train',
  displayName: 'DP1 train',
  type: 'training_set',
  typeName: 'Training Set',
  release: 'LSST DP1',
  releaseId: 2,
  description: '',
  origin: 'Training Set Maker',
  processId: 7,
  processStatus: 'Successful'
};

export const DP1 = {
  id: 2,
  name: 'dp1',
  displayName: 'LSST DP1',
  description: '',
  isPublic: false
} as IRelease;

export const PROCESS = {
  id: 7,
  name: 'DP1 train',
  pipeline: 'training_set_maker',
  version: '1.0.6',
  status: 'Successful',
  owner: 'ana',
  isOwner: true,
  product: 18,
  release: 'LSST DP1',
  inputs: [VVDS],
  created: '2026-03-02T10:00:00Z',
  started: null,
  ended: '2026-03-02T11:00:00Z',
  comment: null,
  progress: null,
  stage: null
} as unknown as IProcessDetail;

/** The services, answering about one product, and noting what they were asked to do. */
export function services(product: IProduct, change: Partial<IProductBackend> = {}, rest = 1) {
  const done: unknown[][] = [];
  let now = product;
  const note = (...what: unknown[]) => void done.push(what);
  const backend: IProductBackend = {
    product: async () => now,
    products: async () => [now],
    files: async () => [
      {
        id: 1,
        name: 'vvds.parquet',
        role: 0,
        mime: null,
        size: 4_812_000,
        rows: 47219,
        isFolder: false,
        canDelete: true
      },
      {
        id: 2,
        name: 'notes.txt',
        role: 2,
        mime: 'text/plain',
        size: 965,
        rows: null,
        isFolder: false,
        canDelete: true
      }
    ],
    columns: async () => [
      { id: 1, name: 'ALPHA', ucd: 'pos.eq.ra;meta.main', alias: 'RA' },
      { id: 2, name: 'Z', ucd: 'src.redshift', alias: 'z' },
      { id: 3, name: 'MAGI', ucd: null, alias: null }
    ],
    process: async () => PROCESS,
    processConfig: async () => ({
      config: { crossmatch: { radius_arcsec: 1 }, random_seed: null },
      flags: { delta_z_threshold: 0.001 }
    }),
    preview: async () => ({ columns: ['Z'], rows: [['0.6642']] }),
    releases: async () => [DP1],
    me: async () => ({ name: 'ana', isAdmin: false }),
    change: async (id, given) => {
      note('change', id, given);
      now = { ...now, ...(given as Partial<IProduct>) };
      return now;
    },
    deleteProduct: async id => note('delete', id),
    attach: async (id, path, role) => {
      note('attach', id, path, role);
      return (await backend.files(id))[1];
    },
    removeFile: async id => note('remove', id),
    download: async (id, folder, main) => {
      note('download', id, folder, main);
      return (await backend.downloads())[0];
    },
    downloads: async () => [],
    stopDownload: async id => note('stop', id),
    describe: async () => ({
      id: 't',
      name: 'VVDS',
      rows: 47219,
      access: 'public',
      roles: {},
      columns: [
        { name: 'ALPHA', type: 'float', arrow: 'double', nulls: 0, unit: 'deg', description: 'Position' },
        { name: 'MAGI', type: 'float', arrow: 'double', nulls: 0, unit: 'mag', ucd: 'phot.mag' }
      ]
    }),
    server: async () => ({ url: 'https://pz.example/api/', name: 'pz.example', kind: 'other' }),
    ...change
  };
  return { model: new ProductModel({ id: product.id, backend, rest }), backend, done };
}
