/** The tree of a condition: the condition part of ADQL. Positions are offsets in the text. */

export type ComparisonOp = '=' | '<>' | '<' | '<=' | '>' | '>=';
export type ArithmeticOp = '+' | '-' | '*' | '/';

/** A whole number is kept as BigInt, so that 64-bit ids stay exact. */
export type LiteralValue = bigint | number | string | boolean | null;

export interface ILiteral {
  readonly kind: 'literal';
  readonly value: LiteralValue;
  readonly at: number;
}

export interface IColumnRef {
  readonly kind: 'column';
  readonly name: string;
  /** Written in double quotes: never a preset. */
  readonly quoted: boolean;
  readonly at: number;
}

/** The name of a condition, and what it stands for. */
export interface IPreset {
  readonly kind: 'preset';
  readonly name: string;
  readonly body: Expr;
  readonly at: number;
}

export interface INegate {
  readonly kind: 'negate';
  readonly operand: Expr;
  readonly at: number;
}

export interface IArithmetic {
  readonly kind: 'arithmetic';
  readonly op: ArithmeticOp;
  readonly left: Expr;
  readonly right: Expr;
  readonly at: number;
}

export interface ICall {
  readonly kind: 'call';
  /** Upper case. */
  readonly name: string;
  readonly args: Expr[];
  readonly at: number;
}

export interface IComparison {
  readonly kind: 'comparison';
  readonly op: ComparisonOp;
  readonly left: Expr;
  readonly right: Expr;
  readonly at: number;
}

export interface IBetween {
  readonly kind: 'between';
  readonly operand: Expr;
  readonly low: Expr;
  readonly high: Expr;
  readonly negated: boolean;
  readonly at: number;
}

export interface IInList {
  readonly kind: 'in';
  readonly operand: Expr;
  readonly items: Expr[];
  readonly negated: boolean;
  readonly at: number;
}

export interface ILike {
  readonly kind: 'like';
  readonly operand: Expr;
  /** % is any text, _ any one character; case matters. */
  readonly pattern: string;
  readonly negated: boolean;
  readonly at: number;
}

export interface IIsNull {
  readonly kind: 'isnull';
  readonly operand: Expr;
  readonly negated: boolean;
  readonly at: number;
}

export interface INot {
  readonly kind: 'not';
  readonly operand: Expr;
  readonly at: number;
}

export interface ILogical {
  readonly kind: 'and' | 'or';
  readonly left: Expr;
  readonly right: Expr;
  readonly at: number;
}

export type Expr =
  | ILiteral
  | IColumnRef
  | IPreset
  | INegate
  | IArithmetic
  | ICall
  | IComparison
  | IBetween
  | IInList
  | ILike
  | IIsNull
  | INot
  | ILogical;

/** The parts of an expression, in the order they are written. */
export function children(expr: Expr): Expr[] {
  switch (expr.kind) {
    case 'literal':
    case 'column':
      return [];
    case 'preset':
      return [expr.body];
    case 'negate':
    case 'not':
    case 'isnull':
    case 'like':
      return [expr.operand];
    case 'arithmetic':
    case 'comparison':
    case 'and':
    case 'or':
      return [expr.left, expr.right];
    case 'call':
      return expr.args;
    case 'between':
      return [expr.operand, expr.low, expr.high];
    case 'in':
      return [expr.operand, ...expr.items];
  }
}

/** Names of the columns that an expression reads. */
export function columnsOf(expr: Expr, found: Set<string> = new Set()): Set<string> {
  if (expr.kind === 'column') {
    found.add(expr.name);
  }
  children(expr).forEach(child => columnsOf(child, found));
  return found;
}

/** The number that a literal stands for, if a double holds it exactly; null for everything else. */
export function numberOf(expr: Expr): number | null {
  if (expr.kind !== 'literal') {
    return null;
  }
  if (typeof expr.value === 'bigint') {
    const number = Number(expr.value);
    return Number.isSafeInteger(number) ? number : null;
  }
  return typeof expr.value === 'number' ? expr.value : null;
}
