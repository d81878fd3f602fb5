/** What each column of a table may mean to a PZ Server, and why: as the engine proposes it. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IProposedRole, Role } from '../../table/source';
import type { Alias } from './meanings';

export interface IProposal {
  readonly alias: Alias;
  /** In words, for those who check it. */
  readonly reason: string;
}

const MEANINGS: { readonly [role in Role]?: Alias } = {
  id: 'ID',
  ra: 'RA',
  dec: 'Dec',
  z: 'z',
  z_err: 'z_err',
  z_flag: 'z_flag',
  survey: 'survey'
};

/**
 * Column -> meaning. A server converts nothing: what would have to be converted (hours, velocities) is left out, as
 * are meanings that need several columns.
 */
export function proposalsOf(
  roles: readonly IProposedRole[],
  trans: TranslationBundle
): ReadonlyMap<string, IProposal> {
  const found = new Map<string, IProposal>();
  for (const { role, columns, reason, sure, convert = [] } of roles) {
    const alias = MEANINGS[role];
    if (alias !== undefined && columns.length === 1 && convert.length === 0) {
      found.set(columns[0], { alias, reason: sure ? reason : trans.__('not sure: %1', reason) });
    }
  }
  return found;
}
