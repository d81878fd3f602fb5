/** An upload: what it is, its files, what its columns mean, what is wrong with it, and how far its sending is. */
import { type ISignal, Signal } from '@lumino/signaling';

import { type INamed, type IProduct, type IRelease, ROLE, STATUS } from '../../api';
import type { ITableInfo } from '../../table/source';
import type { IServer } from '../product';
import { isTabular } from '../product/words';
import { type ITrouble, Section } from '../section';
import type { IUploadOptions } from './backend';
import { begun, typeOf } from './begin';
import { check, type ICheck, MOST } from './checks';
import { columnsOf, type IColumn, type IKnown, listed, meaningsOf } from './columns';
import { emptyDraft, type IDraft, type IWhat } from './draft';
import * as files from './files';
import { type Alias } from './meanings';
import { type IProposal, proposalsOf } from './propose';
import { CLOSED, type IProgress, send } from './send';
import { troubleWords } from './words';

export type UploadState = 'editing' | 'sending' | 'done';

const NOTHING: ReadonlyMap<string, IProposal> = new Map();

export class UploadModel {
  constructor(private readonly _options: IUploadOptions) {
    this._draft = emptyDraft(_options.id, '');
    for (const section of this._sections) {
      section.changed.connect(this._tell, this);
    }
  }

  readonly table = new Section<ITableInfo>();
  readonly server = new Section<IServer>();
  readonly types = new Section<INamed[]>();
  readonly releases = new Section<IRelease[]>();
  /** Looking at the files that are to be sent. */
  readonly looking = new Section<true>();
  /** What was begun earlier and not finished. */
  readonly drafts = new Section<IDraft[]>();

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** It is published. */
  get finished(): ISignal<this, IProduct> {
    return this._finished;
  }

  get draft(): IDraft {
    return this._draft;
  }

  get state(): UploadState {
    return this._product ? 'done' : this._abort ? 'sending' : 'editing';
  }

  get progress(): IProgress | null {
    return this._progress;
  }

  /** What the last try failed with. */
  get trouble(): ITrouble | null {
    return this._trouble;
  }

  /** What it became. */
  get product(): IProduct | null {
    return this._product;
  }

  get main(): files.IFile | null {
    return this._draft.files.find(file => file.role === ROLE.main) ?? null;
  }

  get release(): IRelease | null {
    return this.releases.value?.find(one => one.id === this._draft.what.releaseId) ?? null;
  }

  /** Columns of the main table, with what they are taken for. */
  get columns(): readonly IColumn[] {
    return columnsOf(this._info, this._draft, this._proposals);
  }

  get checks(): readonly ICheck[] {
    return check({
      draft: this._draft,
      table: this._info,
      meanings: meaningsOf(this.columns),
      kind: this.server.value?.kind ?? 'other',
      serverName: this.server.value?.name ?? '',
      release: this.release,
      trans: this._options.trans
    });
  }

  /** Whether nothing stands against sending it. */
  get ready(): boolean {
    return (
      this.state === 'editing' &&
      !this.table.loading &&
      !this.looking.loading &&
      this.server.value !== null &&
      this._typeId !== null &&
      this.checks.every(one => one.level !== 'error')
    );
  }

  /** Ask for what is chosen from. */
  async load(): Promise<void> {
    const { backend, keeper } = this._options;
    await Promise.all([
      this.server.load(signal => backend.server(signal)),
      this.types.load(signal => backend.types(signal)),
      this.releases.load(signal => backend.releases(signal)),
      this.drafts.load(async () =>
        (await keeper.list())
          .filter(draft => draft.id !== this._draft.id)
          .sort((a, b) => (a.when < b.when ? 1 : -1))
      )
    ]);
  }

  /** Begin with a file, or the folder of a bundle or of a HATS catalogue. */
  async begin(path: string): Promise<void> {
    await this.looking.load(async () => {
      const { files: found, what } = await begun(path, this._options.backend, this._options.trans);
      this._change({ files: found });
      this._what(what);
      return true;
    });
    await this._open(); // kept once something is changed
  }

  /** Add files beside the main one, or as the main one where there is none. */
  async add(paths: readonly string[], role: number): Promise<void> {
    const { backend } = this._options;
    await this.looking.load(async () => {
      for (const path of paths) {
        const file = files.asFile(await backend.look(path), role);
        const others = this._draft.files.filter(
          one => one.path !== path && (role === ROLE.auxiliary || one.role !== role)
        );
        this._change({ files: [...others, file].sort((a, b) => a.role - b.role) });
      }
      return true;
    });
    if (role === ROLE.main && paths.length > 0) {
      this._change({ meanings: {}, names: {}, left: [], copied: null });
      if (this._draft.what.name === '') {
        this._what({ name: files.stemOf(paths[0]) });
      }
      await this._open();
    }
    this._save();
  }

  removeFile(path: string): void {
    this.change({ files: this._draft.files.filter(file => file.path !== path) });
    if (this.main === null) {
      this.table.clear();
      this._server = null;
    }
  }

  change(change: Partial<IDraft>): void {
    this._change(change);
    this._save();
  }

  setWhat(change: Partial<IWhat>): void {
    this._what(change);
    this._save();
  }

  setMeaning(column: string, alias: Alias | null): void {
    this.change({ meanings: { ...this._draft.meanings, [column]: alias } });
  }

  /** Take a column into the copy, or leave it out. */
  setSent(column: string, sent: boolean): void {
    const left = this._draft.left.filter(name => name !== column);
    this.change({ left: sent ? left : [...left, column] });
  }

  rename(column: string, name: string): void {
    const { [column]: _, ...names } = this._draft.names;
    this.change({
      names: name === column || name.trim() === '' ? names : { ...names, [column]: name.trim() }
    });
  }

  /** Go on with what was begun earlier, with the files as they are now. */
  async resume(draft: IDraft): Promise<void> {
    const { backend, keeper } = this._options;
    const before = this._draft;
    clearTimeout(this._timer);
    this._timer = undefined;
    this._draft = draft;
    if (before.id !== draft.id && before.product === null) {
      void keeper.remove(before.id).catch(() => undefined);
    }
    await this.looking.load(async () => {
      const look = async (path: string) => (await backend.look(path)).size;
      const copied = draft.copied && (await look(draft.copied.path).catch(() => null)) !== null;
      const now = await Promise.all(
        draft.files.map(async file => ({ ...file, size: await look(file.path) }))
      );
      this._draft = { ...draft, files: now, copied: copied ? draft.copied : null };
      return true;
    });
    await this._open();
    await this.drafts.load(async () => (this.drafts.value ?? []).filter(one => one.id !== draft.id));
  }

  /** Forget what was begun earlier, on the server too. */
  async discard(draft: IDraft): Promise<void> {
    const { backend, keeper } = this._options;
    await this.drafts.load(async () => {
      if (draft.product !== null && draft.server === this.server.value?.url) {
        const product = await backend.product(draft.product).catch(() => null);
        if (product?.canDelete && (product.status === STATUS.draft || product.status === STATUS.failed)) {
          await backend.deleteProduct(product.id);
        }
      }
      await keeper.remove(draft.id);
      return (this.drafts.value ?? []).filter(one => one.id !== draft.id);
    });
  }

  /** Send it; what an earlier try has sent is not sent again. Never rejects: see `trouble`. */
  async send(): Promise<void> {
    const typeId = this._typeId;
    if (!this.ready || typeId === null) {
      return;
    }
    const { backend, rest = 500 } = this._options;
    const server = this.server.value!;
    const abort = (this._abort = new AbortController());
    this._trouble = null;
    this._progress = { stage: 'create' };
    this._tell();
    try {
      const url = server.url;
      if (this._draft.server !== url) {
        this._change({ server: url, product: null, asked: false, sent: [] }); // what was begun elsewhere is not here
      }
      this._product = await send(this._draft, {
        backend,
        typeId,
        signal: abort.signal,
        most: server.kind === 'engine' ? null : MOST,
        meanings: () => meaningsOf(this.columns),
        sent: () => {
          const { left } = this._draft;
          const all = this._info?.columns.map(({ name }) => name) ?? [];
          return left.length > 0 ? all.filter(name => !left.includes(name)) : undefined;
        },
        tell: progress => {
          this._progress = progress;
          this._tell();
        },
        keep: async change => {
          this._change(change);
          await this._keep();
          return this._draft;
        },
        read: columns => this._read(columns.map(({ name }) => name)),
        rest: () => new Promise(resolve => setTimeout(resolve, rest))
      });
      await this._options.keeper.remove(this._draft.id).catch(() => undefined);
    } catch (error) {
      this._trouble = abort.signal.aborted ? null : troubleWords(error, this._options.trans);
    } finally {
      this._abort = null;
      this._progress = null;
      this._tell();
    }
    if (this._product) {
      this._finished.emit(this._product);
    }
  }

  /** Stop sending; what was sent stays with the draft. */
  stop(): void {
    this._abort?.abort();
  }

  dispose(): void {
    if (this._timer !== undefined) {
      void this._keep(); // what was typed last
    }
    this._abort?.abort(CLOSED);
    this._sections.forEach(section => section.dispose());
    Signal.clearData(this);
  }

  /** Open the main file's table, and propose what its columns mean and what the product is. */
  private async _open(): Promise<void> {
    const { main } = this;
    const { backend } = this._options;
    this._server = null;
    this._proposals = NOTHING;
    if (main === null || !files.opens(main)) {
      this.table.clear();
      return;
    }
    this.table.clear();
    const read = await this.table.load(async () => {
      const info = await backend.info(main.path);
      const roles = await backend.propose(main.path);
      if (this.main?.path === main.path) {
        this._proposals = proposalsOf(roles, this._options.trans);
      }
      return info;
    });
    if (read && this.table.value && this._draft.what.type === '') {
      const found = new Set([...this._proposals.values()].map(({ alias }) => alias));
      this._what({ type: typeOf(this.table.value, found) });
    }
  }

  /** Columns as the server read them, where the file itself could not be opened here. */
  private async _read(names: readonly string[]): Promise<boolean> {
    if (this._info !== null || !isTabular(this._draft.what)) {
      return false;
    }
    const roles = await this._options.backend.proposeByNames(names);
    this._server = listed(names);
    this._proposals = proposalsOf(roles, this._options.trans);
    return true;
  }

  private get _info(): IKnown | null {
    return this.table.value ?? this._server;
  }

  private get _typeId(): number | null {
    return this.types.value?.find(type => type.name === this._draft.what.type)?.id ?? null;
  }

  private _what(change: Partial<IWhat>): void {
    this._change({ what: { ...this._draft.what, ...change } });
  }

  private _change(change: Partial<IDraft>): void {
    const now = this._options.now ?? (() => new Date().toISOString());
    this._draft = { ...this._draft, ...change, when: now() };
    this._tell();
  }

  /** Keep it a little later: typing is many changes. */
  private _save(): void {
    clearTimeout(this._timer);
    this._timer = setTimeout(() => void this._keep(), 400);
  }

  private async _keep(): Promise<void> {
    clearTimeout(this._timer);
    this._timer = undefined;
    if (this._draft.files.length > 0 && !this._product) {
      const server = this._draft.server || (this.server.value?.url ?? '');
      this._draft = { ...this._draft, server };
      await this._options.keeper.save(this._draft).catch(() => undefined); // it can be sent all the same
    }
  }

  private _tell(): void {
    this._changed.emit();
  }

  private get _sections(): Section<unknown>[] {
    return [this.table, this.server, this.types, this.releases, this.looking, this.drafts];
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _finished = new Signal<this, IProduct>(this);
  private _draft: IDraft;
  private _server: IKnown | null = null;
  private _proposals = NOTHING;
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _abort: AbortController | null = null;
  private _progress: IProgress | null = null;
  private _trouble: ITrouble | null = null;
  private _product: IProduct | null = null;
}
