import type { TranslationBundle } from '@jupyterlab/translation';
import { filterDotIcon, filterIcon, searchIcon } from '@jupyterlab/ui-components';
import { useState } from 'react';

import type { IProductFilter } from '../api';
import type { PanelModel } from './model';

export interface ISearchProps {
  readonly model: PanelModel;
  readonly trans: TranslationBundle;
}

/** The search box and, behind its button, the filters. */
export function SearchBar({ model, trans }: ISearchProps): JSX.Element {
  const [open, setOpen] = useState(false);
  const { filter } = model;
  const set = (change: IProductFilter) => {
    model.filter = { ...filter, ...change };
  };
  const narrowed = Boolean(filter.type || filter.release !== undefined || filter.official !== undefined);
  const Icon = narrowed ? filterDotIcon : filterIcon;
  return (
    <div className="tsm-Panel-search" role="search" aria-label={trans.__('Catalogues')}>
      <div className="tsm-Panel-searchLine">
        <searchIcon.react tag="span" className="tsm-Panel-searchIcon" />
        <input
          type="search"
          placeholder={trans.__('Search catalogues')}
          aria-label={trans.__('Search catalogues')}
          value={filter.search ?? ''}
          onChange={event => set({ search: event.target.value })}
        />
        <button
          type="button"
          className={`tsm-Panel-iconButton${open ? ' tsm-mod-on' : ''}`}
          aria-expanded={open}
          title={trans.__('Filters')}
          aria-label={trans.__('Filters')}
          onClick={() => setOpen(!open)}
        >
          <Icon.react tag="span" />
        </button>
      </div>
      {open && (
        <div className="tsm-Panel-filters">
          <label>
            <span>{trans.__('Type')}</span>
            <select
              className="jp-mod-styled"
              value={filter.type ?? ''}
              onChange={event => set({ type: event.target.value || undefined })}
            >
              <option value="">{trans.__('all')}</option>
              {model.types.map(type => (
                <option key={type.id} value={type.name}>
                  {type.displayName}
                </option>
              ))}
            </select>
          </label>
          <label>
            <span>{trans.__('Release')}</span>
            <select
              className="jp-mod-styled"
              value={filter.release ?? ''}
              onChange={event =>
                set({ release: event.target.value ? Number(event.target.value) : undefined })
              }
            >
              <option value="">{trans.__('all')}</option>
              {model.releases.map(release => (
                <option key={release.id} value={release.id}>
                  {release.displayName}
                </option>
              ))}
            </select>
          </label>
          <label className="tsm-mod-check">
            <input
              type="checkbox"
              checked={filter.official === true}
              onChange={event => set({ official: event.target.checked || undefined })}
            />
            <span>{trans.__('Official only')}</span>
          </label>
          {narrowed && (
            <button
              type="button"
              className="tsm-Panel-textButton"
              onClick={() => (model.filter = { search: filter.search })}
            >
              {trans.__('Clear filters')}
            </button>
          )}
        </div>
      )}
    </div>
  );
}
