/** What of an upload is kept until it is finished: no token, no row. */
import type { Alias } from './meanings';
import type { IFile } from './files';

export interface IWhat {
  readonly name: string;
  /** Internal name of the product type. */
  readonly type: string;
  readonly releaseId: number | null;
  readonly pzCode: string;
  /** Markdown. */
  readonly description: string;
}

/** A copy of the main file that was written to be sent: of which columns, under which names. */
export interface ICopy {
  readonly path: string;
  readonly size: number;
  /** What it was made of; for anything else it is written anew. */
  readonly of: string;
}

export interface IDraft {
  readonly id: string;
  /** Address of the server; empty for the engine's own. */
  readonly server: string;
  /** When it was last changed, ISO. */
  readonly when: string;
  readonly what: IWhat;
  readonly files: readonly IFile[];
  /** Column -> what it means; null where the user said that it is nothing of these. */
  readonly meanings: { readonly [column: string]: Alias | null };
  /** Column -> its name in the copy. */
  readonly names: { readonly [column: string]: string };
  /** Columns that are left out of the copy. */
  readonly left: readonly string[];
  /** A copy is written even where no column changes: compressed, without sentinels. */
  readonly copy: boolean;
  readonly copied: ICopy | null;
  /** What was sent already; the server calls an archive otherwise once it is unpacked. */
  readonly sent: readonly IFile[];
  /** The user says that those who will see it may. */
  readonly confirmed: boolean;
  /** The product on the server, once it is made. */
  readonly product: number | null;
  /** Making it was asked for; whether it came about is not known. */
  readonly asked: boolean;
}

/** Where drafts are kept. */
export interface IDraftKeeper {
  list(): Promise<IDraft[]>;
  save(draft: IDraft): Promise<void>;
  remove(id: string): Promise<void>;
}

export function emptyDraft(id: string, server: string): IDraft {
  return {
    id,
    server,
    when: '',
    what: { name: '', type: '', releaseId: null, pzCode: '', description: '' },
    files: [],
    meanings: {},
    names: {},
    left: [],
    copy: false,
    copied: null,
    sent: [],
    confirmed: false,
    product: null,
    asked: false
  };
}

/** Whether the main file goes as a copy of it. */
export function needsCopy({ copy, names, left }: IDraft): boolean {
  return copy || left.length > 0 || Object.keys(names).length > 0;
}

/** What a copy is made of, as text to compare. */
export function copyKey({ files, names, left }: IDraft): string {
  const main = files.find(file => file.role === 0);
  return JSON.stringify([main?.path, main?.size, Object.entries(names).sort(), [...left].sort()]);
}

/** Whether a file was sent already, as it is now. */
export function wasSent({ sent = [] }: Partial<IDraft>, { path, name, role, size }: IFile): boolean {
  return sent.some(one => one.path === path && one.name === name && one.role === role && one.size === size);
}

/** Whether something was kept that is worth going on with. */
export function isDraft(value: unknown): value is IDraft {
  const draft = value as Partial<IDraft> | null;
  return (
    typeof draft === 'object' &&
    draft !== null &&
    typeof draft.id === 'string' &&
    typeof draft.when === 'string' &&
    typeof draft.what?.name === 'string' &&
    Array.isArray(draft.files)
  );
}
