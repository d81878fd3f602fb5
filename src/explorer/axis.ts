import { columnsOf, ExprError, nameText, parse, toText, typeOf, type Expr, type Schema } from '../expr';
import { axisExpr, axisName } from '../table/axis';
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

/** An axis in the expression language: a column's name in quotes where it needs them. */
export function axisText(columns: readonly IColumnInfo[], axis: string): string {
  const isColumn = (name: string) => columns.some(column => column.name === name);
  return isColumn(axis) ? nameText(axis) : toText(axisExpr(axis, isColumn));
}

/** What stands at an axis: its column or expression, and its unit. */
export function axisLabel(columns: readonly IColumnInfo[], axis: string): string {
  const byName = new Map(columns.map(column => [column.name, column]));
  const unit = unitOf(
    axisExpr(axis, name => byName.has(name)),
    byName
  );
  const text = byName.has(axis) ? axis : axis.replaceAll(' - ', ' − ');
  return unit ? `${text} (${unit})` : text;
}

/** The unit of a column; a sum or difference of one unit keeps it, and of anything else it isn't known. */
function unitOf(expr: Expr, columns: ReadonlyMap<string, IColumnInfo>): string | null {
  switch (expr.kind) {
    case 'column':
      return columns.get(expr.name)?.unit ?? null;
    case 'negate':
      return unitOf(expr.operand, columns);
    case 'arithmetic': {
      const left = unitOf(expr.left, columns);
      const isSum = expr.op === '+' || expr.op === '-';
      return isSum && left === unitOf(expr.right, columns) ? left : null;
    }
    default:
      return null;
  }
}
