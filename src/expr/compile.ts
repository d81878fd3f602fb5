import type { ComparisonOp, Expr } from './ast';
import { columnsOf } from './ast';
import { check, typeOf, type Schema } from './check';
import { valueAt, type ColumnData, type Value } from './columns';
import { ExprError } from './error';
import { abs, arithmetic, digit, floor, likePattern, log10, mod, negative, round, whole } from './functions';
import { rangeMask } from './mask';

export type Columns = ReadonlyMap<string, ColumnData>;

/** What a condition says of a row: true, false, or null where it cannot be told. */
export type RowTest = (row: number) => boolean | null;

type RowValue = (row: number) => Value;

export function schemaOf(columns: Columns): Schema {
  return new Map([...columns].map(([name, column]) => [name, column.type]));
}

/** Check a condition and make of it a test of single rows. */
export function compile(expr: Expr, columns: Columns): RowTest {
  const schema = schemaOf(columns);
  check(expr, schema);
  return compileValue(expr, columns, schema) as RowTest;
}

/** Check an expression and make of it a function from row to value. */
export function compileExpression(expr: Expr, columns: Columns): RowValue {
  const schema = schemaOf(columns);
  typeOf(expr, schema);
  return compileValue(expr, columns, schema);
}

/**
 * The rows that pass: 1 where the condition is true, else 0.
 *
 * Ranges and lists over one column, and anything over one text column, are done without calling a function a row.
 */
export function compileMask(expr: Expr, columns: Columns, rows: number): Uint8Array {
  const test = compile(expr, columns);
  const quick = rangeMask(expr, columns, rows) ?? textMask(expr, columns, rows);
  if (quick !== null) {
    return quick;
  }
  const mask = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    mask[row] = test(row) === true ? 1 : 0;
  }
  return mask;
}

/** A condition over a single text column has one answer a distinct value. */
function textMask(expr: Expr, columns: Columns, rows: number): Uint8Array | null {
  const names = [...columnsOf(expr)];
  const column = names.length === 1 ? columns.get(names[0]) : undefined;
  if (column?.type !== 'text' || column.dictionary.length >= rows) {
    return null;
  }
  const size = column.dictionary.length;
  const codes = new Int32Array(size + 1).map((_, i) => (i < size ? i : -1));
  const test = compile(expr, new Map([[names[0], { ...column, codes }]]));
  const passes = new Uint8Array(size + 1).map((_, i) => (test(i) === true ? 1 : 0));
  const mask = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    const code = column.codes[row];
    mask[row] = passes[code < 0 ? size : code];
  }
  return mask;
}

function compileValue(expr: Expr, columns: Columns, schema: Schema): RowValue {
  const value = (part: Expr) => compileValue(part, columns, schema);
  const side = (part: Expr) => ({ value: value(part), float: typeOf(part, schema) === 'float' });
  switch (expr.kind) {
    case 'literal': {
      const constant = typeof expr.value === 'bigint' ? whole(expr.value) : expr.value;
      return () => constant;
    }
    case 'column': {
      const column = columns.get(expr.name)!;
      return row => valueAt(column, row);
    }
    case 'preset':
      return value(expr.body);
    case 'negate':
      return mapNumber(value(expr.operand), negative);
    case 'arithmetic': {
      const integers = typeOf(expr.left, schema) !== 'float' && typeOf(expr.right, schema) !== 'float';
      return mapNumbers(value(expr.left), value(expr.right), arithmetic(expr.op, integers));
    }
    case 'call':
      return call(expr.name, expr.args.map(value), expr.at);
    case 'comparison':
      return compareRows(expr.op, side(expr.left), side(expr.right));
    case 'between': {
      const operand = side(expr.operand);
      const inside = both(
        compareRows('>=', operand, side(expr.low)),
        compareRows('<=', operand, side(expr.high))
      );
      return expr.negated ? negate(inside) : inside;
    }
    case 'in': {
      const operand = side(expr.operand);
      const tests = expr.items.map(item => compareRows('=', operand, side(item)));
      const found = tests.reduce((left, right) => either(left, right));
      return expr.negated ? negate(found) : found;
    }
    case 'like':
      return like(value(expr.operand), likePattern(expr.pattern), expr.negated);
    case 'isnull': {
      const operand = value(expr.operand);
      return row => (operand(row) === null) !== expr.negated;
    }
    case 'not':
      return negate(value(expr.operand) as RowTest);
    case 'and':
      return both(value(expr.left) as RowTest, value(expr.right) as RowTest);
    case 'or':
      return either(value(expr.left) as RowTest, value(expr.right) as RowTest);
  }
}

function call(name: string, args: RowValue[], at: number): RowValue {
  const [first, second] = args;
  switch (name) {
    case 'ABS':
      return mapNumber(first, abs);
    case 'LOG10':
      return mapNumber(first, log10);
    case 'FLOOR':
      return mapNumber(first, floor);
    case 'ROUND':
      return second === undefined ? mapNumber(first, a => round(a)) : mapNumbers(first, second, round);
    case 'MOD':
      return mapNumbers(first, second, mod);
    case 'DIGIT':
      return row => digit(first(row));
    case 'UPPER':
      return row => {
        const text = first(row);
        return typeof text === 'string' ? text.toUpperCase() : null;
      };
    default:
      throw new ExprError(`There is no function ${name}.`, at);
  }
}

function mapNumber(operand: RowValue, apply: (a: bigint | number) => Value): RowValue {
  return row => {
    const a = operand(row);
    return a === null ? null : apply(a as number);
  };
}

function mapNumbers(
  left: RowValue,
  right: RowValue,
  apply: (a: bigint | number, b: bigint | number) => Value
): RowValue {
  return row => {
    const a = left(row);
    const b = right(row);
    return a === null || b === null ? null : apply(a as number, b as number);
  };
}

interface ISide {
  readonly value: RowValue;
  readonly float: boolean;
}

/** Whole numbers compare exactly, plain or BigInt; true and false count as 1 and 0. */
const COMPARE: { readonly [op in ComparisonOp]: (a: number, b: number) => boolean } = {
  // eslint-disable-next-line eqeqeq
  '=': (a, b) => a == b,
  // eslint-disable-next-line eqeqeq
  '<>': (a, b) => a != b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b
};

/** A comparison with null or NaN cannot be told. A 64-bit integer beside a float is compared as a float. */
function compareRows(op: ComparisonOp, left: ISide, right: ISide): RowTest {
  const compare = COMPARE[op];
  const mixed = left.float !== right.float;
  return row => {
    let a = left.value(row);
    let b = right.value(row);
    if (a === null || b === null || a !== a || b !== b) {
      return null;
    }
    if (typeof a === 'string' && typeof b === 'string' && a !== b && op !== '=' && op !== '<>') {
      return compare(byCodePoint(a, b), 0);
    }
    if (mixed) {
      a = Number(a);
      b = Number(b);
    }
    return compare(a as number, b as number);
  };
}

/** JavaScript compares UTF-16 units; these differ from code points beyond the basic plane only. */
function byCodePoint(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    if (left[i] !== right[i]) {
      return left[i].codePointAt(0)! - right[i].codePointAt(0)!;
    }
  }
  return left.length - right.length;
}

function like(operand: RowValue, pattern: RegExp, negated: boolean): RowTest {
  return row => {
    const text = operand(row);
    return typeof text === 'string' ? pattern.test(text) !== negated : null;
  };
}

function negate(test: RowTest): RowTest {
  return row => {
    const result = test(row);
    return result === null ? null : !result;
  };
}

function both(left: RowTest, right: RowTest): RowTest {
  return row => {
    const a = left(row);
    if (a === false) {
      return false;
    }
    const b = right(row);
    return b === false ? false : a === null || b === null ? null : true;
  };
}

function either(left: RowTest, right: RowTest): RowTest {
  return row => {
    const a = left(row);
    if (a === true) {
      return true;
    }
    const b = right(row);
    return b === true ? true : a === null || b === null ? null : false;
  };
}
