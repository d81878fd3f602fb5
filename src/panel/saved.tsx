import { closeIcon } from '@jupyterlab/ui-components';
import { type FormEvent, useState } from 'react';

import { filterWords } from './filter';
import type { ISearchProps } from './search';

/** Filters that have a name: to be used, to be forgotten, and the present one to be named. */
export function SavedFilters({ model, trans }: ISearchProps): JSX.Element {
  const [name, setName] = useState<string | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const { saved, inUse, filter } = model;
  const say = (error: Error) => setTrouble(error.message);
  const save = (event: FormEvent) => {
    event.preventDefault();
    const wanted = name!.trim();
    if (wanted) {
      setTrouble(null);
      void model.save(wanted).then(() => setName(null), say);
    }
  };
  return (
    <div className="tsm-Panel-saved">
      {saved.length > 0 && (
        <ul aria-label={trans.__('Saved filters')}>
          {saved.map(one => (
            <li key={one.name} className={one === inUse ? 'tsm-mod-on' : ''}>
              <button
                type="button"
                aria-pressed={one === inUse}
                title={filterWords(one.filter, model.types, model.releases, trans)}
                onClick={() => (model.filter = one.filter)}
              >
                {one.name}
              </button>
              <button
                type="button"
                className="tsm-Panel-iconButton"
                title={trans.__('Forget this filter')}
                aria-label={trans.__('Forget the filter %1', one.name)}
                onClick={() => void model.forget(one.name).catch(say)}
              >
                <closeIcon.react tag="span" />
              </button>
            </li>
          ))}
        </ul>
      )}
      {name !== null ? (
        <form onSubmit={save}>
          <input
            autoFocus
            className="jp-mod-styled"
            aria-label={trans.__('Name of the filter')}
            placeholder={trans.__('Name of the filter')}
            value={name}
            maxLength={60}
            onChange={event => setName(event.target.value)}
            onKeyDown={event => event.key === 'Escape' && setName(null)}
          />
          <button type="submit" className="jp-mod-styled" disabled={name.trim() === ''}>
            {trans.__('Save')}
          </button>
        </form>
      ) : (
        model.filtered &&
        inUse === null && (
          <button
            type="button"
            className="tsm-Panel-textButton"
            title={filterWords(filter, model.types, model.releases, trans)}
            onClick={() => setName('')}
          >
            {trans.__('Save this filter …')}
          </button>
        )
      )}
      {trouble !== null && <p role="alert">{trouble}</p>}
    </div>
  );
}
