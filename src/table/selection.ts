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
import { axisExpr, axisName } from './axis';
import type { ITerm } from './requests';

export type Range = readonly [number, number];

/**
 * What is selected: one condition, as text. The text is the truth; brushes are read from it and written to it.
 *
 * A brush is a part of the condition, joined by AND, that bounds one axis: `c BETWEEN a AND b`, `g - i >= a`,
 * `c IN (...)`. An axis is a column's name or the text of a numeric expression.
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
    return this._parts.map(part => ({
      text: toText(part),
      columns: [...columnsOf(part)],
      axis: axisOf(part, this._schema)
    }));
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

  /** The bounds put on an axis, or null; the first is the larger one where the range passes 360 degrees. */
  range(axis: string): Range | null {
    const operand = this.operand(axis);
    let low = -Infinity;
    let high = Infinity;
    for (const part of this._parts) {
      const bounds = boundsOf(part, operand);
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

  /** The values that an axis is bound to, or null. */
  values(axis: string): Value[] | null {
    const operand = this.operand(axis);
    for (const part of this._parts) {
      const values = valuesOf(part, operand);
      if (values !== null) {
        return values;
      }
    }
    return null;
  }

  setRange(axis: string, range: Range | null): void {
    this.setRanges([[axis, range]]);
  }

  /** Replace the bounds of several axes at once; all other parts of the condition stay. */
  setRanges(ranges: readonly (readonly [string, Range | null])[]): void {
    const operands = ranges.map(([axis]) => this.operand(axis));
    this.replace(
      operands,
      ranges.flatMap(([, range], i) => (range === null ? [] : [boundsText(toText(operands[i]), range)]))
    );
  }

  setValues(axis: string, values: readonly Value[] | null): void {
    const operand = this.operand(axis);
    this.replace([operand], values === null ? [] : [valuesText(toText(operand), values)]);
  }

  private operand(axis: string): Expr {
    return axisExpr(axis, name => this._schema.has(name));
  }

  private replace(operands: Expr[], texts: string[]): void {
    const isBrush = (part: Expr) =>
      operands.some(operand => boundsOf(part, operand) !== null || valuesOf(part, operand) !== null);
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

/** A bound as a condition holds it: as short as its exactness allows. */
export function settled(value: number): number {
  return Number(value.toPrecision(12));
}

function numberText(value: number): string {
  return String(settled(value)).replace('e+', 'e');
}

function boundsText(name: string, [low, high]: Range): string {
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

/** A list of values of a column; null among them is asked for by IS NULL. */
export function listText(column: string, values: readonly Value[]): string {
  return valuesText(nameText(column), values);
}

function valuesText(name: string, values: readonly Value[]): string {
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

/** Whether an expression is the one of an axis; the positions in the text don't matter. */
function isSame(expr: Expr, operand: Expr): boolean {
  return expr.kind === operand.kind && axisName(expr) === axisName(operand);
}

/** The axis that a part of a condition bounds, or null where it is no brush. */
function axisOf(part: Expr, schema: Schema): string | null {
  const operand = operandOf(part);
  if (operand === null || (boundsOf(part, operand) === null && valuesOf(part, operand) === null)) {
    return null;
  }
  const name = axisName(operand);
  // a column whose name reads like this expression has the name for itself
  return operand.kind !== 'column' && schema.has(name) ? null : name;
}

/** What a part of a condition would bound. */
function operandOf(part: Expr): Expr | null {
  switch (part.kind) {
    case 'between':
    case 'in':
    case 'isnull':
      return bounded(part.operand);
    case 'comparison':
      return bounded(part.left) ?? bounded(part.right);
    case 'or':
      return operandOf(part.left);
    default:
      return null;
  }
}

function bounded(expr: Expr): Expr | null {
  return ['column', 'arithmetic', 'call', 'negate'].includes(expr.kind) && columnsOf(expr).size > 0
    ? expr
    : null;
}

function boundsOf(expr: Expr, operand: Expr): Range | null {
  if (expr.kind === 'between' && !expr.negated && isSame(expr.operand, operand)) {
    const [low, high] = [numberOf(expr.low), numberOf(expr.high)];
    return low === null || high === null || low > high ? null : [low, high];
  }
  if (expr.kind === 'or') {
    const [left, right] = [boundsOf(expr.left, operand), boundsOf(expr.right, operand)];
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
  const turned = !isSame(expr.left, operand);
  const [name, other] = turned ? [expr.right, expr.left] : [expr.left, expr.right];
  const value = numberOf(other);
  if (!isSame(name, operand) || value === null) {
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

function valuesOf(expr: Expr, operand: Expr): Value[] | null {
  if (expr.kind === 'isnull' && !expr.negated && isSame(expr.operand, operand)) {
    return [null];
  }
  if (expr.kind === 'comparison' && expr.op === '=' && isSame(expr.left, operand)) {
    return literals([expr.right]);
  }
  if (expr.kind === 'in' && !expr.negated && isSame(expr.operand, operand)) {
    return literals(expr.items);
  }
  if (expr.kind === 'or') {
    const [left, right] = [valuesOf(expr.left, operand), valuesOf(expr.right, operand)];
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
