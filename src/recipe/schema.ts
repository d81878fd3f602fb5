/** From an operation's JSON Schema to the fields of a form, and from what was entered back to a step's parameters. */
import type { IOperation } from './backend';
import { equal } from './document';

export type FieldKind =
  | 'text'
  | 'condition'
  | 'number'
  | 'integer'
  | 'switch'
  | 'choice'
  | 'list'
  | 'proportions'
  | 'numbers'
  | 'group'
  | 'byType'
  | 'criteria'
  | 'decisions'
  | 'rules'
  | 'offsets'
  | 'release'
  | 'columns'
  | 'place'
  | 'method'
  | 'options'
  | 'cells'
  | 'features'
  | 'file'
  | 'bundle'
  | 'yaml';

export interface IField {
  readonly name: string;
  readonly kind: FieldKind;
  readonly title: string;
  readonly description: string;
  readonly fallback: unknown;
  readonly required: boolean;
  /** Shown folded away while the recipe leaves it as it is. */
  readonly advanced: boolean;
  /** One simple schema, without alternatives for null. */
  readonly schema: Record<string, unknown>;
}

type Schema = Record<string, unknown>;

/** Parameters that hold a condition of the expression language, by name. */
const CONDITIONS = ['condition', 'eligible', 'where'];

/** Parameters that few recipes need, by operation; a schema says it itself with "advanced". */
const ADVANCED: { readonly [op: string]: readonly string[] } = {
  combine: ['radii', 'errors', 'agree', 'offsets', 'chains', 'decisions', 'keep'],
  homogenize: ['surveys'],
  match: ['objects', 'blends', 'delta_z', 'rows', 'unmatched', 'shift', 'radii'],
  split: ['key', 'rows'],
  cap: ['seed'],
  coverage: ['side', 'seed'],
  resample: ['side', 'seed'],
  weight: ['k']
};

/** Parameters with a field of their own, by operation. */
const KINDS: { readonly [op: string]: { readonly [name: string]: FieldKind } } = {
  match: { release: 'release', columns: 'columns', run: 'place' },
  split: { method: 'method', options: 'options', lock: 'bundle' },
  weight: { target: 'file', features: 'features' },
  resample: { target: 'file', features: 'features' },
  coverage: { target: 'file', features: 'features' }
};

/** Parameters that count only beside a value of another one. */
const BESIDE: { readonly [op: string]: { readonly [name: string]: readonly [string, string] } } = {
  match: { errors: ['select', 'error-weighted'], pz_server: ['run', 'pz-server'] }
};

/** Whether a parameter counts, or stands in the recipe though it doesn't. */
export function isShown(operation: IOperation, name: string, given: Record<string, unknown>): boolean {
  const [other, value] = BESIDE[operation.name]?.[name] ?? [];
  return other === undefined || given[other] === value || (name in given && given[name] !== null);
}

/** What was entered, without the parameters that a change of another one has made void. */
export function withoutVoid(
  operation: IOperation,
  before: Record<string, unknown>,
  entered: Record<string, unknown>
): Record<string, unknown> {
  const result = { ...entered };
  for (const [name, [other, value]] of Object.entries(BESIDE[operation.name] ?? {})) {
    if (before[other] === value && entered[other] !== value) {
      delete result[name];
    }
  }
  return result;
}

/** The fields of an operation, in the order of its parameters. */
export function fieldsOf(operation: IOperation): IField[] {
  const properties = (operation.schema.properties ?? {}) as Record<string, Schema>;
  const definitions = (operation.schema.$defs ?? {}) as Record<string, Schema>;
  const required = (operation.schema.required ?? []) as string[];
  return Object.entries(properties).map(([name, raw]) => {
    const schema = simplify(raw, definitions);
    return {
      name,
      kind:
        KINDS[operation.name]?.[name] ?? specialOf(name, raw, schema, definitions) ?? kindOf(name, schema),
      title: (raw.title as string | undefined) ?? name,
      description: (raw.description as string | undefined) ?? '',
      fallback: raw.default,
      required: required.includes(name),
      advanced: raw.advanced === true || (ADVANCED[operation.name] ?? []).includes(name),
      schema
    };
  });
}

/** The parameters of a step as a record, the short form written out. */
export function parametersOf(operation: IOperation, value: unknown): Record<string, unknown> {
  if (value === null || value === undefined) {
    return {};
  }
  if (typeof value === 'object' && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  return operation.main ? { [operation.main]: value } : {};
}

/**
 * What the recipe should say for these parameters: what stood there or differs from the default, and the short
 * form where only the main parameter is given and the short form was used before (or nothing was).
 */
export function stepValue(operation: IOperation, before: unknown, entered: Record<string, unknown>): unknown {
  const old = parametersOf(operation, before);
  const result: Record<string, unknown> = {};
  for (const field of fieldsOf(operation)) {
    const value = entered[field.name];
    const empty =
      value === undefined || value === null || value === '' || (Array.isArray(value) && !value.length);
    const stood = field.name in old;
    if (empty ? field.required : stood || !equal(value, field.fallback)) {
      result[field.name] = empty ? '' : value;
    }
  }
  const keys = Object.keys(result);
  const wasShort =
    before === null || before === undefined || typeof before !== 'object' || Array.isArray(before);
  const short = wasShort && operation.main && keys.length === 1 ? result[operation.main] : undefined;
  if (short !== undefined && (typeof short !== 'object' || Array.isArray(short))) {
    return short; // a map would be taken for the parameters
  }
  return keys.length ? result : null;
}

/** A step in one line, what differs from the defaults first. */
export function summary(value: unknown): string {
  if (value === null || value === undefined) {
    return '';
  }
  if (typeof value !== 'object') {
    return String(value);
  }
  return Object.entries(value as Record<string, unknown>)
    .map(([key, item]) => {
      const arcsec = /^(.+)_arcsec$/.exec(key);
      return arcsec
        ? `${arcsec[1].replace(/_/g, ' ')} ${short(item)}″`
        : `${key.replace(/_/g, ' ')} ${short(item)}`;
    })
    .join(' · ');
}

function short(value: unknown): string {
  if (Array.isArray(value)) {
    return value.map(short).join(', ');
  }
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .map(([key, item]) => `${key} ${short(item)}`)
      .join(', ');
  }
  return String(value);
}

function simplify(schema: Schema, definitions: Record<string, Schema>): Schema {
  if (typeof schema.$ref === 'string') {
    const name = schema.$ref.split('/').pop()!;
    return simplify({ ...definitions[name], ...schema, $ref: undefined }, definitions);
  }
  const choices = ((schema.anyOf ?? schema.oneOf) as Schema[] | undefined)?.filter(
    item => item.type !== 'null'
  );
  if (!choices) {
    return schema;
  }
  const { anyOf: _any, oneOf: _one, ...rest } = schema;
  if (choices.length === 1) {
    return { ...rest, ...simplify(choices[0], definitions) };
  }
  const list = choices.find(item => item.type === 'array' && (item.items as Schema)?.type === 'string');
  if (list && choices.every(item => item.type === 'string' || item === list)) {
    return { ...rest, ...list };
  }
  return rest;
}

/** The plain alternatives of a schema: references followed, null left out. */
function alternatives(schema: Schema, definitions: Record<string, Schema>): Schema[] {
  const followed = follow(schema, definitions);
  const choices = (followed.anyOf ?? followed.oneOf) as Schema[] | undefined;
  return choices
    ? choices.map(choice => follow(choice, definitions)).filter(choice => choice.type !== 'null')
    : [followed];
}

function follow(schema: Schema, definitions: Record<string, Schema>): Schema {
  return typeof schema.$ref === 'string'
    ? { ...definitions[schema.$ref.split('/').pop()!], ...schema, $ref: undefined }
    : schema;
}

/** Fields for shapes that a plain form shows badly: maps by survey, criteria in order, decisions, groups. */
function specialOf(
  name: string,
  raw: Schema,
  schema: Schema,
  definitions: Record<string, Schema>
): FieldKind | null {
  const kinds = alternatives(raw, definitions);
  const properties = (kind: Schema | undefined) => Object.keys((kind?.properties ?? {}) as Schema);
  const items = kinds.find(kind => kind.type === 'array')?.items as Schema | undefined;
  if (items) {
    const shapes = alternatives(items, definitions);
    const named = new Set(shapes.flatMap(properties));
    if (named.has('prefer') && named.has('exclude')) {
      return 'decisions';
    }
    return named.has('by') && shapes.some(shape => shape.type === 'string') ? 'criteria' : null;
  }
  const object = kinds.find(kind => kind.type === 'object');
  if (!object) {
    return null;
  }
  if (kinds.some(kind => kind.type === 'number')) {
    return properties(object).length > 0 ? 'byType' : null;
  }
  if (kinds.length > 1) {
    return null;
  }
  if (properties(object).length > 0) {
    return 'group';
  }
  const values = schema.additionalProperties as Schema | undefined;
  if (name === 'surveys' && values?.$ref) {
    return 'rules';
  }
  if (values?.type === 'array' && values.minItems === 2 && values.maxItems === 2) {
    return 'offsets';
  }
  if (isNumberOrNull(values)) {
    return 'cells';
  }
  const counted = values?.type === 'number' || values?.type === 'integer';
  return counted && name !== 'parts' ? 'numbers' : null;
}

/** A width, or null for what is taken as it is: `cells: {redshift: 0.1, survey: null}`. */
function isNumberOrNull(values: Schema | undefined): boolean {
  const types = (values?.anyOf as Schema[] | undefined)?.map(one => one.type) ?? [];
  return types.length === 2 && types.includes('number') && types.includes('null');
}

/** The parts of a field that is a group of parameters (`errors: {column, sigma, floor_arcsec}`), as fields. */
export function partsOf(operation: IOperation, name: string): IField[] {
  const properties = (operation.schema.properties ?? {}) as Record<string, Schema>;
  const definitions = (operation.schema.$defs ?? {}) as Record<string, Schema>;
  const object = alternatives(properties[name] ?? {}, definitions).find(kind => kind.type === 'object');
  return object
    ? fieldsOf({ ...operation, name: `${operation.name}.${name}`, schema: { ...object, $defs: definitions } })
    : [];
}

function kindOf(name: string, schema: Schema): FieldKind {
  if (Array.isArray(schema.enum)) {
    return 'choice';
  }
  const items = schema.items as Schema | undefined;
  const values = schema.additionalProperties as Schema | undefined;
  switch (schema.type) {
    case 'string':
      return CONDITIONS.includes(name) ? 'condition' : 'text';
    case 'number':
      return 'number';
    case 'integer':
      return 'integer';
    case 'boolean':
      return 'switch';
    case 'array':
      return items?.type === 'string' ? 'list' : 'yaml';
    case 'object':
      return name === 'parts' && values?.type === 'number' ? 'proportions' : 'yaml';
    default:
      return 'yaml';
  }
}
