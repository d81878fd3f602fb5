import type { Expr, LiteralValue } from './ast';
import { PRESETS } from './presets';
import { isKeyword } from './tokenise';

/** A column's name as it is written in a condition: in double quotes where it needs them. */
export function nameText(name: string): string {
  const plain = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !isKeyword(name) && !Object.hasOwn(PRESETS, name);
  return plain ? name : `"${name.replaceAll('"', '""')}"`;
}

/** A value as it is written in a condition. */
export function valueText(value: LiteralValue): string {
  if (value === null) {
    return 'NULL';
  }
  switch (typeof value) {
    case 'string':
      return `'${value.replaceAll("'", "''")}'`;
    case 'boolean':
      return value ? 'TRUE' : 'FALSE';
    case 'number':
      // a float keeps its point, so that it is read as a float again
      return /^-?\d+$/.test(String(value)) ? `${value}.0` : String(value).replace('e+', 'e');
    default:
      return String(value);
  }
}

const OR = 1;
const AND = 2;
const NOT = 3;
const PREDICATE = 4;
const SUM = 5;
const PRODUCT = 6;
const UNARY = 7;
const ATOM = 8;

/** The text of an expression; parsing it gives the same tree. */
export function toText(expr: Expr): string {
  return write(expr)[0];
}

function inside(expr: Expr, atLeast: number): string {
  const [text, level] = write(expr);
  return level < atLeast ? `(${text})` : text;
}

function write(expr: Expr): [string, number] {
  switch (expr.kind) {
    case 'literal': {
      const negative = (typeof expr.value === 'number' || typeof expr.value === 'bigint') && expr.value < 0;
      return [valueText(expr.value), negative ? UNARY : ATOM];
    }
    case 'column':
      return [nameText(expr.name), ATOM];
    case 'call':
      return [`${expr.name}(${expr.args.map(arg => inside(arg, SUM)).join(', ')})`, ATOM];
    case 'preset':
      return [expr.name, ATOM];
    case 'negate': {
      // without parentheses, the sign would be read as part of the number
      const text =
        expr.operand.kind === 'literal' ? `(${write(expr.operand)[0]})` : inside(expr.operand, ATOM);
      return [`-${text}`, UNARY];
    }
    case 'arithmetic': {
      const level = expr.op === '+' || expr.op === '-' ? SUM : PRODUCT;
      return [`${inside(expr.left, level)} ${expr.op} ${inside(expr.right, level + 1)}`, level];
    }
    case 'comparison':
      return [`${inside(expr.left, SUM)} ${expr.op} ${inside(expr.right, SUM)}`, PREDICATE];
    case 'between': {
      const not = expr.negated ? 'NOT ' : '';
      const bounds = `${inside(expr.low, SUM)} AND ${inside(expr.high, SUM)}`;
      return [`${inside(expr.operand, SUM)} ${not}BETWEEN ${bounds}`, PREDICATE];
    }
    case 'in': {
      const items = expr.items.map(item => inside(item, SUM)).join(', ');
      return [`${inside(expr.operand, SUM)} ${expr.negated ? 'NOT ' : ''}IN (${items})`, PREDICATE];
    }
    case 'like': {
      const not = expr.negated ? 'NOT ' : '';
      return [`${inside(expr.operand, SUM)} ${not}LIKE ${valueText(expr.pattern)}`, PREDICATE];
    }
    case 'isnull':
      return [`${inside(expr.operand, SUM)} IS ${expr.negated ? 'NOT ' : ''}NULL`, PREDICATE];
    case 'not':
      return [`NOT ${inside(expr.operand, NOT)}`, NOT];
    case 'and':
      return [`${inside(expr.left, AND)} AND ${inside(expr.right, NOT)}`, AND];
    case 'or':
      return [`${inside(expr.left, OR)} OR ${inside(expr.right, AND)}`, OR];
  }
}
