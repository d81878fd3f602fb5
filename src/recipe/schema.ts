/** From an operation's JSON Schema to the fields of a form, and from what was entered back to a step's parameters. */
import type { IOperation } from './backend';
import { equal } from './document';

export type FieldKind =
  'text' | 'condition' | 'number' | 'integer' | 'switch' | 'choice' | 'list' | 'proportions' | 'yaml';

export interface IField {
  readonly name: string;
  readonly kind: FieldKind;
  readonly title: string;
  readonly description: string;
  readonly fallback: unknown;
  readonly required: boolean;
  /** One simple schema, without alternatives for null. */
  readonly schema: Record<string, unknown>;
}

type Schema = Record<string, unknown>;

/** Parameters that hold a condition of the expression language, by name. */
const CONDITIONS = ['condition', 'eligible', 'where'];

/** The fields of an operation, in the order of its parameters. */
export function fieldsOf(operation: IOperation): IField[] {
  const properties = (operation.schema.properties ?? {}) as Record<string, Schema>;
  const definitions = (operation.schema.$defs ?? {}) as Record<string, Schema>;
  const required = (operation.schema.required ?? []) as string[];
  return Object.entries(properties).map(([name, raw]) => {
    const schema = simplify(raw, definitions);
    return {
      name,
      kind: kindOf(name, schema),
      title: (raw.title as string | undefined) ?? name,
      description: (raw.description as string | undefined) ?? '',
      fallback: raw.default,
      required: required.includes(name),
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
  if (wasShort && operation.main && keys.length === 1 && keys[0] === operation.main) {
    return result[operation.main];
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
    .map(([key, item]) => `${key.replace(/_/g, ' ')} ${short(item)}`)
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
