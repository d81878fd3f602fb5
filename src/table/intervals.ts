/** What a term bounds, as intervals of numbers: so that a brush can be looked up instead of tested on every row. */

import { numberOf, type Expr } from '../expr';
import { axisName } from './axis';

/** Closed intervals in order, apart from each other: low, high, low, high... Empty for none. */
export type Intervals = Float64Array;

/**
 * The intervals in which a term over this operand is true, or null where it isn't of that kind.
 *
 * They are exact for doubles: a bound that is left out itself stands as the next number. Whole numbers that a double
 * does not hold exactly are compared as such, thus no interval can stand for them.
 */
export function intervalsOf(expr: Expr, operand: Expr): Intervals | null {
  const same = (part: Expr) => part.kind === operand.kind && axisName(part) === axisName(operand);
  switch (expr.kind) {
    case 'between': {
      const [low, high] = [numberOf(expr.low), numberOf(expr.high)];
      return expr.negated || !same(expr.operand) || low === null || high === null
        ? null
        : normal([[low, high]]);
    }
    case 'in': {
      const values = expr.items.map(numberOf);
      return expr.negated || !same(expr.operand) || values.includes(null)
        ? null
        : normal(values.map(value => [value!, value!]));
    }
    case 'comparison':
      return same(expr.left)
        ? compared(expr.op, numberOf(expr.right))
        : same(expr.right)
          ? compared(TURNED[expr.op] ?? expr.op, numberOf(expr.left))
          : null;
    case 'or':
    case 'and': {
      const [left, right] = [intervalsOf(expr.left, operand), intervalsOf(expr.right, operand)];
      return left === null || right === null
        ? null
        : expr.kind === 'or'
          ? normal([...pairs(left), ...pairs(right)])
          : intersect(left, right);
    }
    default:
      return null;
  }
}

export function intersect(a: Intervals, b: Intervals): Intervals {
  return normal(
    pairs(a).flatMap(([low, high]) =>
      pairs(b).map(([from, to]): [number, number] => [Math.max(low, from), Math.min(high, to)])
    )
  );
}

/** Whether a number is in one of the intervals; NaN never is. */
export function inside(intervals: Intervals, value: number): boolean {
  for (let i = 0; i < intervals.length; i += 2) {
    if (value >= intervals[i] && value <= intervals[i + 1]) {
      return true;
    }
  }
  return false;
}

/** Set to 0 what stands for a number outside; null bounds nothing. */
export function keepInside(
  intervals: Intervals | null,
  values: Float64Array,
  count: number,
  keep: Uint8Array
): void {
  if (intervals === null) {
    return;
  }
  if (intervals.length === 2) {
    const [low, high] = intervals;
    for (let i = 0; i < count; i++) {
      keep[i] &= Number(values[i] >= low) & Number(values[i] <= high);
    }
  } else {
    for (let i = 0; i < count; i++) {
      keep[i] &= Number(inside(intervals, values[i]));
    }
  }
}

const TURNED: { readonly [op: string]: '<' | '<=' | '>' | '>=' } = {
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<='
};

function compared(op: string, value: number | null): Intervals | null {
  if (value === null) {
    return null;
  }
  switch (op) {
    case '=':
      return normal([[value, value]]);
    case '>':
      return normal([[next(value), Infinity]]);
    case '>=':
      return normal([[value, Infinity]]);
    case '<':
      return normal([[-Infinity, -next(-value)]]);
    case '<=':
      return normal([[-Infinity, value]]);
    default:
      return null;
  }
}

/** The next larger double. */
export function next(value: number): number {
  if (value === 0) {
    return Number.MIN_VALUE;
  }
  const bits = new BigInt64Array(new Float64Array([value]).buffer);
  bits[0] += value > 0 ? 1n : -1n;
  return new Float64Array(bits.buffer)[0];
}

function pairs(intervals: Intervals): [number, number][] {
  return Array.from({ length: intervals.length / 2 }, (_, i) => [intervals[2 * i], intervals[2 * i + 1]]);
}

function normal(found: [number, number][]): Intervals {
  const sorted = found.filter(([low, high]) => low <= high).sort((a, b) => a[0] - b[0]);
  const merged: [number, number][] = [];
  for (const [low, high] of sorted) {
    const last = merged[merged.length - 1];
    if (last !== undefined && low <= last[1]) {
      last[1] = Math.max(last[1], high);
    } else {
      merged.push([low, high]);
    }
  }
  return Float64Array.from(merged.flat());
}
