/** What the chosen split method means for the other parameters of the step. */
import type { IOperation, ISplitMethod } from '../backend';
import { fieldsOf, type IField } from '../schema';

type Values = Record<string, unknown>;

const NAMES_ITSELF = 'parts';
const RANDOM = 'random';

export function methodOf(methods: readonly ISplitMethod[], given: Values): ISplitMethod | undefined {
  const name = typeof given.method === 'string' ? given.method : RANDOM;
  return methods.find(one => one.name === name);
}

/** The options of a method as fields of a form. */
export function optionFields(method: ISplitMethod | undefined): IField[] {
  const schema = method?.schema;
  return schema
    ? fieldsOf({ name: 'split.options', title: '', summary: '', scope: 'whole', schema } satisfies IOperation)
    : [];
}

/** Whether a parameter of the split has no meaning with this method, and doesn't stand in the recipe. */
export function isVoid(methods: readonly ISplitMethod[], name: string, given: Values): boolean {
  const method = methodOf(methods, given);
  if (!method || given[name] !== undefined) {
    return false;
  }
  return name === NAMES_ITSELF
    ? method.own_parts === true
    : name === 'options' && optionFields(method).length === 0;
}

/** What was entered, without what another method makes void: options of the old one, parts that it names itself. */
export function afterMethod(methods: readonly ISplitMethod[], before: Values, entered: Values): Values {
  const method = methodOf(methods, entered);
  if (!method || methodOf(methods, before) === method) {
    return entered;
  }
  const known = optionFields(method).map(field => field.name);
  const options = Object.entries((entered.options ?? {}) as Values).filter(([name]) => known.includes(name));
  const result: Values = { ...entered, options: options.length ? Object.fromEntries(options) : undefined };
  if (method.own_parts) {
    result.parts = undefined;
  }
  return result;
}
