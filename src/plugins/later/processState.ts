/** What the pages of processes keep in this browser: the draft, what was sent, and what the list is narrowed to. */
import { cleanedDraft, type IDrafts, type ISent } from '../../panel/processes';
import type { IListFilter, IListKeeper } from '../../panel/processes/listModel';

const DRAFT = 'pz-tsm:process-draft';
const SENT = 'pz-tsm:processes-sent';
const LIST = 'pz-tsm:processes-list';
/** What was sent is kept for so many processes. */
const MOST = 50;

function read(key: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null');
  } catch {
    return null; // somebody else's, or half a one
  }
}

function write(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // a browser that keeps nothing
  }
}

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
