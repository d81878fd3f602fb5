import type { TranslationBundle } from '@jupyterlab/translation';
import { filterDotIcon, filterIcon, searchIcon } from '@jupyterlab/ui-components';
import type { ReactNode } from 'react';

import { type IProductFilter, STATUS } from '../api';
import { narrowings, statusWords } from './filter';
import type { PanelModel } from './model';
import { SavedFilters } from './saved';

export interface ISearchProps {
  readonly model: PanelModel;
  readonly trans: TranslationBundle;
}

/** The search box and, behind its button, the filters. */
export function SearchBar({ model, trans }: ISearchProps): JSX.Element {
  const { filter, filtersOpen: open } = model;
  const narrowed = narrowings(filter);
  const Icon = narrowed > 0 ? filterDotIcon : filterIcon;
  const title =
    narrowed > 0 ? trans._n('Filters: %1 in use', 'Filters: %1 in use', narrowed) : trans.__('Filters');
  return (
    <div className="tsm-Panel-search" role="search" aria-label={trans.__('Catalogues')}>
      <div className="tsm-Panel-searchLine">
        <searchIcon.react tag="span" className="tsm-Panel-searchIcon" />
        <input
          type="search"
          placeholder={trans.__('Search catalogues')}
          aria-label={trans.__('Search catalogues')}
          value={filter.search ?? ''}
          onChange={event => (model.filter = { ...filter, search: event.target.value })}
        />
        <button
          type="button"
          className={`tsm-Panel-iconButton${open ? ' tsm-mod-on' : ''}`}
          aria-expanded={open}
          title={title}
          aria-label={title}
          onClick={() => (model.filtersOpen = !open)}
        >
          <Icon.react tag="span" />
        </button>
      </div>
      {open && <Filters model={model} trans={trans} />}
    </div>
  );
}

function Filters({ model, trans }: ISearchProps): JSX.Element {
  const { filter } = model;
  const set = (change: IProductFilter) => {
    model.filter = { ...filter, ...change };
  };
  const whose = filter.mine ? 'mine' : filter.official === undefined ? '' : String(filter.official);
  return (
    <div className="tsm-Panel-filters">
      <Choice
        name={trans.__('Show')}
        value={whose}
        choose={value =>
          set({
            mine: value === 'mine' || undefined,
            official: value === 'true' ? true : value === 'false' ? false : undefined
          })
        }
      >
        <option value="">{trans.__('all')}</option>
        <option value="true">{trans.__('official products')}</option>
        <option value="false">{trans.__('products of users')}</option>
        <option value="mine">{trans.__('my products')}</option>
      </Choice>
      <Choice
        name={trans.__('Type')}
        value={filter.type ?? ''}
        choose={value => set({ type: value || undefined })}
      >
        <option value="">{trans.__('all')}</option>
        {model.types.map(type => (
          <option key={type.id} value={type.name}>
            {type.displayName}
          </option>
        ))}
      </Choice>
      <Choice
        name={trans.__('Release')}
        value={String(filter.release ?? '')}
        choose={value => set({ release: value === 'none' ? value : value ? Number(value) : undefined })}
      >
        <option value="">{trans.__('all')}</option>
        <option value="none">{trans.__('of no release')}</option>
        {model.releases.map(release => (
          <option key={release.id} value={release.id}>
            {release.displayName}
          </option>
        ))}
      </Choice>
      {!filter.mine && (
        <Choice
          name={trans.__('Owner')}
          value={filter.owner ?? ''}
          choose={value => set({ owner: value || undefined })}
        >
          <option value="">{trans.__('all')}</option>
          {model.users.map(user => (
            <option key={user.name} value={user.name}>
              {user.label}
            </option>
          ))}
        </Choice>
      )}
      <Choice
        name={trans.__('Status')}
        value={String(filter.status ?? '')}
        choose={value => set({ status: value ? Number(value) : undefined })}
      >
        <option value="">{filter.mine ? trans.__('all') : statusWords(STATUS.published, trans)}</option>
        {filter.mine && <option value={STATUS.published}>{statusWords(STATUS.published, trans)}</option>}
        {[STATUS.draft, STATUS.processing, STATUS.failed].map(status => (
          <option key={status} value={status}>
            {statusWords(status, trans)}
          </option>
        ))}
      </Choice>
      {narrowings(filter) > 0 && (
        <button
          type="button"
          className="tsm-Panel-textButton"
          onClick={() => (model.filter = { search: filter.search })}
        >
          {trans.__('Clear filters')}
        </button>
      )}
      <SavedFilters model={model} trans={trans} />
    </div>
  );
}

interface IChoiceProps {
  readonly name: string;
  readonly value: string;
  readonly children: ReactNode;
  choose(value: string): void;
}

function Choice({ name, value, choose, children }: IChoiceProps): JSX.Element {
  return (
    <label>
      <span>{name}</span>
      <select className="jp-mod-styled" value={value} onChange={event => choose(event.target.value)}>
        {children}
      </select>
    </label>
  );
}
