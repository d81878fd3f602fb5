/** A product: what is known of it, what may be done with it, and what is being done. */
import { Poll } from '@lumino/polling';
import { type ISignal, Signal } from '@lumino/signaling';

import {
  type IDownload,
  type IMe,
  type INamed,
  type IPreview,
  type IProcessConfig,
  type IProduct,
  type IProductChange,
  type IProductColumn,
  type IProductFile,
  type IRelease,
  type PzService,
  ROLE,
  STATUS
} from '../../api';
import type { IColumnInfo, ITableInfo } from '../../table/source';
import { type ITrouble, Section, troubleOf } from '../section';
import { type IOrigin, originOf } from './origin';
import { isTabular } from './words';

/** What is asked of the services. */
export type IProductBackend = Pick<
  PzService,
  | 'product'
  | 'products'
  | 'files'
  | 'columns'
  | 'process'
  | 'processConfig'
  | 'preview'
  | 'releases'
  | 'me'
  | 'change'
  | 'deleteProduct'
  | 'attach'
  | 'removeFile'
  | 'download'
  | 'downloads'
  | 'stopDownload'
> & {
  /** The product's table, opened: units and descriptions are in the file, not on the server. */
  describe(product: number, signal?: AbortSignal): Promise<ITableInfo>;
  /** Which server it is. */
  server(signal?: AbortSignal): Promise<IServer>;
};

export interface IServer {
  readonly url: string;
  readonly name: string;
  readonly kind: string;
}

/** A column as the server lists it, with what the file itself says where that has been read. */
export interface IColumn extends IProductColumn {
  readonly unit: string | null;
  readonly description: string | null;
}

export interface IProductOptions {
  readonly id: number;
  readonly backend: IProductBackend;
  /** Milliseconds between two looks at a download. */
  readonly rest?: number;
}

/** Main files up to this size are opened without being asked, for their columns' units. */
const SMALL = 20e6;

export class ProductModel {
  constructor(options: IProductOptions) {
    this.id = options.id;
    this._backend = options.backend;
    this._poll = new Poll({
      name: 'pz-tsm:downloads',
      auto: false,
      factory: () => this._lookAtDownloads(),
      frequency: { interval: options.rest ?? 700, backoff: true, max: 10_000 }
    });
    for (const section of this._sections) {
      section.changed.connect(() => this._changed.emit());
    }
  }

  readonly id: number;
  readonly product = new Section<IProduct>();
  readonly files = new Section<IProductFile[]>();
  readonly contents = new Section<IProductColumn[]>();
  readonly origin = new Section<IOrigin>();
  readonly config = new Section<IProcessConfig>();
  readonly preview = new Section<IPreview | null>();
  readonly table = new Section<ITableInfo>();
  readonly server = new Section<IServer>();
  readonly releases = new Section<IRelease[]>();
  readonly me = new Section<IMe>();
  /** The official products of its type, where it is one. */
  readonly official = new Section<IProduct[]>();

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The product is another one now, on the server too. */
  get edited(): ISignal<this, void> {
    return this._edited;
  }

  /** It is gone. */
  get deleted(): ISignal<this, void> {
    return this._deleted;
  }

  /** What is being done, in words; null when nothing is. */
  get busy(): string | null {
    return this._busy;
  }

  /** What the last action failed with. */
  get trouble(): ITrouble | null {
    return this._trouble;
  }

  /** Downloads of this product, newest first. */
  get downloads(): readonly IDownload[] {
    return this._downloads;
  }

  /** Its main file. */
  get main(): IProductFile | null {
    return this.files.value?.find(file => file.role === ROLE.main) ?? null;
  }

  /** The release it belongs to, where the user may see that. */
  get release(): IRelease | null {
    return this.releases.value?.find(one => one.id === this.product.value?.releaseId) ?? null;
  }

  /** Releases that it could be given to. */
  get choices(): readonly INamed[] {
    return this.releases.value ?? [];
  }

  /** All columns, with units and meanings as far as they are known. */
  get columns(): readonly IColumn[] {
    const told = new Map<string, IColumnInfo>(this.table.value?.columns.map(column => [column.name, column]));
    return (this.contents.value ?? []).map(column => {
      const own = told.get(column.name);
      return {
        ...column,
        ucd: column.ucd ?? own?.ucd ?? null,
        unit: own?.unit ?? null,
        description: own?.description ?? null
      };
    });
  }

  /** Ask for everything. */
  async load(): Promise<void> {
    const { _backend: backend, id } = this;
    void this.server.load(signal => backend.server(signal));
    void this.releases.load(signal => backend.releases(signal));
    void this.me.load(signal => backend.me(signal));
    void this._lookAtDownloads().catch(() => undefined);
    if (!(await this.product.load(signal => backend.product(id, signal)))) {
      return;
    }
    const product = this.product.value!;
    const asked = [
      this.files.load(signal => backend.files(id, signal)),
      this.contents.load(signal => backend.columns(id, signal)),
      this.origin.load(signal => originOf(product, key => backend.process(key, signal)))
    ];
    if (product.official) {
      const { type } = product;
      void this.official.load(signal => backend.products({ official: true, type }, signal));
    }
    if (product.processId !== null) {
      asked.push(this.config.load(signal => backend.processConfig(id, signal)));
    }
    await Promise.all(asked);
    const size = this.main?.size ?? Infinity;
    if (isTabular(product) && product.status === STATUS.published && size <= SMALL && !this.table.value) {
      await this.describe();
    }
  }

  /** Read the columns' units and descriptions from the file. */
  async describe(): Promise<void> {
    await this.table.load(signal => this._backend.describe(this.id, signal));
  }

  async loadPreview(): Promise<void> {
    await this.preview.load(signal => this._backend.preview(this.id, signal));
  }

  /**
   * Change fields. Resolves to the names of those that the server left as they were; rejects in words.
   */
  async change(change: IProductChange): Promise<(keyof IProductChange)[]> {
    const after = await this._backend.change(this.id, change);
    await this.product.load(async () => after);
    this._edited.emit();
    const told = (value: unknown) => String(value ?? '').trim(); // servers cut blanks off
    return (Object.keys(change) as (keyof IProductChange)[]).filter(
      key => told(after[key]) !== told(change[key])
    );
  }

  async delete(): Promise<void> {
    await this._do('', () => this._backend.deleteProduct(this.id));
    this._edited.emit();
    this._deleted.emit();
  }

  /** Add files of the file browser, one after the other. */
  async attach(paths: readonly string[], role: number, saying: (name: string) => string): Promise<void> {
    try {
      for (const path of paths) {
        const name = path.slice(path.lastIndexOf('/') + 1);
        await this._do(saying(name), () => this._backend.attach(this.id, path, role));
      }
    } finally {
      await this.files.load(signal => this._backend.files(this.id, signal));
    }
  }

  async removeFile(id: number): Promise<void> {
    await this._do('', () => this._backend.removeFile(id));
    await this.files.load(signal => this._backend.files(this.id, signal));
  }

  /** Bring the main file, or all files as an archive, into a folder of the file browser. */
  async download(folder: string, main: boolean): Promise<void> {
    await this._do('', () => this._backend.download(this.id, folder, main));
    await this._lookAtDownloads();
  }

  async stopDownload(id: string): Promise<void> {
    await this._do('', () => this._backend.stopDownload(id));
    await this._lookAtDownloads();
  }

  dispose(): void {
    void this._poll.stop();
    this._poll.dispose();
    this._sections.forEach(section => section.dispose());
    Signal.clearData(this);
  }

  /** Do something that may fail; what it failed with is kept until the next. */
  private async _do<T>(saying: string, act: () => Promise<T>): Promise<T> {
    this._busy = saying || null;
    this._trouble = null;
    this._changed.emit();
    try {
      return await act();
    } catch (error) {
      this._trouble = troubleOf(error);
      throw error;
    } finally {
      this._busy = null;
      this._changed.emit();
    }
  }

  private async _lookAtDownloads(): Promise<void> {
    const all = await this._backend.downloads();
    if (this._poll.isDisposed) {
      return;
    }
    this._downloads = all.filter(one => one.product === this.id);
    this._changed.emit();
    const goes = this._downloads.some(({ state }) => state === 'preparing' || state === 'running');
    void (goes ? this._poll.start() : this._poll.stop());
  }

  private get _sections(): Section<unknown>[] {
    const { product, files, contents, origin, config, preview, table, server, releases, me, official } = this;
    return [product, files, contents, origin, config, preview, table, server, releases, me, official];
  }

  private readonly _backend: IProductBackend;
  private readonly _poll: Poll;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _edited = new Signal<this, void>(this);
  private readonly _deleted = new Signal<this, void>(this);
  private _busy: string | null = null;
  private _trouble: ITrouble | null = null;
  private _downloads: readonly IDownload[] = [];
}
