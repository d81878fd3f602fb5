import type { TranslationBundle } from '@jupyterlab/translation';
import { useEffect, useRef, useState } from 'react';
import type { Value } from '../expr';
import type { ITableInfo } from '../table/source';
import { DataGrid, Empty, formatCount, toggled, Trouble, useSignal } from '../ui';
import { ColumnChooser } from './ColumnChooser';
import { ColumnProfile } from './ColumnProfile';
import type { ExplorerModel } from './model';
import { exactValue } from './ProfileValues';
import { useWindows } from './useWindows';
import '../../style/fields.css';
import '../../style/grid.css';
import '../../style/rows.css';

export interface IRowsProps {
  readonly model: ExplorerModel;
  readonly trans: TranslationBundle;
  readonly info: ITableInfo;
}

/** What stands at the right of the rows, besides a row's details. */
type Side = { readonly kind: 'profile'; readonly column: string } | { readonly kind: 'chooser' } | null;

/** The rows that pass: search, sort, grid; at their side a column's profile, or the choice of columns. */
export function Rows({ model, trans, info }: IRowsProps): JSX.Element {
  const { windows, selection } = model;
  useSignal(model.changed, model.headersChanged, model.why.changed);
  const { total, error } = useWindows(windows);
  const [side, setSide] = useState<Side>(null);
  const host = useRef<HTMLDivElement>(null);

  // one panel at a time
  const open = model.open !== null || model.why.listed;
  useEffect(() => {
    if (open) {
      setSide(null);
    }
  }, [open]);
  const show = (next: Side) => {
    if (next !== null && model.open !== null) {
      model.closeRow();
    }
    if (next !== null) {
      model.why.setListed(false);
    }
    setSide(next);
  };
  const close = () => {
    setSide(null);
    host.current?.querySelector<HTMLElement>('[role="grid"]')?.focus();
  };
  const pick = (column: string, value: Value) => {
    const exact = exactValue(
      info.columns.find(({ name }) => name === column)!,
      value
    );
    selection.setValues(column, toggled(selection.values(column), exact));
  };

  if (error !== null) {
    return (
      <Trouble
        title={trans.__('The rows could not be read.')}
        actions={[{ label: trans.__('Try again'), run: () => windows.retry() }]}
      >
        {error.message}
      </Trouble>
    );
  }
  if (info.rows === 0) {
    return <Empty title={trans.__('This table has no rows.')} />;
  }
  const profiled =
    side?.kind === 'profile' ? info.columns.find(column => column.name === side.column) : undefined;
  const { columns: _, ...query } = windows.query;
  return (
    <>
      <div className="tsm-Rows" ref={host}>
        <RowsBar
          model={model}
          trans={trans}
          info={info}
          choosing={side?.kind === 'chooser'}
          onChoose={() => show(side?.kind === 'chooser' ? null : { kind: 'chooser' })}
        />
        {total === 0 && (selection.where !== '' || model.search !== '') ? (
          <Empty
            title={trans.__('No row passes.')}
            action={{
              label: trans.__('Show all rows'),
              run: () => {
                selection.clear();
                model.setSearch('');
              }
            }}
          >
            {trans.__('Widen the condition or the search, or show all rows again.')}
          </Empty>
        ) : (
          <DataGrid
            trans={trans}
            label={trans.__('Rows of %1', info.name)}
            columns={model.gridColumns}
            roles={info.roles}
            rows={windows}
            sort={model.sort}
            onSort={sort => model.setSort(sort)}
            headers={model.headers}
            selections={column => selection.range(column)}
            onSelect={(column, range) => selection.setRange(column, range)}
            picked={column => selection.values(column)}
            onPick={pick}
            onProfile={column => show({ kind: 'profile', column })}
            current={model.open?.row ?? null}
            onOpen={row => void model.openRow(row)}
            queryKey={JSON.stringify(query)}
          />
        )}
      </div>
      {profiled !== undefined && (
        <ColumnProfile model={model} trans={trans} info={info} column={profiled} onClose={close} />
      )}
      {side?.kind === 'chooser' && <ColumnChooser model={model} trans={trans} info={info} onClose={close} />}
    </>
  );
}

interface IRowsBarProps extends IRowsProps {
  readonly choosing: boolean;
  readonly onChoose: () => void;
}

function RowsBar({ model, trans, info, choosing, onChoose }: IRowsBarProps): JSX.Element {
  const { windows, sort, search } = model;
  const all = info.columns.length;
  return (
    <div className="tsm-Rows-bar">
      <input
        type="search"
        className="tsm-Input tsm-Rows-search"
        aria-label={trans.__('Find rows')}
        placeholder={trans.__('find text or an id…')}
        value={search}
        onChange={event => model.setSearch(event.target.value)}
      />
      <span className="tsm-Explorer-muted tsm-Rows-state" aria-live="polite">
        {windows.total === null
          ? trans.__('reading rows…')
          : search !== ''
            ? trans._n('%2 row found', '%2 rows found', windows.total, formatCount(windows.total))
            : trans.__('Click a name to sort, drag over a distribution to select, a row for its details.')}
      </span>
      {sort !== undefined && (
        <button type="button" className="tsm-Rows-sort" onClick={() => model.setSort(undefined)}>
          {sort.descending
            ? trans.__('sorted by %1, largest first ×', sort.column)
            : trans.__('sorted by %1 ×', sort.column)}
        </button>
      )}
      <button
        type="button"
        className="tsm-Button tsm-Rows-columns"
        aria-expanded={choosing}
        title={trans.__('Choose the columns that are shown')}
        onClick={onChoose}
      >
        {model.gridColumns.length < all
          ? trans.__('Columns: %1 of %2', formatCount(model.gridColumns.length), formatCount(all))
          : trans.__('Columns')}
      </button>
    </div>
  );
}
