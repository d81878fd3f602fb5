/** The state of the sidebar: who we are, what catalogues there are, which recipes lie in the current folder. */
import { Debouncer, Poll } from '@lumino/polling';
import { type ISignal, Signal } from '@lumino/signaling';

import type { IConfig, INamed, IProduct, IProductFilter, IUser } from '../api';
import { cleaned, type IKeeper, type ISavedFilter, type ISavedFilters, narrowings, same } from './filter';
import { RowCounts } from './rowCounts';
import { Section } from './section';
import { latestOf } from './series';

/** What is asked of the services. */
export interface IPanelBackend {
  config(signal?: AbortSignal): Promise<IConfig>;
  setToken(token: string): Promise<void>;
  products(filter: IProductFilter, signal?: AbortSignal): Promise<IProduct[]>;
  rows(id: number, signal?: AbortSignal): Promise<number | null>;
  types(signal?: AbortSignal): Promise<INamed[]>;
  releases(signal?: AbortSignal): Promise<INamed[]>;
  users(signal?: AbortSignal): Promise<IUser[]>;
  chooseServer(url: string): Promise<void>;
  signOut(): Promise<void>;
}

/** What the filters choose from. */
interface INames {
  readonly types: readonly INamed[];
  readonly releases: readonly INamed[];
  readonly users: readonly IUser[];
}

const NONE: readonly never[] = [];

export interface IRecipeFile {
  readonly path: string;
  readonly name: string;
  readonly modified: string;
}

/** The folder that the file browser shows. */
export interface IRecipeFolder {
  readonly path: string;
  readonly changed: ISignal<unknown, void>;
  recipes(): Promise<IRecipeFile[]>;
}

export interface IPanelOptions {
  readonly backend: IPanelBackend;
  readonly folder: IRecipeFolder;
  /** Remembers what the sidebar shows. */
  readonly keeper?: IKeeper;
  /** Ask again by itself; a test does not. */
  readonly auto?: boolean;
  /** Milliseconds of rest after typing before the search is sent. */
  readonly rest?: number;
}

/** What the account line says. */
export type Account =
  | { readonly state: 'asking' }
  | { readonly state: 'away'; readonly message: string; readonly remedy: string | null }
  | { readonly state: 'engine'; readonly config: IConfig; readonly message: string }
  | { readonly state: 'token'; readonly config: IConfig; readonly wrong: boolean }
  | { readonly state: 'ready'; readonly config: IConfig };

export class PanelModel {
  constructor(options: IPanelOptions) {
    this._backend = options.backend;
    this.folder = options.folder;
    this._keeper = options.keeper;
    const { filter, filtersOpen, folded } = options.keeper?.read() ?? {};
    this._filter = cleaned(filter);
    this._filtersOpen = filtersOpen === true;
    this._folded = new Set(folded ?? []);
    this.counts = new RowCounts(id => this._backend.rows(id));
    this._search = new Debouncer(() => this._loadCatalogues(), options.rest ?? 300);
    this._poll = new Poll({
      name: 'pz-tsm:panel',
      auto: options.auto ?? true,
      factory: () => this._look(),
      frequency: frequency(60),
      standby: () => (this._visible ? 'when-hidden' : true)
    });
    for (const section of this._sections) {
      section.changed.connect(() => this._changed.emit());
    }
    this.counts.changed.connect(() => this._changed.emit());
    this.folder.changed.connect(this._onFolder, this);
  }

  readonly folder: IRecipeFolder;
  readonly config = new Section<IConfig>();
  readonly catalogues = new Section<IProduct[]>();
  readonly official = new Section<IProduct[]>();
  readonly recipes = new Section<IRecipeFile[]>();
  readonly counts: RowCounts;
  private readonly _names = new Section<INames>();

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get account(): Account {
    const { value, trouble } = this.config;
    if (trouble) {
      return { state: 'away', message: trouble.message, remedy: trouble.remedy ?? null };
    }
    if (!value) {
      return { state: 'asking' };
    }
    if (value.engine.state === 'failed' || value.engine.state === 'stopped') {
      return { state: 'engine', config: value, message: value.engine.message ?? '' };
    }
    if (value.pzserver.token !== 'present') {
      return { state: 'token', config: value, wrong: value.pzserver.token === 'wrong' };
    }
    return { state: 'ready', config: value };
  }

  /** Product types and releases for the filters; empty until known. */
  get types(): readonly INamed[] {
    return this._names.value?.types ?? NONE;
  }

  get releases(): readonly INamed[] {
    return this._names.value?.releases ?? NONE;
  }

  /** Users of the server, for the filters; empty until known. */
  get users(): readonly IUser[] {
    return this._names.value?.users ?? NONE;
  }

  /** Filters that have a name. */
  get saved(): readonly ISavedFilter[] {
    return this._saved?.list ?? [];
  }

  /** Where they are kept; the list may have changed. */
  set savedFilters(saved: ISavedFilters) {
    this._saved = saved;
    this._changed.emit();
  }

  /** Give the filter a name, one that may have been another's. */
  async save(name: string): Promise<void> {
    const others = this.saved.filter(one => one.name !== name);
    await this._saved?.keep([...others, { name, filter: cleaned(this._filter) }]);
  }

  async forget(name: string): Promise<void> {
    await this._saved?.keep(this.saved.filter(one => one.name !== name));
  }

  /** The named filter that is in use. */
  get inUse(): ISavedFilter | null {
    return this.saved.find(one => same(one.filter, this._filter)) ?? null;
  }

  get filtersOpen(): boolean {
    return this._filtersOpen;
  }

  set filtersOpen(open: boolean) {
    this._filtersOpen = open;
    this._keep();
  }

  isFolded(section: string): boolean {
    return this._folded.has(section);
  }

  fold(section: string, folded: boolean): void {
    this._folded[folded ? 'add' : 'delete'](section);
    this._keep();
  }

  get filter(): IProductFilter {
    return this._filter;
  }

  set filter(filter: IProductFilter) {
    const typed = filter.search !== this._filter.search;
    this._filter = filter;
    this._keep();
    // a new search disposes of the older one that waits
    void (typed ? this._search.invoke() : this._loadCatalogues()).catch(() => undefined);
  }

  get filtered(): boolean {
    return Boolean(this._filter.search) || narrowings(this._filter) > 0;
  }

  /** The latest official product of each series. */
  get latest(): IProduct[] {
    return latestOf(this.official.value ?? []);
  }

  /** The panel is on the screen; while it is not, nothing is asked. */
  set visible(visible: boolean) {
    if (visible !== this._visible) {
      this._visible = visible;
      if (visible && !this._poll.isDisposed && this._auto()) {
        void this._poll.refresh();
      }
    }
  }

  /** Seconds between two looks. */
  set interval(seconds: number) {
    this._poll.frequency = frequency(seconds);
  }

  /** Ask for everything again. */
  async refresh(): Promise<void> {
    this._namesKnown = false;
    await this._look().catch(() => undefined);
  }

  /** Hand a token to the server; rejects with words when it is refused. */
  async enterToken(token: string): Promise<void> {
    await this._backend.setToken(token.trim());
    await this.refresh();
  }

  /** Use another server; an empty address is the engine's own. Rejects with words when it can't be one. */
  async chooseServer(url: string): Promise<void> {
    await this._backend.chooseServer(url);
    await this._anew();
  }

  /** Have the server part forget the token. */
  async signOut(): Promise<void> {
    await this._backend.signOut();
    await this._anew();
  }

  dispose(): void {
    void this._poll.stop(); // its timer too
    this._poll.dispose();
    this._search.dispose();
    this.folder.changed.disconnect(this._onFolder, this);
    for (const section of this._sections) {
      section.dispose();
    }
    Signal.clearData(this);
  }

  private async _look(): Promise<void> {
    const recipes = this._loadRecipes();
    const well = await this.config.load(signal => this._backend.config(signal));
    if (well) {
      await Promise.all([
        this._loadCatalogues(),
        this.official.load(signal => this._backend.products({ official: true }, signal)),
        this._loadNames()
      ]);
      if (this.config.value?.engine.state === 'starting') {
        await this.config.load(signal => this._backend.config(signal)); // by now it has started or failed
      }
    }
    await recipes;
    if (!well) {
      throw new Error(this.config.trouble?.message); // the poll waits longer after each failure
    }
  }

  /** Nothing that was told is of use any more. */
  private async _anew(): Promise<void> {
    [this.config, this.catalogues, this.official, this._names].forEach(section => section.clear());
    this.counts.clear();
    const { release: _, owner: __, ...rest } = this._filter; // ids and people of another server
    this._filter = rest;
    this._keep();
    await this.refresh();
  }

  private _keep(): void {
    this._keeper?.write({
      filter: this._filter,
      filtersOpen: this._filtersOpen,
      folded: [...this._folded]
    });
    this._changed.emit();
  }

  private _loadCatalogues(): Promise<boolean> {
    return this.catalogues.load(signal => this._backend.products(this._filter, signal));
  }

  private _loadRecipes(): Promise<boolean> {
    return this.recipes.load(() => this.folder.recipes());
  }

  private async _loadNames(): Promise<void> {
    if (this._namesKnown) {
      return;
    }
    // without them the filters have no choices; the catalogues' own trouble says why
    this._namesKnown = await this._names.load(async signal => {
      const [types, releases, users] = await Promise.all([
        this._backend.types(signal),
        this._backend.releases(signal),
        this._backend.users(signal)
      ]);
      return { types, releases, users };
    });
  }

  private _onFolder(): void {
    void this._loadRecipes();
  }

  private get _sections(): Section<unknown>[] {
    return [this.config, this.catalogues, this.official, this.recipes, this._names];
  }

  private _auto(): boolean {
    return this._poll.state.phase !== 'constructed';
  }

  private readonly _backend: IPanelBackend;
  private readonly _poll: Poll;
  private readonly _search: Debouncer;
  private readonly _changed = new Signal<this, void>(this);
  private _visible = false;
  private _filter: IProductFilter;
  private _saved: ISavedFilters | null = null;
  private _filtersOpen: boolean;
  private readonly _keeper: IKeeper | undefined;
  private readonly _folded: Set<string>;
  private _namesKnown = false;
}

function frequency(seconds: number): { interval: number; backoff: boolean; max: number } {
  return { interval: 1000 * seconds, backoff: true, max: 5000 * seconds };
}
