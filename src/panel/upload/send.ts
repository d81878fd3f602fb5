/** The sending of an upload, step by step; every step finds what an earlier try has done. */
import { type IProduct, type IProductColumn, type IUpload, type PzService, ROLE, STATUS } from '../../api';
import type { IExported, IExportRequest } from '../../table/source';
import { takesCode, takesRelease } from '../product/words';
import type { ITrouble } from '../section';
import { copyKey, type IDraft, needsCopy, wasSent } from './draft';
import { folderOf, type IFile, join, plainName, stemOf } from './files';
import { type Alias, mandatory, UCD } from './meanings';

export type ISendBackend = Pick<
  PzService,
  | 'product'
  | 'products'
  | 'createProduct'
  | 'change'
  | 'deleteProduct'
  | 'files'
  | 'removeFile'
  | 'sendFile'
  | 'uploads'
  | 'stopUpload'
  | 'registry'
  | 'columns'
  | 'associate'
> & {
  /** Write rows of a table of the file browser as a new file, where the table is. */
  export(path: string, request: IExportRequest, signal?: AbortSignal): Promise<IExported>;
};

export type Stage = 'copy' | 'create' | 'file' | 'read' | 'columns' | 'publish';

export interface IProgress {
  readonly stage: Stage;
  /** The file that is sent. */
  readonly file?: string;
  /** Bytes, or columns. */
  readonly done?: number;
  readonly total?: number;
}

export interface ISending {
  readonly backend: ISendBackend;
  readonly signal: AbortSignal;
  /** Id of the product type. */
  readonly typeId: number;
  /** Bytes that the server takes of a file; null where it has no limit. */
  readonly most: number | null;
  meanings(): ReadonlyMap<string, Alias>;
  /** The columns of a copy; all where left out. */
  sent(): string[] | undefined;
  tell(progress: IProgress): void;
  /** Change what is kept, and keep it: the next try goes on from there. */
  keep(change: Partial<IDraft>): Promise<IDraft>;
  /** The server read the main file; whether its columns are new to the user, who looks at them first. */
  read(columns: readonly IProductColumn[]): Promise<boolean>;
  rest(): Promise<void>;
}

/** Why a sending is given up of which the files on their way go on: the next try finds them. */
export const CLOSED = 'closed';

/** Why the sending stopped, where the user has to do something first. */
export class SendTrouble extends Error implements ITrouble {
  constructor(
    readonly code: 'too-large' | 'look' | 'mandatory' | 'stopped',
    message: string,
    readonly remedy: string | null = null
  ) {
    super(message);
  }
}

/** Send what the draft says; the published product. */
export async function send(draft: IDraft, job: ISending): Promise<IProduct> {
  const { backend, signal, tell } = job;
  const go = () => signal.throwIfAborted();

  let files = draft.files;
  if (needsCopy(draft)) {
    draft = await copied(draft, job);
    const { path, size } = draft.copied!;
    const name = `${plainName(stemOf(draft.files.find(file => file.role === ROLE.main)!.name))}.parquet`;
    files = files.map(file => (file.role === ROLE.main ? { ...file, path, size, name } : file));
  }
  go();

  tell({ stage: 'create' });
  const product = await made(draft, job);
  if (product.status === STATUS.published) {
    return product; // the answer to the last step was lost
  }
  go();

  await joined(product.id, job);
  const there = await backend.files(product.id, signal);
  const wanted = [...files].sort((a, b) => a.role - b.role);
  const same = (file: IFile) =>
    there.find(
      other =>
        other.role === file.role &&
        ((other.name === file.name && (file.size ?? other.size) === other.size) ||
          (file.role === ROLE.main && wasSent(draft, file)))
    );
  const kept = new Set(wanted.map(file => same(file)?.id));
  for (const other of there) {
    // what an earlier try has sent and is not wanted any more, no file of others; two main files could not be read
    const mine = draft.sent?.some(one => one.role === other.role && one.name === other.name) ?? false;
    if (!kept.has(other.id) && (other.role === ROLE.main || (mine && other.canDelete))) {
      await backend.removeFile(other.id);
    }
  }
  let anew = product.status === STATUS.failed;
  for (const file of wanted) {
    go();
    if (!same(file)) {
      tell({ stage: 'file', file: file.name, done: 0, total: file.size ?? undefined });
      await ended(await backend.sendFile(product.id, file.role, file.path, file.name), job);
      draft = await job.keep({ sent: [...(draft.sent ?? []), file] });
      anew ||= file.role === ROLE.main;
    }
  }
  go();

  let columns = await backend.columns(product.id, signal);
  if (anew || columns.length === 0) {
    tell({ stage: 'read' });
    await backend.registry(product.id);
    columns = await backend.columns(product.id, signal);
  }
  if (await job.read(columns)) {
    throw new SendTrouble('look', product.internalName);
  }
  await associated(draft, columns, job);
  go();

  tell({ stage: 'publish' });
  return backend.change(product.id, { status: STATUS.published });
}

/** The draft with a copy of its main file that is what it should be. */
async function copied(draft: IDraft, { backend, signal, tell, keep, most, sent }: ISending): Promise<IDraft> {
  const of = copyKey(draft);
  const main = draft.files.find(file => file.role === ROLE.main)!;
  if (draft.copied?.of !== of) {
    tell({ stage: 'copy' });
    const stem = plainName(stemOf(main.path)) || 'table';
    let made: IExported | null = null;
    for (let turn = 1; made === null; turn++) {
      const path = join(folderOf(main.path), `${stem}_upload${turn > 1 ? `_${turn}` : ''}.parquet`);
      try {
        const request: IExportRequest = { path, format: 'parquet', rename: draft.names, columns: sent() };
        made = await backend.export(main.path, request, signal);
      } catch (error) {
        if ((error as { where?: string }).where !== 'name' || turn > 99) {
          throw error;
        }
      }
    }
    draft = await keep({ copied: { path: made.path, size: made.bytes, of } });
  }
  const { size, path } = draft.copied!;
  if (most !== null && size > most) {
    throw new SendTrouble('too-large', path);
  }
  return draft;
}

/** The product of the draft: the one that is there, or a new one. */
async function made(draft: IDraft, { backend, signal, typeId, keep }: ISending): Promise<IProduct> {
  const { what } = draft;
  const fields = {
    displayName: what.name.trim(),
    description: what.description,
    releaseId: takesRelease(what.type) ? what.releaseId : null,
    pzCode: takesCode(what.type) ? what.pzCode.trim() || null : null
  };
  let found: IProduct | null = null;
  if (draft.product !== null) {
    found = await backend.product(draft.product, signal).catch((error: { status?: number }) => {
      if (error.status === 404) {
        return null; // somebody deleted it
      }
      throw error;
    });
  } else if (draft.asked) {
    // the answer never came: it may have been made all the same
    const drafts = await backend.products({ mine: true, status: STATUS.draft, type: what.type }, signal);
    found = drafts.find(one => one.displayName === fields.displayName) ?? null;
  }
  if (found?.status === STATUS.published) {
    return found;
  }
  const usable = found !== null && found.type === what.type && found.status !== STATUS.deleted;
  if (!usable) {
    if (found?.canDelete && (found.status === STATUS.draft || found.status === STATUS.failed)) {
      await backend.deleteProduct(found.id); // it was to be of another type
    }
    await keep({ asked: true, product: null, sent: [] });
    const product = await backend.createProduct({ ...fields, typeId });
    await keep({ product: product.id });
    return product;
  }
  if (draft.product !== found!.id) {
    await keep({ product: found!.id });
  }
  const differs =
    found!.displayName !== fields.displayName ||
    found!.description.trim() !== fields.description.trim() ||
    found!.releaseId !== fields.releaseId ||
    (found!.pzCode ?? null) !== fields.pzCode;
  return differs ? backend.change(found!.id, fields) : found!;
}

/** Wait for files that an earlier try, or a page that was closed, has left on their way. */
async function joined(product: number, job: ISending): Promise<void> {
  for (const upload of await job.backend.uploads(job.signal)) {
    if (upload.product === product && upload.state === 'running') {
      await ended(upload, job).catch((error: unknown) => {
        job.signal.throwIfAborted();
        return error; // it is sent again
      });
    }
  }
}

/** Look at a file on its way until it has ended. */
async function ended(upload: IUpload, { backend, signal, tell, rest }: ISending): Promise<void> {
  let now: IUpload | undefined = upload;
  while (now?.state === 'running') {
    tell({ stage: 'file', file: now.name, done: now.done, total: now.total });
    await rest();
    if (signal.aborted && signal.reason !== CLOSED) {
      await backend.stopUpload(upload.id).catch(() => undefined); // it may just have ended
    }
    signal.throwIfAborted();
    now = (await backend.uploads(signal)).find(one => one.id === upload.id);
  }
  if (now?.state !== 'done') {
    const { message = null, remedy = null } = now ?? {};
    throw message ? Object.assign(new Error(message), { remedy }) : new SendTrouble('stopped', upload.name);
  }
}

/** Say what the columns mean, as far as the server does not know it. */
async function associated(
  draft: IDraft,
  columns: readonly IProductColumn[],
  { backend, signal, tell, meanings }: ISending
): Promise<void> {
  const wanted = new Map<string, Alias>();
  meanings().forEach((alias, column) => wanted.set(draft.names[column] ?? column, alias));
  const known = columns.filter(column => wanted.has(column.name)).map(column => wanted.get(column.name)!);
  const missing = mandatory(draft.what.type).filter(alias => !known.includes(alias));
  if (missing.length > 0) {
    throw new SendTrouble('mandatory', missing.join(', '));
  }
  const changes = columns.filter(
    ({ name, alias, ucd }) =>
      (wanted.get(name) ?? null) !== alias || (wanted.has(name) && ucd !== UCD[wanted.get(name)!])
  );
  for (const [at, column] of changes.entries()) {
    signal.throwIfAborted();
    tell({ stage: 'columns', done: at, total: changes.length });
    const alias = wanted.get(column.name) ?? null;
    await backend.associate(column.id, alias, alias && UCD[alias]);
  }
}
