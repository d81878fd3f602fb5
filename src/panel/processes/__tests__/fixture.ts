/** A server with the two pipelines, three catalogues and a release, as the real one tells of them. */
import { nullTranslator } from '@jupyterlab/translation';

import type { IPipeline, IProcessDetail, IProduct, IProductColumn, IRelease } from '../../../api';
import { VVDS } from '../../product/__tests__/fixture';
import type { IDraft, IDrafts, ISent } from '../draft';
import { EMPTY } from '../draft';
import { type IFormBackend, NewProcessModel } from '../formModel';

export const trans = nullTranslator.load('tsm');

export const TSM: IPipeline = {
  id: 1,
  name: 'training_set_maker',
  displayName: 'Training Set Maker',
  version: '1.0.6',
  description: '',
  parameters: {
    crossmatch: { radius_arcsec: 1, n_neighbors: 1 },
    use_absolute_lsdb_path: false,
    selected_cols: [],
    flux_type: 'auto',
    convert_flux_to_mag: true,
    dereddening: 'sfd',
    split_method: 'random',
    train_fraction: 0.7,
    random_seed: null
  },
  outputFormat: null,
  accepts: [1]
};

export const COMBINE: IPipeline = {
  id: 2,
  name: 'combine_redshift_dedup',
  displayName: 'Combine Redshift Catalogs',
  version: '1.0.7',
  description: '',
  parameters: {
    combine_type: 'concatenate',
    extra_columns: {},
    z_flag_homogenized_value_to_cut: 3,
    flags_translation_file: '/pipelines/flags_translation.yaml',
    insert_DP1_footprint_flag: false,
    insert_rubin_footprint_flag: true
  },
  outputFormat: 'parquet',
  accepts: [1]
};

export function product(id: number, name: string, change: Partial<IProduct> = {}): IProduct {
  const internalName = `${id}_${name.toLowerCase()}`;
  return { ...VVDS, id, internalName, displayName: name, description: '', ...change };
}

export const DP1: IRelease = {
  ...{ id: 2, name: 'dp1', displayName: 'LSST DP1', description: '', isPublic: false },
  ...{ hasMagnitudes: true, hasFluxes: false },
  fluxes: [
    { name: 'cmodel', displayName: 'cModel', selected: true, disabled: false },
    { name: 'gaap', displayName: 'GAaP', selected: false, disabled: true }
  ],
  dereddening: [{ name: 'sfd', displayName: 'SFD', selected: true, disabled: false }]
};

export const COLUMNS: IProductColumn[] = ['ID', 'RA', 'Dec', 'z', 'z_flag', 'survey'].map((alias, id) => ({
  ...{ id, name: alias.toUpperCase(), ucd: null, alias }
}));

export function process(change: Partial<IProcessDetail> = {}): IProcessDetail {
  return {
    ...{ id: 9, name: 'both', pipeline: COMBINE.name, pipelineId: 2, version: '1.0.7', status: 'Running' },
    ...{ owner: 'ana', isOwner: true, canStop: true, product: 26, release: null, releaseId: null },
    ...{ inputs: [product(4, 'VVDS'), product(5, 'VIPERS')], inputIds: [4, 5] },
    ...{ created: '2026-11-23T10:00:00Z', started: '2026-11-23T10:00:05Z', ended: null, comment: null },
    ...{ progress: null, stage: null, position: null, warnings: [], software: {} },
    config: { param: { ...COMBINE.parameters }, output_format: 'parquet' },
    ...change
  } as IProcessDetail;
}

export class MemoryDrafts implements IDrafts {
  constructor(public draft: IDraft = EMPTY) {}

  readonly all: ISent[] = [];

  read = () => this.draft;
  write = (draft: IDraft) => void (this.draft = draft);
  sent = () => this.all;
  send = (one: ISent) => void this.all.unshift(one);
}

export function form(change: Partial<IFormBackend> = {}, drafts = new MemoryDrafts()) {
  const products = [product(4, 'VVDS'), product(5, 'VIPERS'), product(6, 'DEEP2')];
  const backend = {
    pipelines: jest.fn(async () => [TSM, COMBINE]),
    releases: jest.fn(async () => [DP1]),
    types: jest.fn(async () => [{ id: 1, name: 'redshift_catalog', displayName: 'Redshift catalogue' }]),
    products: jest.fn(async () => products),
    product: jest.fn(
      async (id: number) => products.find(one => one.id === id) ?? Promise.reject(new Error('Not there.'))
    ),
    columns: jest.fn(async () => COLUMNS),
    files: jest.fn(async () => [{ id: 1, role: 0, name: 'cat.parquet' }]),
    process: jest.fn(async () => process()),
    processes: jest.fn(async () => [process({ id: 8 })]),
    checkProcess: jest.fn(async () => null),
    submitProcess: jest.fn(async () => process({ status: 'Pending' })),
    submitted: jest.fn(async () => null),
    server: jest.fn(async () => ({ url: 'https://pz.example/api/', name: 'pz.example', kind: 'other' })),
    ...change
  } as unknown as { [name in keyof IFormBackend]: jest.Mock };
  const model = new NewProcessModel({ backend: backend as never, drafts, trans });
  return { model, backend, drafts };
}
