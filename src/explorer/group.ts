import { nameText, valueAt, valueText, type Value } from '../expr';
import { decodeColumns } from '../table/decode';
import type { ITableInfo, ITableSource } from '../table/source';
import type { ITrouble } from './trouble';

/** Groups are small; this many measurements are shown at most. */
const MOST = 100;

/** A row whose details are open. */
export interface IOpenRow {
  /** Among the rows that pass, in the order shown. */
  readonly row: number;
  /** Null while they are on their way. */
  readonly values: ReadonlyMap<string, Value> | null;
  /** The measurements of the same object, where the table groups them; null while they are not known. */
  readonly members: readonly ReadonlyMap<string, Value>[] | null;
  readonly trouble: ITrouble | null;
}

/** All rows of the group that a row belongs to, by redshift; null where the table has no groups. */
export async function membersOf(
  source: ITableSource,
  { roles, columns }: ITableInfo,
  row: ReadonlyMap<string, Value>,
  signal?: AbortSignal
): Promise<ReadonlyMap<string, Value>[] | null> {
  const group = roles.group === undefined ? null : (row.get(roles.group) ?? null);
  if (group === null || !columns.some(({ name }) => name === roles.group)) {
    return null;
  }
  const text = typeof group === 'number' ? String(group) : valueText(group);
  const window = await source.window(
    {
      start: 0,
      count: MOST,
      where: `${nameText(roles.group!)} = ${text}`,
      sort: roles.redshift === undefined ? undefined : { column: roles.redshift, descending: false }
    },
    signal
  );
  const decoded = decodeColumns(window.ipc);
  return Array.from(
    { length: decoded.rows },
    (_, i) => new Map([...decoded.columns].map(([name, column]) => [name, valueAt(column, i)]))
  );
}
