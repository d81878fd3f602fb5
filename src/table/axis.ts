/** What a view shows along one side: a column, or a numeric expression. */

import { ExprError, parse, toText, type Expr } from '../expr';

/** An axis as an expression. A text that is a column's name is that column, whatever else it could be read as. */
export function axisExpr(axis: string, isColumn: (name: string) => boolean): Expr {
  const column: Expr = { kind: 'column', name: axis, quoted: true, at: 0 };
  if (isColumn(axis)) {
    return column;
  }
  try {
    return parse(axis);
  } catch (error) {
    if (error instanceof ExprError) {
      return column;
    }
    throw error;
  }
}

/** The name of an axis: that of its column, or the canonical text of its expression. */
export function axisName(expr: Expr): string {
  return expr.kind === 'column' ? expr.name : toText(expr);
}
