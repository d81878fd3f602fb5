/** Which column of one table is which of another, and conditions written in the names of either. */

import { columnsOf, parse, toText, type Expr, type Schema } from '../../expr';
import type { IColumnInfo, IRoles, ITableInfo } from '../../table/source';

export interface IPair {
  readonly a: string;
  readonly b: string;
  /** The role that both have, or null where they are matched by name. */
  readonly role: keyof IRoles | null;
}

export interface IMatching {
  readonly pairs: readonly IPair[];
  /** From a name in A to the name in B. */
  readonly toB: ReadonlyMap<string, string>;
  readonly onlyA: readonly string[];
  readonly onlyB: readonly string[];
  /** Of one name, and of kinds that can't be compared: text and numbers. */
  readonly differing: readonly string[];
}

const ROLES: readonly (keyof IRoles)[] = [
  'redshift',
  'ra',
  'dec',
  'split',
  'survey',
  'type',
  'flag',
  'id',
  'group'
];

/** Match the columns of two tables: by their role first, then by name, then by name whatever its case. */
export function match(a: ITableInfo, b: ITableInfo): IMatching {
  const pairs: IPair[] = [];
  const restA = new Map(a.columns.map(column => [column.name, column]));
  const restB = new Map(b.columns.map(column => [column.name, column]));
  const pair = (left: string | undefined, right: string | undefined, role: IPair['role']) => {
    const [one, other] = [restA.get(left ?? ''), restB.get(right ?? '')];
    if (one !== undefined && other !== undefined && kindOf(one) === kindOf(other)) {
      pairs.push({ a: one.name, b: other.name, role });
      restA.delete(one.name);
      restB.delete(other.name);
    }
  };
  ROLES.forEach(role => pair(a.roles[role], b.roles[role], role));
  [...restA.keys()].forEach(name => pair(name, name, null));
  const byLower = new Map([...restB.keys()].map(name => [name.toLowerCase(), name]));
  [...restA.keys()].forEach(name => pair(name, byLower.get(name.toLowerCase()), null));
  return {
    pairs,
    toB: new Map(pairs.map(({ a: left, b: right }) => [left, right])),
    onlyA: [...restA.keys()].filter(name => !restB.has(name)),
    onlyB: [...restB.keys()].filter(name => !restA.has(name)),
    differing: [...restA.keys()].filter(name => restB.has(name))
  };
}

function kindOf({ type }: IColumnInfo): 'number' | 'text' | 'bool' {
  return type === 'int' || type === 'float' ? 'number' : type;
}

/** The columns of A that B has too. */
export function commonColumns(info: ITableInfo, { toB }: IMatching): IColumnInfo[] {
  return info.columns.filter(({ name }) => toB.has(name));
}

/** An expression with its columns called by other names. A preset becomes what it stands for. */
export function renamed(expr: Expr, names: ReadonlyMap<string, string>): Expr {
  const go = (part: Expr) => renamed(part, names);
  switch (expr.kind) {
    case 'literal':
      return expr;
    case 'column':
      return { ...expr, name: names.get(expr.name) ?? expr.name };
    case 'preset':
      return go(expr.body);
    case 'negate':
    case 'not':
    case 'isnull':
    case 'like':
      return { ...expr, operand: go(expr.operand) };
    case 'arithmetic':
    case 'comparison':
    case 'and':
    case 'or':
      return { ...expr, left: go(expr.left), right: go(expr.right) };
    case 'call':
      return { ...expr, args: expr.args.map(go) };
    case 'between':
      return { ...expr, operand: go(expr.operand), low: go(expr.low), high: go(expr.high) };
    case 'in':
      return { ...expr, operand: go(expr.operand), items: expr.items.map(go) };
  }
}

export function renamedText(text: string, names: ReadonlyMap<string, string>): string {
  return text.trim() === '' ? '' : toText(renamed(parse(text), names));
}

/** An axis, a column's name or a numeric expression, in other names. */
export function renamedAxis(axis: string, names: ReadonlyMap<string, string>): string {
  return names.get(axis) ?? renamedText(axis, names);
}

/** The columns that an axis reads: itself, where it is a column's name. */
export function columnsOfAxis(axis: string, schema: Schema): string[] {
  return schema.has(axis) ? [axis] : [...columnsOf(parse(axis))];
}
