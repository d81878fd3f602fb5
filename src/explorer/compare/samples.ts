import { nameText, toText, parse, columnsOf, type Expr, type Value } from '../../expr';
import { listText } from '../../table/selection';
import type { IColumnInfo, ITableInfo, ITableSource } from '../../table/source';
import { categoryName } from '../../ui/format';
import { colourable, countable } from '../defaults';

/** A table that can be opened: what it is called for, and where its rows come from. */
export interface ITableHandle {
  /** The same for the same table. */
  readonly key: string;
  open(): ITableSource;
}

/** One of the two things compared: rows of a table that pass a condition. */
export interface ISample {
  readonly table: ITableHandle;
  /** In the names of its own table; empty for all rows. */
  readonly condition: string;
  /** What it is called; from its condition where it is left out. */
  readonly label?: string;
}

export type Side = 0 | 1;
export const SIDES: readonly Side[] = [0, 1];
export const LETTERS = ['A', 'B'] as const;

/** Columns that part a table: the split first, then the survey, the type, the flag, and all others with few values. */
export function parting(info: ITableInfo): IColumnInfo[] {
  const { columns, roles } = info;
  const usable = countable(columns, roles);
  const first = [roles.split, roles.survey, roles.type, roles.flag].flatMap(name =>
    usable.filter(column => column.name === name)
  );
  const rest = colourable(columns, roles).filter(column => !first.includes(column));
  return [...first, ...rest].filter(({ distinct, values }) => (distinct ?? values?.length ?? 0) > 1);
}

/** The values of a column that a table says it has, the most frequent first. */
export function valuesOf(column: IColumnInfo): { value: Value; count: number }[] {
  return (column.values ?? []).map(({ value, count }) => ({ value, count }));
}

export function conditionOf(column: string, value: Value): string {
  return listText(column, [value]);
}

/** Two parts to begin with: train and test, else the two most frequent values of the survey; null where there are none. */
export function defaultConditions(info: ITableInfo): [string, string] | null {
  const { split, survey } = info.roles;
  for (const name of [split, survey]) {
    const column = parting(info).find(other => other.name === name);
    const values = column === undefined ? [] : valuesOf(column).map(({ value }) => value);
    const known = values.filter(value => value !== null);
    const [a, b] =
      known.includes('train') && known.includes('test') ? ['train', 'test'] : [known[0], known[1]];
    if (column !== undefined && a !== undefined && b !== undefined) {
      return [conditionOf(column.name, a), conditionOf(column.name, b)];
    }
  }
  return null;
}

/**
 * The rows that a condition leaves out: where all parts have to hold, those without a value in one of their columns
 * too. Numbers that are not a number (NaN) can't be asked for: such rows are in neither, and the summary says so.
 */
export function restOf(condition: string): string {
  if (condition.trim() === '') {
    return '';
  }
  const expr = parse(condition);
  const missing = onlyAnds(expr)
    ? [...columnsOf(expr)].map(name => ` OR ${nameText(name)} IS NULL`).join('')
    : '';
  return `NOT (${toText(expr)})${missing}`;
}

function onlyAnds(expr: Expr): boolean {
  switch (expr.kind) {
    case 'and':
      return onlyAnds(expr.left) && onlyAnds(expr.right);
    case 'comparison':
    case 'between':
    case 'in':
    case 'like':
      return true;
    default:
      return false;
  }
}

/** What a sample is called: its own label, the value that it has, its condition, or its table's name. */
export function labelOfSample(sample: ISample, info: ITableInfo | null, other: ITableInfo | null): string {
  if (sample.label !== undefined && sample.label !== '') {
    return sample.label;
  }
  const name = info?.name ?? sample.table.key;
  if (sample.condition === '') {
    return name;
  }
  const value = valueIn(sample.condition);
  const part = value ?? sample.condition;
  // two tables may both have a part of that name
  return other !== null && other !== info ? `${name}: ${part}` : part;
}

/** The value, where a condition asks for one text of one column. */
function valueIn(condition: string): string | null {
  try {
    const expr = parse(condition);
    return expr.kind === 'comparison' &&
      expr.op === '=' &&
      expr.left.kind === 'column' &&
      expr.right.kind === 'literal' &&
      typeof expr.right.value === 'string'
      ? categoryName(expr.right.value)
      : null;
  } catch {
    return null;
  }
}
