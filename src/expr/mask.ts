import { numberOf, type Expr } from './ast';
import type { Columns } from './compile';

interface IRange {
  readonly column: string;
  readonly low: number;
  readonly high: number;
  /** Whether the ends themselves are left out. */
  readonly openLow: boolean;
  readonly openHigh: boolean;
}

/** The mask of a range or a list of numbers over one numeric column that is no 64-bit integer; else null. */
export function rangeMask(expr: Expr, columns: Columns, rows: number): Uint8Array | null {
  const list = listOf(expr);
  const range = list === null ? rangeOf(expr) : null;
  const name = list?.column ?? range?.column;
  const column = name === undefined ? undefined : columns.get(name);
  if (column === undefined || column.type === 'text' || column.type === 'bool') {
    return null;
  }
  const values = column.values;
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) {
    return null;
  }
  const mask = new Uint8Array(rows);
  if (range !== null) {
    fillRange(mask, values, range);
  } else {
    const wanted = new Set(list!.values);
    for (let row = 0; row < rows; row++) {
      mask[row] = wanted.has(values[row]) ? 1 : 0;
    }
  }
  const valid = column.valid;
  if (valid !== null) {
    for (let row = 0; row < rows; row++) {
      mask[row] &= valid[row];
    }
  }
  return mask;
}

/** Numbers turned into 0 or 1 without a branch: which rows pass is as good as random. */
function fillRange(
  mask: Uint8Array,
  values: ArrayLike<number>,
  { low, high, openLow, openHigh }: IRange
): void {
  if (openLow || openHigh) {
    for (let row = 0; row < mask.length; row++) {
      const value = values[row];
      mask[row] =
        Number(openLow ? value > low : value >= low) & Number(openHigh ? value < high : value <= high);
    }
    return;
  }
  for (let row = 0; row < mask.length; row++) {
    const value = values[row];
    mask[row] = Number(value >= low) & Number(value <= high);
  }
}

function rangeOf(expr: Expr): IRange | null {
  if (expr.kind === 'between' && !expr.negated && expr.operand.kind === 'column') {
    const low = numberOf(expr.low);
    const high = numberOf(expr.high);
    return low === null || high === null
      ? null
      : { column: expr.operand.name, low, high, openLow: false, openHigh: false };
  }
  if (expr.kind !== 'comparison' || expr.left.kind !== 'column') {
    return null;
  }
  const value = numberOf(expr.right);
  if (value === null) {
    return null;
  }
  const whole = { column: expr.left.name, low: -Infinity, high: Infinity, openLow: false, openHigh: false };
  switch (expr.op) {
    case '>':
      return { ...whole, low: value, openLow: true };
    case '>=':
      return { ...whole, low: value };
    case '<':
      return { ...whole, high: value, openHigh: true };
    case '<=':
      return { ...whole, high: value };
    case '=':
      return { ...whole, low: value, high: value };
    default:
      return null;
  }
}

function listOf(expr: Expr): { column: string; values: number[] } | null {
  if (expr.kind !== 'in' || expr.negated || expr.operand.kind !== 'column') {
    return null;
  }
  const values = expr.items.map(numberOf);
  return values.includes(null) ? null : { column: expr.operand.name, values: values as number[] };
}
