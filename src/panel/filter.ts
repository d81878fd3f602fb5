/** What the list of catalogues is narrowed to, and what of it is kept. */
import type { TranslationBundle } from '@jupyterlab/translation';

import { type INamed, type IProductFilter, STATUS } from '../api';

/** A filter with a name. */
export interface ISavedFilter {
  readonly name: string;
  readonly filter: IProductFilter;
}

/** Where the named filters are kept. */
export interface ISavedFilters {
  readonly list: readonly ISavedFilter[];
  /** Keep these instead. */
  keep(list: readonly ISavedFilter[]): Promise<void>;
}

/** What the sidebar remembers over a reload. */
export interface IKept {
  readonly filter: IProductFilter;
  readonly filtersOpen: boolean;
  /** Names of the sections that are folded. */
  readonly folded: readonly string[];
}

export interface IKeeper {
  read(): Partial<IKept>;
  write(kept: IKept): void;
}

/** Only what a filter can hold, of its own kind: what is kept may come from elsewhere. */
export function cleaned(value: unknown): IProductFilter {
  const given = (typeof value === 'object' && value !== null ? value : {}) as IProductFilter;
  const { search, type, release, official, mine, owner, status } = given;
  return {
    ...(typeof search === 'string' && search ? { search } : {}),
    ...(typeof type === 'string' && type ? { type } : {}),
    ...(typeof release === 'number' || release === 'none' ? { release } : {}),
    ...(typeof official === 'boolean' ? { official } : {}),
    ...(mine === true ? { mine } : {}),
    ...(typeof owner === 'string' && owner ? { owner } : {}),
    ...(typeof status === 'number' ? { status } : {})
  };
}

/** How many things the list is narrowed to, apart from the words that are looked for. */
export function narrowings({ search, ...rest }: IProductFilter): number {
  return Object.keys(cleaned(rest)).length;
}

export function same(a: IProductFilter, b: IProductFilter): boolean {
  const text = (filter: IProductFilter) => JSON.stringify(cleaned(filter));
  return text(a) === text(b);
}

/** A filter in a few words. */
export function filterWords(
  filter: IProductFilter,
  types: readonly INamed[],
  releases: readonly INamed[],
  trans: TranslationBundle
): string {
  const { search, type, release, official, mine, owner, status } = cleaned(filter);
  const words = [
    search && `“${search}”`,
    mine && trans.__('mine'),
    official === true && trans.__('official'),
    official === false && trans.__('of users'),
    type && (types.find(one => one.name === type)?.displayName ?? type),
    release === 'none'
      ? trans.__('no release')
      : release !== undefined && (releases.find(one => one.id === release)?.displayName ?? `${release}`),
    owner,
    status !== undefined && statusWords(status, trans)
  ];
  return words.filter(Boolean).join(', ') || trans.__('all published products');
}

export function statusWords(status: number, trans: TranslationBundle): string {
  switch (status) {
    case STATUS.draft:
      return trans.__('drafts');
    case STATUS.processing:
      return trans.__('being made');
    case STATUS.failed:
      return trans.__('failed');
    default:
      return trans.__('published');
  }
}
