/** What the pages of processes keep in this browser: the draft, what was sent, and what the list is narrowed to. */
import { cleanedDraft, type IDrafts, type ISent } from '../../panel/processes';
import type { IListFilter, IListKeeper } from '../../panel/processes/listModel';
import { read, write } from './kept';

const DRAFT = 'pz-tsm:process-draft';
const SENT = 'pz-tsm:processes-sent';
const LIST = 'pz-tsm:processes-list';
/** What was sent is kept for so many processes. */
const MOST = 50;

function sent(): ISent[] {
  const kept = read(SENT);
  return Array.isArray(kept) ? (kept as ISent[]).filter(one => typeof one?.key === 'string') : [];
}

export const drafts: IDrafts = {
  read: () => cleanedDraft(read(DRAFT)),
  write: draft => write(DRAFT, draft),
  sent,
  send: one => write(SENT, [one, ...sent().filter(({ key }) => key !== one.key)].slice(0, MOST))
};

export const listKeeper: IListKeeper = {
  read: () => (read(LIST) ?? {}) as Partial<IListFilter>,
  write: filter => write(LIST, filter)
};
