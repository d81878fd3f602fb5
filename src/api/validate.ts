/** Checks at the edge: an answer that is not what the contract says fails here, in words, and not in a view. */
import { ServiceError } from './errors';

type Kind = 'number' | 'string' | 'boolean';
type Shape = { readonly [key: string]: Kind | `${Kind}?` };

const PRODUCT: Shape = {
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
  description: 'string?',
  created_at: 'string',
  status: 'number'
};

const PROCESS: Shape = {
  id: 'number',
  pipeline_name: 'string?',
  owned_by: 'string?',
  is_owner: 'boolean',
  display_name: 'string?',
  created_at: 'string',
  started_at: 'string?',
  ended_at: 'string?',
  status: 'string',
  comment: 'string?',
  upload: 'number?'
};

export function checkProduct(value: unknown): Record<string, unknown> {
  return check('product', PRODUCT, value);
}

export function checkProcess(value: unknown): Record<string, unknown> {
  return check('process', PROCESS, value);
}

export function checkList(value: unknown): { count: number; results: unknown[] } {
  const list = value as { count?: unknown; results?: unknown } | null;
  if (typeof list?.count !== 'number' || !Array.isArray(list.results)) {
    throw strange('list', 'count and results');
  }
  return list as { count: number; results: unknown[] };
}

function check(what: string, shape: Shape, value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw strange(what, 'an object');
  }
  const record = value as Record<string, unknown>;
  for (const [key, wanted] of Object.entries(shape)) {
    const optional = wanted.endsWith('?');
    const kind = optional ? wanted.slice(0, -1) : wanted;
    const given = record[key];
    if (given === null || given === undefined ? !optional : typeof given !== kind) {
      throw strange(what, `"${key}" as ${kind}`);
    }
  }
  return record;
}

function strange(what: string, wanted: string): ServiceError {
  return new ServiceError(
    `The PZ Server's answer is not a ${what} as its contract describes: ${wanted} is missing.`,
    'Its version may be newer than this extension: update pz-tsm, or tell its authors.'
  );
}
