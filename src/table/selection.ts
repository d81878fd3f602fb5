import { type ISignal, Signal } from '@lumino/signaling';
import {
  check,
  columnsOf,
  ExprError,
  nameText,
  parse,
  toText,
  valueText,
  type Expr,
  type Schema,
  type Value
} from '../expr';
import type { ITerm } from './requests';

export type Range = readonly [number, number];

/**
 * What is selected: one condition, as text. The text is the truth; brushes are read from it and written to it.
 *
 * A brush is a part of the condition, joined by AND, that bounds one column: `c BETWEEN a AND b`, `c >= a`, `c IN (...)`.
 */
export class Selection {
  constructor(schema: Schema = new Map()) {
    this._schema = schema;
  }

  /** Emitted when the text or what it selects changes. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The condition as it was written; empty selects all rows. */
  get text(): string {
    return this._text;
  }

  /** What is wrong with the text; the last good condition holds meanwhile. */
  get error(): ExprError | null {
    return this._error;
  }

  /** The condition that holds: empty for all rows. */
  get where(): string {
    return this._parts.map(part => joinable(part)).join(' AND ');
  }

  get terms(): ITerm[] {
    return this._parts.map(part => ({ text: toText(part), columns: [...columnsOf(part)] }));
  }

  get schema(): Schema {
    return this._schema;
  }

  set schema(schema: Schema) {
    this._schema = schema;
    this.setText(this._text);
  }

  setText(text: string): void {
    const parts: Expr[] = [];
    try {
      if (text.trim() !== '') {
        const expr = parse(text);
        check(expr, this._schema);
        split(expr, parts);
      }
    } catch (error) {
      if (!(error instanceof ExprError)) {
        throw error;
      }
      this._text = text;
      this._error = error;
      this._changed.emit();
      return;
    }
    this._text = text;
    this._parts = parts;
    this._error = null;
    this._changed.emit();
  }

  clear(): void {
    this.setText('');
  }

  /** The bounds put on a column, or null; the first is the larger one where the range passes 360 degrees. */
  range(column: string): Range | null {
    let low = -Infinity;
    let high = Infinity;
    for (const part of this._parts) {
      const bounds = boundsOf(part, column);
      if (bounds !== null && bounds[0] > bounds[1]) {
        return bounds;
      }
      if (bounds !== null) {
        low = Math.max(low, bounds[0]);
        high = Math.min(high, bounds[1]);
      }
    }
    return low === -Infinity && high === Infinity ? null : [low, high];
  }

  /** The values that a column is bound to, or null. */
  values(column: string): Value[] | null {
    for (const part of this._parts) {
      const values = valuesOf(part, column);
      if (values !== null) {
        return values;
      }
    }
    return null;
  }

  setRange(column: string, range: Range | null): void {
    this.setRanges([[column, range]]);
  }

  /** Replace the bounds of several columns at once; all other parts of the condition stay. */
  setRanges(ranges: readonly (readonly [string, Range | null])[]): void {
    this.replace(
      ranges.map(([column]) => column),
      ranges.flatMap(([column, range]) => (range === null ? [] : [rangeText(column, range)]))
    );
  }

  setValues(column: string, values: readonly Value[] | null): void {
    this.replace([column], values === null ? [] : [listText(column, values)]);
  }

  private replace(columns: string[], texts: string[]): void {
    const isBrush = (part: Expr) =>
      columns.some(column => boundsOf(part, column) !== null || valuesOf(part, column) !== null);
    const kept = this._parts.filter(part => !isBrush(part)).map(part => joinable(part));
    this.setText([...kept, ...texts].join(' AND '));
  }

  private _schema: Schema;
  private _text = '';
  private _parts: Expr[] = [];
  private _error: ExprError | null = null;
  private _changed = new Signal<this, void>(this);
}

function split(expr: Expr, parts: Expr[]): void {
  if (expr.kind === 'and') {
    split(expr.left, parts);
    split(expr.right, parts);
  } else {
    parts.push(expr);
  }
}

function joinable(expr: Expr): string {
  return expr.kind === 'or' ? `(${toText(expr)})` : toText(expr);
}

/** A bound's text: as short as its exactness allows. */
function numberText(value: number): string {
  return String(Number(value.toPrecision(12))).replace('e+', 'e');
}

export function rangeText(column: string, [low, high]: Range): string {
  const name = nameText(column);
  if (low > high) {
    return `(${name} >= ${numberText(low)} OR ${name} <= ${numberText(high)})`;
  }
  if (low === -Infinity) {
    return `${name} <= ${numberText(high)}`;
  }
  if (high === Infinity) {
    return `${name} >= ${numberText(low)}`;
  }
  return `${name} BETWEEN ${numberText(low)} AND ${numberText(high)}`;
}

/** A list of values; null among them is asked for by IS NULL. */
export function listText(column: string, values: readonly Value[]): string {
  const name = nameText(column);
  const present = values.filter(value => value !== null);
  const texts = present.map(value =>
    typeof value === 'number' && Number.isInteger(value) ? String(value) : valueText(value)
  );
  const list =
    texts.length === 0
      ? null
      : texts.length === 1
        ? `${name} = ${texts[0]}`
        : `${name} IN (${texts.join(', ')})`;
  if (present.length === values.length) {
    return list ?? `${name} IS NULL AND ${name} IS NOT NULL`;
  }
  return list === null ? `${name} IS NULL` : `(${list} OR ${name} IS NULL)`;
}

function numberOf(expr: Expr): number | null {
  return expr.kind === 'literal' && (typeof expr.value === 'number' || typeof expr.value === 'bigint')
    ? Number(expr.value)
    : null;
}

function isColumn(expr: Expr, column: string): boolean {
  return expr.kind === 'column' && expr.name === column;
}

function boundsOf(expr: Expr, column: string): Range | null {
  if (expr.kind === 'between' && !expr.negated && isColumn(expr.operand, column)) {
    const [low, high] = [numberOf(expr.low), numberOf(expr.high)];
    return low === null || high === null || low > high ? null : [low, high];
  }
  if (expr.kind === 'or') {
    const [left, right] = [boundsOf(expr.left, column), boundsOf(expr.right, column)];
    // two half-open bounds that exclude the middle: a range through 0 degrees
    return left !== null &&
      right !== null &&
      left[1] === Infinity &&
      right[0] === -Infinity &&
      left[0] > right[1]
      ? [left[0], right[1]]
      : null;
  }
  if (expr.kind !== 'comparison') {
    return null;
  }
  const turned = !isColumn(expr.left, column);
  const [name, other] = turned ? [expr.right, expr.left] : [expr.left, expr.right];
  const value = numberOf(other);
  if (!isColumn(name, column) || value === null) {
    return null;
  }
  if (expr.op === '>' || expr.op === '>=') {
    return turned ? [-Infinity, value] : [value, Infinity];
  }
  if (expr.op === '<' || expr.op === '<=') {
    return turned ? [value, Infinity] : [-Infinity, value];
  }
  return null;
}

function valuesOf(expr: Expr, column: string): Value[] | null {
  if (expr.kind === 'isnull' && !expr.negated && isColumn(expr.operand, column)) {
    return [null];
  }
  if (expr.kind === 'comparison' && expr.op === '=' && isColumn(expr.left, column)) {
    return literals([expr.right]);
  }
  if (expr.kind === 'in' && !expr.negated && isColumn(expr.operand, column)) {
    return literals(expr.items);
  }
  if (expr.kind === 'or') {
    const [left, right] = [valuesOf(expr.left, column), valuesOf(expr.right, column)];
    return left !== null && right !== null ? [...left, ...right] : null;
  }
  return null;
}

function literals(items: Expr[]): Value[] | null {
  const values: Value[] = [];
  for (const item of items) {
    if (item.kind !== 'literal' || item.value === null) {
      return null;
    }
    const value = item.value;
    values.push(typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value);
  }
  return values;
}
