/** Numeric expressions over a chunk of rows at once: a loop for each operation instead of a call for each row. */

import type { Expr } from './ast';
import { typeOf, type Schema } from './check';
import { schemaOf, type Columns } from './compile';
import { round } from './functions';
import type { INumbers } from './numbers';

/** Rows that are done at once: the numbers stay in the processor's cache. */
export const CHUNK = 4096;

/** Fills an array with the numbers of a column. */
type Fill = (part: INumbers, into: Float64Array) => void;

/** Computes so many rows; false where 64-bit integers would lose digits, so that it has to be done row by row. */
export type Vector = (count: number, fill: Fill, out: Float64Array) => boolean;

/** The numbers of a part of the expression, for so many rows. */
type Node = (count: number, fill: Fill) => Float64Array;

const MOST = Number.MAX_SAFE_INTEGER;

/** Null for what isn't made of numbers throughout: that is computed row by row. */
export function vectorised(
  expr: Expr,
  columns: Columns,
  parts: ReadonlyMap<string, INumbers>
): Vector | null {
  const state: IState = { schema: schemaOf(columns), parts, unsafe: false };
  const node = nodeOf(expr, state);
  if (node === null) {
    return null;
  }
  return (count, fill, out) => {
    state.unsafe = false;
    const numbers = node(count, fill);
    if (state.unsafe) {
      return false;
    }
    out.set(numbers.subarray(0, count));
    return true;
  };
}

interface IState {
  readonly schema: Schema;
  readonly parts: ReadonlyMap<string, INumbers>;
  /** Set when whole numbers were met that a double doesn't hold exactly. */
  unsafe: boolean;
}

function nodeOf(expr: Expr, state: IState): Node | null {
  switch (expr.kind) {
    case 'literal': {
      if (typeof expr.value !== 'number' && typeof expr.value !== 'bigint') {
        return null;
      }
      const constant = new Float64Array(CHUNK).fill(Number(expr.value));
      return () => constant;
    }
    case 'column': {
      const part = state.parts.get(expr.name);
      const type = state.schema.get(expr.name);
      if (part === undefined || (type !== 'int' && type !== 'float')) {
        return null;
      }
      const numbers = new Float64Array(CHUNK);
      return (_, fill) => {
        fill(part, numbers);
        return numbers;
      };
    }
    case 'negate':
      return unary(expr.operand, state, negateAll);
    case 'arithmetic':
      return binary(expr.left, expr.right, state, expr.op === '/' ? null : expr.op, ARITHMETIC[expr.op]);
    case 'call':
      return callNode(expr.name, expr.args, state);
    default:
      return null;
  }
}

function callNode(name: string, args: Expr[], state: IState): Node | null {
  switch (name) {
    case 'ABS':
      return unary(args[0], state, absAll);
    case 'LOG10':
      return unary(args[0], state, log10All);
    case 'FLOOR':
      return unary(args[0], state, floorAll);
    case 'MOD':
      return binary(args[0], args[1], state, 'MOD', modAll);
    case 'ROUND': {
      const decimals = args[1]?.kind === 'literal' ? Number(args[1].value) : 0;
      return unary(args[0], state, (a, count) => {
        for (let i = 0; i < count; i++) {
          a[i] = Number(round(a[i], decimals));
        }
      });
    }
    default:
      return null;
  }
}

function unary(operand: Expr, state: IState, apply: (a: Float64Array, count: number) => void): Node | null {
  const inner = nodeOf(operand, state);
  if (inner === null) {
    return null;
  }
  const integers = typeOf(operand, state.schema) !== 'float';
  const out = new Float64Array(CHUNK);
  return (count, fill) => {
    const a = inner(count, fill);
    if (integers && beyond(a, count)) {
      state.unsafe = true;
    }
    out.set(a.subarray(0, count));
    apply(out, count);
    return out;
  };
}

function binary(
  left: Expr,
  right: Expr,
  state: IState,
  exact: string | null,
  apply: (a: Float64Array, b: Float64Array, out: Float64Array, count: number) => void
): Node | null {
  const first = nodeOf(left, state);
  const second = nodeOf(right, state);
  if (first === null || second === null) {
    return null;
  }
  const whole = [left, right].map(side => typeOf(side, state.schema) !== 'float');
  // a remainder is exact as soon as one of the two is a whole number beyond a double
  const careful = exact === 'MOD' ? whole[0] || whole[1] : exact !== null && whole[0] && whole[1];
  const out = new Float64Array(CHUNK);
  return (count, fill) => {
    const a = first(count, fill);
    const b = second(count, fill);
    apply(a, b, out, count);
    if (careful && (beyond(a, count) || beyond(b, count) || beyond(out, count))) {
      state.unsafe = true;
    }
    return out;
  };
}

function beyond(numbers: Float64Array, count: number): boolean {
  let found = 0;
  for (let i = 0; i < count; i++) {
    found |= Number(numbers[i] > MOST) | Number(numbers[i] < -MOST);
  }
  return found !== 0;
}

type Binary = (a: Float64Array, b: Float64Array, out: Float64Array, count: number) => void;

const ARITHMETIC: { readonly [op in '+' | '-' | '*' | '/']: Binary } = {
  '+': (a, b, out, count) => {
    for (let i = 0; i < count; i++) {
      out[i] = a[i] + b[i];
    }
  },
  '-': (a, b, out, count) => {
    for (let i = 0; i < count; i++) {
      out[i] = a[i] - b[i];
    }
  },
  '*': (a, b, out, count) => {
    for (let i = 0; i < count; i++) {
      out[i] = a[i] * b[i];
    }
  },
  // by zero there is no value
  '/': (a, b, out, count) => {
    for (let i = 0; i < count; i++) {
      out[i] = b[i] === 0 ? NaN : a[i] / b[i];
    }
  }
};

function modAll(a: Float64Array, b: Float64Array, out: Float64Array, count: number): void {
  for (let i = 0; i < count; i++) {
    out[i] = a[i] % b[i];
  }
}

function negateAll(a: Float64Array, count: number): void {
  for (let i = 0; i < count; i++) {
    a[i] = -a[i];
  }
}

function absAll(a: Float64Array, count: number): void {
  for (let i = 0; i < count; i++) {
    a[i] = Math.abs(a[i]);
  }
}

function log10All(a: Float64Array, count: number): void {
  for (let i = 0; i < count; i++) {
    a[i] = a[i] > 0 ? Math.log10(a[i]) : NaN;
  }
}

function floorAll(a: Float64Array, count: number): void {
  for (let i = 0; i < count; i++) {
    a[i] = Math.floor(a[i]);
  }
}
