/** Checks at the edge: an answer that is not what the contract says fails here, in words, and not in a view. */
import { ServiceError } from './errors';
import type { components } from './generated/openapi';

type Answers = components['schemas'];

type Kind = 'number' | 'string' | 'boolean' | 'object' | 'array';
/** What is looked at of an answer; fields that one can do without end in a question mark. */
type Shape<T> = { readonly [key in keyof T]?: Kind | `${Kind}?` };

/** A check of one kind of answer: gives it back, typed, or throws a ServiceError. */
export type Check<T> = (value: unknown) => T;

export const checkProduct = checker<Answers['Product']>('product', {
  id: 'number',
  release: 'number?',
  release_name: 'string?',
  product_type: 'number',
  product_type_name: 'string',
  product_type_internal_name: 'string',
  uploaded_by: 'string',
  is_owner: 'boolean',
  origin: 'string?',
  process_status: 'string?',
  process_id: 'number?',
  product_status: 'string',
  can_delete: 'boolean',
  can_update: 'boolean',
  internal_name: 'string?',
  display_name: 'string',
  official_product: 'boolean',
  pz_code: 'string?',
  description: 'string?',
  created_at: 'string',
  updated_at: 'string?',
  status: 'number'
});

export const checkFile = checker<Answers['ProductFile']>('product file', {
  id: 'number',
  product: 'number',
  can_delete: 'boolean?',
  role: 'number',
  name: 'string',
  type: 'string?',
  n_rows: 'number?',
  size: 'number?',
  is_directory: 'boolean?'
});

export const checkContent = checker<Answers['ProductContent']>('column of a product', {
  id: 'number',
  column_name: 'string',
  ucd: 'string?',
  alias: 'string?',
  order: 'number?'
});

export const checkProcess = checker<Answers['Process']>('process', {
  id: 'number',
  pipeline_name: 'string?',
  pipeline_version: 'string?',
  owned_by: 'string?',
  is_owner: 'boolean',
  display_name: 'string?',
  created_at: 'string',
  started_at: 'string?',
  ended_at: 'string?',
  status: 'string',
  comment: 'string?',
  upload: 'number?',
  inputs: 'array?',
  provenance_inputs: 'array?',
  warnings: 'array?'
});

export const checkPipeline = checker<Answers['Pipeline']>('pipeline', {
  id: 'number',
  name: 'string',
  display_name: 'string?',
  version: 'string?',
  description: 'string?',
  product_types_accepted: 'array?'
});

export const checkType = checker<Answers['ProductType']>('product type', {
  id: 'number',
  name: 'string',
  display_name: 'string?',
  description: 'string?'
});

export const checkRelease = checker<Answers['Release']>('release', {
  id: 'number',
  name: 'string',
  display_name: 'string?',
  description: 'string?',
  is_public: 'boolean?',
  access_groups: 'array?'
});

export const checkUser = checker<Answers['User']>('user', {
  username: 'string',
  first_name: 'string?',
  last_name: 'string?',
  display_name: 'string?'
});

export const checkMe = checker<Answers['LoggedUser']>('user', { username: 'string', is_admin: 'boolean?' });

export const checkMainFile = checker<Partial<Answers['ProductWithMainFile']>>('main file', {
  main_file: 'object?'
});

export const checkPreview = checker<Answers['ReadData']>('preview', { columns: 'array', results: 'array' });

export const checkConfig = checker<Record<string, unknown>>('process configuration', {
  config: 'object?',
  flag_translation: 'object?'
});

export const checkDownload = checker<Record<string, unknown>>('download', {
  id: 'string',
  product: 'number',
  state: 'string',
  done: 'number',
  total: 'number?',
  path: 'string?',
  message: 'string?',
  remedy: 'string?'
});

export const checkUpload = checker<Record<string, unknown>>('upload', {
  id: 'string',
  product: 'number',
  role: 'number',
  name: 'string',
  state: 'string',
  done: 'number',
  total: 'number',
  message: 'string?',
  remedy: 'string?'
});

export function checkList(value: unknown): { count: number; results: unknown[] } {
  const list = value as { count?: unknown; results?: unknown } | null;
  if (typeof list?.count !== 'number' || !Array.isArray(list.results)) {
    throw strange('list', 'count and results');
  }
  return list as { count: number; results: unknown[] };
}

function checker<T>(what: string, shape: Shape<T>): Check<T> {
  return value => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw strange(what, 'an object');
    }
    const record = value as Record<string, unknown>;
    for (const [key, wanted] of Object.entries(shape) as [string, string][]) {
      const optional = wanted.endsWith('?');
      const kind = optional ? wanted.slice(0, -1) : wanted;
      const given = record[key];
      const is = Array.isArray(given) ? 'array' : typeof given;
      if (given === null || given === undefined ? !optional : is !== kind) {
        throw strange(what, `"${key}" as ${kind}`);
      }
    }
    return value as T;
  };
}

function strange(what: string, wanted: string): ServiceError {
  return new ServiceError(
    `The PZ Server's answer is not a ${what} as its contract describes: ${wanted} is missing.`,
    'Its version may be newer than this extension: update pz-tsm, or tell its authors.'
  );
}
