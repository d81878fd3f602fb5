import { nameText, valueAt, valueText, type Value } from '../../expr';
import { decodeColumns } from '../../table/decode';
import type { ITableSource } from '../../table/source';
import type { IQuery } from '../../table/windows';

export const ID = 'row_id';

/** Rows looked through in one request, and in all, where a table is not in the order of its ids. */
const PAGE = 10_000;
const MOST = 100_000;

export type Row = ReadonlyMap<string, Value>;

/** A row found by its id. */
export interface IFound {
  readonly values: Row;
  /** Whether it passes the condition and the search. */
  readonly passes: boolean;
  /** Its place among the rows that pass, in their order; null where it has none, or it could not be told. */
  readonly place: number | null;
}

/** Find a row, and where it stands among those shown. Null if the table has no such row. */
export async function find(
  source: ITableSource,
  query: IQuery,
  rowId: string,
  signal?: AbortSignal
): Promise<IFound | null> {
  const itself = `${ID} = ${rowId}`;
  const window = await source.window({ start: 0, count: 1, where: itself }, signal);
  const { rows, columns } = decodeColumns(window.ipc);
  if (rows === 0) {
    return null;
  }
  const values = new Map([...columns].map(([name, column]) => [name, valueAt(column, 0)]));
  const search = query.search || undefined;
  const count = async (...conditions: (string | null)[]) => {
    const where = both(query.where || null, ...conditions);
    return (await source.window({ start: 0, count: 0, columns: [ID], where, search }, signal)).total;
  };
  if ((query.where || search) && (await count(itself)) === 0) {
    return { values, passes: false, place: null };
  }
  const order = orderOf(query.sort, values);
  const first = order.before === null ? 0 : await count(order.before);
  const guess = first + (await count(order.equal, `${ID} < ${rowId}`));
  const ids = (start: number, rows: number) => idsOf(source, query, start, rows, signal);
  if ((await ids(guess, 1))[0] === rowId) {
    return { values, passes: true, place: guess };
  }
  const last = Math.min(first + (await count(order.equal)), first + MOST);
  for (let start = first; start < last; start += PAGE) {
    const at = (await ids(start, Math.min(PAGE, last - start))).indexOf(rowId);
    if (at >= 0) {
      return { values, passes: true, place: start + at };
    }
  }
  return { values, passes: true, place: null };
}

/** The conditions of the rows that surely stand before a row, and of those that are sorted as it is. */
function orderOf(sort: IQuery['sort'], row: Row): { before: string | null; equal: string | null } {
  if (sort === undefined) {
    return { before: null, equal: null };
  }
  const name = nameText(sort.column);
  const value = row.get(sort.column) ?? null;
  // what has no value comes last, whatever the direction
  if (value === null) {
    return { before: `${name} IS NOT NULL`, equal: `${name} IS NULL` };
  }
  if (value !== value || typeof value === 'boolean') {
    // neither NaN nor truth has an order in a condition
    return { before: null, equal: null };
  }
  const text = valueText(value);
  return { before: `${name} ${sort.descending ? '>' : '<'} ${text}`, equal: `${name} = ${text}` };
}

async function idsOf(
  source: ITableSource,
  { where, search, sort }: IQuery,
  start: number,
  count: number,
  signal?: AbortSignal
): Promise<string[]> {
  const window = await source.window({ start, count, columns: [ID], where, search, sort }, signal);
  const { rows, columns } = decodeColumns(window.ipc);
  const column = columns.get(ID);
  return column === undefined ? [] : Array.from({ length: rows }, (_, i) => String(valueAt(column, i)));
}

function both(...conditions: (string | null)[]): string | undefined {
  const there = conditions.filter(condition => condition !== null && condition !== '');
  return there.length === 0
    ? undefined
    : there.map(condition => (there.length > 1 ? `(${condition})` : condition)).join(' AND ');
}
