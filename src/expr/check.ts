import type { Expr } from './ast';
import type { ValueType } from './columns';
import { ExprError } from './error';
import { toText } from './toText';

/** Types of the columns by name. */
export type Schema = ReadonlyMap<string, ValueType>;

/**
 * Check a condition against the columns before anything runs.
 *
 * @throws ExprError that names the unknown column and the nearest one, or what does not fit together.
 */
export function check(expr: Expr, schema: Schema): void {
  const type = typeOf(expr, schema);
  if (type !== 'bool' && type !== 'null') {
    throw new ExprError(
      `'${toText(expr)}' is ${A[type]}, not a condition.`,
      expr.at,
      `Compare it with something, for example: ${toText(expr)} ${type === 'text' ? "= 'text'" : '> 0'}`
    );
  }
}

const A: { readonly [type in ValueType]: string } = {
  int: 'a number',
  float: 'a number',
  text: 'text',
  bool: 'true or false',
  null: 'null'
};

/** The type of an expression's values; checks its parts on the way. */
export function typeOf(expr: Expr, schema: Schema): ValueType {
  switch (expr.kind) {
    case 'literal':
      return literalType(expr.value);
    case 'column': {
      const type = schema.get(expr.name);
      if (type === undefined) {
        throw unknownColumn(expr.name, [...schema.keys()], expr.at);
      }
      return type;
    }
    case 'preset':
      return typeOf(expr.body, schema);
    case 'negate':
      return numeric(expr.operand, schema);
    case 'arithmetic': {
      const left = numeric(expr.left, schema);
      const right = numeric(expr.right, schema);
      return expr.op === '/' || left === 'float' || right === 'float' ? 'float' : 'int';
    }
    case 'call':
      return callType(expr.name, expr.args, schema);
    case 'comparison':
      comparable([expr.left, expr.right], schema);
      return 'bool';
    case 'between':
      comparable([expr.operand, expr.low, expr.high], schema);
      return 'bool';
    case 'in':
      comparable([expr.operand, ...expr.items], schema);
      return 'bool';
    case 'like':
      textual(expr.operand, schema, 'LIKE');
      return 'bool';
    case 'isnull':
      typeOf(expr.operand, schema);
      return 'bool';
    case 'not':
      check(expr.operand, schema);
      return 'bool';
    case 'and':
    case 'or':
      check(expr.left, schema);
      check(expr.right, schema);
      return 'bool';
  }
}

function literalType(value: unknown): ValueType {
  switch (typeof value) {
    case 'bigint':
      return 'int';
    case 'number':
      return 'float';
    case 'string':
      return 'text';
    case 'boolean':
      return 'bool';
    default:
      return 'null';
  }
}

function callType(name: string, args: Expr[], schema: Schema): ValueType {
  switch (name) {
    case 'UPPER':
      textual(args[0], schema, name);
      return 'text';
    case 'DIGIT': {
      const type = typeOf(args[0], schema);
      if (type === 'bool') {
        throw new ExprError(
          `DIGIT needs a number or text, and '${toText(args[0])}' is true or false.`,
          args[0].at
        );
      }
      return 'int';
    }
    case 'LOG10':
      numeric(args[0], schema);
      return 'float';
    case 'MOD': {
      const types = args.map(arg => numeric(arg, schema));
      return types.includes('float') ? 'float' : 'int';
    }
    case 'ROUND': {
      const decimals = args[1];
      const value = decimals?.kind === 'literal' ? decimals.value : null;
      if (decimals !== undefined && !(typeof value === 'bigint' && value >= 0n && value <= 15n)) {
        throw new ExprError('The second value of ROUND is a whole number from 0 to 15.', decimals.at);
      }
      return numeric(args[0], schema);
    }
    default:
      return numeric(args[0], schema);
  }
}

function numeric(expr: Expr, schema: Schema): ValueType {
  const type = typeOf(expr, schema);
  if (type === 'text' || type === 'bool') {
    throw new ExprError(`'${toText(expr)}' is ${A[type]}: it has no arithmetic.`, expr.at);
  }
  return type;
}

function textual(expr: Expr, schema: Schema, what: string): void {
  const type = typeOf(expr, schema);
  if (type !== 'text' && type !== 'null') {
    throw new ExprError(`${what} needs text, and '${toText(expr)}' is ${A[type]}.`, expr.at);
  }
}

function comparable(parts: Expr[], schema: Schema): void {
  // true and false count as 1 and 0 beside numbers
  const family = (type: ValueType) => (type === 'text' ? 'text' : 'number');
  let first: { expr: Expr; type: ValueType } | null = null;
  for (const expr of parts) {
    const type = typeOf(expr, schema);
    if (type === 'null') {
      continue;
    }
    if (first === null) {
      first = { expr, type };
    } else if (family(first.type) !== family(type)) {
      throw new ExprError(
        `'${toText(first.expr)}' is ${A[first.type]} and '${toText(expr)}' is ${A[type]}: they cannot be compared.`,
        expr.at,
        first.type === 'text' ? "Text values are written in single quotes, such as '4'." : null
      );
    }
  }
}

function unknownColumn(name: string, known: string[], at: number): ExprError {
  const near = nearest(name, known);
  return new ExprError(`There is no column '${name}'.`, at, near === null ? null : `Did you mean '${near}'?`);
}

/** The known name that is least different, or null where none is close. */
export function nearest(name: string, known: string[]): string | null {
  let best: string | null = null;
  let least = Math.max(2, Math.floor(name.length / 2)) + 1;
  for (const candidate of known) {
    const distance =
      candidate.toLowerCase() === name.toLowerCase() ? 0 : edits(name.toLowerCase(), candidate.toLowerCase());
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

/** Levenshtein distance. */
function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length];
}
