/** The columns of the main table, with what they are taken for: what the user said, else what is proposed. */
import type { IColumnInfo, ITableInfo } from '../../table/source';
import type { IDraft } from './draft';
import type { Alias } from './meanings';
import type { IProposal } from './propose';

export type IKnown = Pick<ITableInfo, 'rows' | 'access' | 'roles' | 'columns'>;

/** A column, and what it is taken for. */
export interface IColumn {
  readonly info: IColumnInfo;
  readonly alias: Alias | null;
  /** Why it is proposed; null where the user said it. */
  readonly reason: string | null;
  /** Its name in what is sent. */
  readonly name: string;
  readonly sent: boolean;
}

export function columnsOf(
  info: IKnown | null,
  { meanings, names, left }: IDraft,
  proposals: ReadonlyMap<string, IProposal>
): IColumn[] {
  const said = new Set(Object.values(meanings));
  return (info?.columns ?? []).map(column => {
    const own = Object.hasOwn(meanings, column.name);
    // not where the user has given its meaning to another column
    const proposal = own ? undefined : proposals.get(column.name);
    const free = proposal && !said.has(proposal.alias) ? proposal : undefined;
    return {
      info: column,
      alias: own ? meanings[column.name] : (free?.alias ?? null),
      reason: free?.reason ?? null,
      name: names[column.name] ?? column.name,
      sent: !left.includes(column.name)
    };
  });
}

/** Column -> meaning, of those that are sent. */
export function meaningsOf(columns: readonly IColumn[]): ReadonlyMap<string, Alias> {
  const found = new Map<string, Alias>();
  for (const { info, alias, sent } of columns) {
    if (sent && alias !== null) {
      found.set(info.name, alias);
    }
  }
  return found;
}

/** What the server lists of a file that can't be opened here. */
export function listed(names: readonly string[]): IKnown {
  const columns = names.map(name => ({ name, type: 'float' as const, arrow: '', nulls: 0 }));
  return { rows: 1, access: 'public', roles: {}, columns };
}
