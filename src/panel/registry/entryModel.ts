/** A public catalogue: what is known of it, what is wanted of it, and what comes of that. */
import { Poll } from '@lumino/polling';
import { type ISignal, Signal } from '@lumino/signaling';

import type {
  IArchiveDownload,
  ICircle,
  ICounted,
  IPreviewed,
  IRegistryEntry,
  IRegistryInput,
  IRegistryRelease,
  IWanted,
  RegistryService
} from '../../api';
import { type ITrouble, Section, troubleOf } from '../section';

export type IEntryBackend = Pick<
  RegistryService,
  'entry' | 'search' | 'count' | 'preview' | 'input' | 'download' | 'downloads' | 'stopDownload'
>;

export interface IEntryOptions {
  readonly id: string;
  readonly backend: IEntryBackend;
  /** Milliseconds between two looks at a download. */
  readonly rest?: number;
}

export class EntryModel {
  constructor(options: IEntryOptions) {
    this.id = options.id;
    this._backend = options.backend;
    this._poll = new Poll({
      name: 'pz-tsm:archive-downloads',
      auto: false,
      factory: () => this._look(),
      frequency: { interval: options.rest ?? 700, backoff: true, max: 10_000 }
    });
    for (const section of [this.entry, this.releases, this.counted]) {
      section.changed.connect(() => this._changed.emit());
    }
  }

  readonly id: string;
  readonly entry = new Section<IRegistryEntry>();
  readonly releases = new Section<readonly IRegistryRelease[]>();
  /** Rows and size of what is wanted, once they were asked for. */
  readonly counted = new Section<ICounted>();

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Which of its ways is used: the first that can be asked, unless another one was chosen. */
  get access(): number {
    const ways = this.entry.value?.ways ?? [];
    return (
      this._access ??
      Math.max(
        0,
        ways.findIndex(way => way.source !== null)
      )
    );
  }

  set access(access: number) {
    this._access = access;
    this._other();
  }

  get region(): ICircle | null {
    return this._region;
  }

  set region(region: ICircle | null) {
    this._region = region;
    this._other();
  }

  get columns(): IWanted['columns'] {
    return this._columns;
  }

  set columns(columns: IWanted['columns']) {
    this._columns = columns;
    this._other();
  }

  /** Whether it can be asked for at all. */
  get reachable(): boolean {
    return (this.entry.value?.ways ?? []).some(way => way.source !== null);
  }

  get wanted(): IWanted {
    const { id: entry, access, region, columns } = this;
    return { entry, access, region, columns };
  }

  /** What is being asked for, in words; null when nothing is. */
  get busy(): string | null {
    return this._busy;
  }

  /** What the last action failed with. */
  get trouble(): ITrouble | null {
    return this._trouble;
  }

  /** What the service has otherwise than the registry, as the last preview told. */
  get changes(): readonly string[] {
    return this._changes;
  }

  /** Downloads of this catalogue, newest first. */
  get downloads(): readonly IArchiveDownload[] {
    return this._downloads;
  }

  async load(): Promise<void> {
    const { _backend: backend } = this;
    void this._look().catch(() => undefined);
    void this.releases.load(async signal => (await backend.search({}, signal)).releases);
    await this.entry.load(signal => backend.entry(this.id, signal));
  }

  async count(): Promise<void> {
    await this.counted.load(signal => this._backend.count(this.wanted, signal));
  }

  /** The first rows, opened as a table; null when that failed or was given up. */
  preview(saying: string): Promise<IPreviewed | null> {
    return this._do(saying, async signal => {
      const previewed = await this._backend.preview(this.wanted, signal);
      this._changes = previewed.changes;
      return previewed;
    });
  }

  /** What a recipe says to have it; a service that can't be reached is waited for some 20 s. */
  input(saying: string): Promise<IRegistryInput | null> {
    return this._do(saying, signal => this._backend.input(this.wanted, signal));
  }

  /** Bring it into a folder of the file browser. */
  async download(folder: string): Promise<void> {
    await this._do('', () => this._backend.download(this.wanted, folder));
    await this._look().catch(() => undefined);
  }

  async stopDownload(id: string): Promise<void> {
    await this._do('', () => this._backend.stopDownload(id));
    await this._look().catch(() => undefined);
  }

  /** Give up what is being asked for. */
  stop(): void {
    this._abort?.abort();
    this.counted.clear();
  }

  dispose(): void {
    this._abort?.abort();
    void this._poll.stop();
    this._poll.dispose();
    [this.entry, this.releases, this.counted].forEach(section => section.dispose());
    Signal.clearData(this);
  }

  /** Something else is wanted: what was counted is of what was wanted before. */
  private _other(): void {
    this._trouble = null;
    this.counted.clear();
  }

  /** Do something that may fail or be given up; what it failed with is kept until the next. */
  private async _do<T>(saying: string, act: (signal: AbortSignal) => Promise<T>): Promise<T | null> {
    const abort = new AbortController();
    this._abort = abort;
    this._busy = saying || null;
    this._trouble = null;
    this._changed.emit();
    try {
      return await act(abort.signal);
    } catch (error) {
      if (!abort.signal.aborted) {
        this._trouble = troubleOf(error);
      }
      return null;
    } finally {
      if (this._abort === abort) {
        this._busy = null;
        this._changed.emit();
      }
    }
  }

  private async _look(): Promise<void> {
    const all = await this._backend.downloads();
    if (this._poll.isDisposed) {
      return;
    }
    this._downloads = all.filter(one => one.entry === this.id);
    this._changed.emit();
    void (this._downloads.some(one => one.state === 'running') ? this._poll.start() : this._poll.stop());
  }

  private readonly _backend: IEntryBackend;
  private readonly _poll: Poll;
  private readonly _changed = new Signal<this, void>(this);
  private _access: number | null = null;
  private _region: ICircle | null = null;
  private _columns: IWanted['columns'] = 'needed';
  private _busy: string | null = null;
  private _trouble: ITrouble | null = null;
  private _changes: readonly string[] = [];
  private _downloads: readonly IArchiveDownload[] = [];
  private _abort: AbortController | null = null;
}
