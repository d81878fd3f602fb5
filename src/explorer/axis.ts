import { columnsOf, ExprError, nameText, parse, toText, typeOf, type Schema } from '../expr';
import { axisName } from '../table/axis';
import type { IColumnInfo } from '../table/source';

/** An axis as it was typed, or what is wrong with it; `'text'` and `'condition'` are said in the user's words. */
export type ReadAxis =
  { readonly axis: string } | { readonly error: ExprError | 'text' | 'condition' | 'constant' };

/** Read a column's name or a numeric expression. */
export function readAxis(text: string, schema: Schema): ReadAxis {
  const trimmed = text.trim();
  try {
    const expr = parse(schema.has(trimmed) ? nameText(trimmed) : trimmed);
    const type = typeOf(expr, schema);
    if (type !== 'int' && type !== 'float') {
      return { error: type === 'text' ? 'text' : 'condition' };
    }
    return columnsOf(expr).size === 0 ? { error: 'constant' } : { axis: axisName(expr) };
  } catch (error) {
    if (error instanceof ExprError) {
      return { error };
    }
    throw error;
  }
}

/** An axis as text that can be edited: a column's name in quotes where it needs them. */
export function axisText(axis: string, columns: readonly IColumnInfo[]): string {
  return columns.some(({ name }) => name === axis) ? nameText(axis) : toText(parse(axis));
}

/** A column's name, or an expression, with its unit. */
export function labelOf(columns: readonly IColumnInfo[], axis: string): string {
  const unit = columns.find(column => column.name === axis)?.unit;
  return unit ? `${axis} (${unit})` : axis;
}
