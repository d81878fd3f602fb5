import type { TranslationBundle } from '@jupyterlab/translation';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { IColumnInfo, ITableInfo } from '../table/source';
import { formatCount } from '../ui';
import type { ExplorerModel } from './model';
import { SidePanel } from './SidePanel';
import '../../style/fields.css';

export interface IColumnChooserProps {
  readonly model: ExplorerModel;
  readonly trans: TranslationBundle;
  readonly info: ITableInfo;
  readonly onClose: () => void;
}

/** So many names are listed; a search finds the others. */
const LISTED = 200;

/** Which columns the grid shows. Escape closes it. */
export function ColumnChooser({ model, trans, info, onClose }: IColumnChooserProps): JSX.Element {
  const [search, setSearch] = useState('');
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  const shown = useMemo(() => new Set(model.gridColumns.map(({ name }) => name)), [model.gridColumns]);
  const searched = search.trim() !== '';
  const found = info.columns.filter(column => says(column, search));
  const roles = new Set(Object.values(info.roles));
  const set = (names: readonly string[]) => names.length > 0 && model.setGridColumns(names);
  const current = () => model.gridColumns.map(({ name }) => name);
  const withRole = info.columns.filter(({ name }) => roles.has(name)).map(({ name }) => name);
  return (
    <SidePanel
      className="tsm-Chooser"
      label={trans.__('Columns shown')}
      title={trans.__('%1 of %2 columns', formatCount(shown.size), formatCount(info.columns.length))}
      closeLabel={trans.__('Close the choice of columns')}
      onClose={onClose}
    >
      <div className="tsm-Chooser-tools">
        <input
          ref={input}
          type="search"
          className="tsm-Input tsm-Rows-search"
          aria-label={trans.__('Find columns')}
          placeholder={trans.__('name, unit, UCD or words…')}
          value={search}
          onChange={event => setSearch(event.target.value)}
        />
        <button
          type="button"
          className="tsm-Button"
          onClick={() =>
            set([...current(), ...found.map(({ name }) => name).filter(name => !shown.has(name))])
          }
        >
          {searched ? trans.__('Show found') : trans.__('Show all')}
        </button>
        {searched ? (
          <button
            type="button"
            className="tsm-Button"
            onClick={() => set(current().filter(name => !found.some(column => column.name === name)))}
          >
            {trans.__('Hide found')}
          </button>
        ) : (
          <button
            type="button"
            className="tsm-Button"
            disabled={withRole.length === 0}
            title={trans.__('Identity, position, redshift, flag, survey, type')}
            onClick={() => set(withRole)}
          >
            {trans.__('Main only')}
          </button>
        )}
        <button type="button" className="tsm-Button" onClick={() => model.setGridColumns(null)}>
          {trans.__('As at first')}
        </button>
      </div>
      <ul className="tsm-Details-body" aria-label={trans.__('Columns')}>
        {found.slice(0, LISTED).map(({ name, unit, description }) => (
          <li key={name}>
            <label title={description ?? undefined}>
              <input
                type="checkbox"
                checked={shown.has(name)}
                disabled={shown.size === 1 && shown.has(name)}
                onChange={() =>
                  set(shown.has(name) ? current().filter(other => other !== name) : [...current(), name])
                }
              />
              <span className="tsm-Chooser-name">{name}</span>
              {unit && <span className="tsm-Explorer-muted">{unit}</span>}
            </label>
          </li>
        ))}
        {found.length === 0 && <li className="tsm-Chooser-note">{trans.__('No column is called so.')}</li>}
        {found.length > LISTED && (
          <li className="tsm-Chooser-note">
            {trans.__('%1 more: narrow the search.', formatCount(found.length - LISTED))}
          </li>
        )}
      </ul>
    </SidePanel>
  );
}

/** Whether all words of a search are in what is known of a column. */
export function says({ name, description, ucd, unit }: IColumnInfo, search: string): boolean {
  const text = [name, description, ucd, unit].join(' ').toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every(word => text.includes(word));
}
