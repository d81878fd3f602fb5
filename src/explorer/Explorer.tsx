import type { TranslationBundle } from '@jupyterlab/translation';
import { useState, type ReactNode } from 'react';
import type { Value } from '../expr';
import type { ITableInfo } from '../table/source';
import { Chip, DataGrid, Empty, formatCount, Loading, Trouble, useSignal } from '../ui';
import { Citation } from './Citation';
import { pythonOf } from './code';
import { ConditionBar } from './ConditionBar';
import { Copy } from './Copy';
import type { ExplorerModel } from './model';
import { RowDetails } from './RowDetails';
import { ViewPanel } from './ViewPanel';
import type { ViewKind } from './views';

export interface IExplorerProps {
  readonly model: ExplorerModel;
  readonly trans: TranslationBundle;
  /** Offered as a button where it is given: put the condition into a recipe. */
  readonly onToRecipe?: (condition: string, info: ITableInfo) => void;
  /** The Python that gives the selection, where it isn't the library's own reading of a file. */
  readonly python?: (condition: string, info: ITableInfo) => string;
  /** Put above the columns of a row's details. */
  readonly rowExtra?: (row: ReadonlyMap<string, Value>, info: ITableInfo) => ReactNode;
}

/** Look at a table: linked plots, one condition, all rows, and the details of each. */
export function Explorer(props: IExplorerProps): JSX.Element {
  const { model, trans } = props;
  useSignal(model.changed);
  if (model.trouble !== null) {
    return (
      <div className="tsm-Explorer">
        <Trouble
          title={trans.__('The table could not be opened.')}
          actions={[{ label: trans.__('Try again'), run: () => model.retry() }]}
        >
          <p>{model.trouble.message}</p>
          {model.trouble.remedy !== null && <p>{model.trouble.remedy}</p>}
        </Trouble>
      </div>
    );
  }
  if (model.info === null) {
    return (
      <div className="tsm-Explorer">
        <Loading label={trans.__('Reading what the table holds…')} />
      </div>
    );
  }
  return <Content {...props} info={model.info} />;
}

function Content(props: IExplorerProps & { readonly info: ITableInfo }): JSX.Element {
  const { model, trans, info, onToRecipe, python = defaultPython, rowExtra } = props;
  const [cited, setCited] = useState(false);
  const { selection } = model;
  return (
    <div className="tsm-Explorer">
      <div className="tsm-Explorer-head">
        <h2 title={info.path ?? info.name}>{info.name}</h2>
        <span>{trans._n('%2 row', '%2 rows', info.rows, formatCount(info.rows))}</span>
        <span className="tsm-Explorer-muted">{trans._n('%1 column', '%1 columns', info.columns.length)}</span>
        <AccessChip trans={trans} access={info.access} />
        {info.sampled && (
          <Chip kind="warning">{trans.__('a sample of %1 rows', formatCount(info.sampled.of))}</Chip>
        )}
        <span className="tsm-Explorer-space" />
        <AddView model={model} trans={trans} />
        <button type="button" className="tsm-Button" aria-expanded={cited} onClick={() => setCited(!cited)}>
          {trans.__('Cite')}
        </button>
      </div>
      {cited && <Citation trans={trans} info={info} />}
      {model.plotTrouble !== null && (
        <Trouble
          title={trans.__('The plots could not be drawn.')}
          actions={[{ label: trans.__('Try again'), run: () => model.retryPlots() }]}
        >
          {model.plotTrouble.message} {model.plotTrouble.remedy}{' '}
          {trans.__('The rows below are not affected.')}
        </Trouble>
      )}
      {model.views.length > 0 && (
        <div className="tsm-Explorer-views">
          {model.views.map(view => (
            <ViewPanel key={view.id} model={model} trans={trans} view={view} />
          ))}
        </div>
      )}
      <ConditionBar model={model} trans={trans}>
        <span className="tsm-Condition-actions">
          {onToRecipe !== undefined && (
            <button
              type="button"
              className="tsm-Button"
              disabled={selection.error !== null}
              title={trans.__('Put this table, and the condition as a filter, into a recipe')}
              onClick={() => onToRecipe(selection.where, info)}
            >
              {trans.__('To recipe')}
            </button>
          )}
          <Copy
            trans={trans}
            label={trans.__('Copy condition')}
            disabled={selection.where === ''}
            text={() => selection.where}
          />
          <Copy trans={trans} label={trans.__('Copy as Python')} text={() => python(selection.where, info)} />
        </span>
      </ConditionBar>
      <div className="tsm-Explorer-rows">
        <Rows model={model} trans={trans} info={info} />
        <RowDetails model={model} trans={trans} above={rowExtra} />
      </div>
    </div>
  );
}

function defaultPython(condition: string, info: ITableInfo): string {
  return pythonOf(info, condition);
}

function AccessChip({ trans, access }: { trans: TranslationBundle; access: string }): JSX.Element {
  if (access === 'public') {
    return (
      <Chip kind="good" title={trans.__('Anyone may see and share this table.')}>
        {trans.__('public')}
      </Chip>
    );
  }
  return (
    <Chip
      kind="restricted"
      title={trans.__(
        'It holds LSST data: share it, and figures of its points, with data-rights holders only.'
      )}
    >
      {access === 'rubin-data-rights' ? trans.__('data-rights holders only') : access}
    </Chip>
  );
}

function AddView({ model, trans }: { model: ExplorerModel; trans: TranslationBundle }): JSX.Element {
  const kinds: [ViewKind, string][] = [
    ['histogram', trans.__('Histogram')],
    ['density', trans.__('Density of two columns')],
    ['categories', trans.__('Counts of values')],
    ['sky', trans.__('Sky map')]
  ];
  return (
    <select
      className="tsm-Button"
      aria-label={trans.__('Add a view')}
      value=""
      onChange={event => model.addView(event.target.value as ViewKind)}
    >
      <option value="" disabled hidden>
        {trans.__('+ View')}
      </option>
      {kinds.map(([kind, label]) => (
        <option key={kind} value={kind}>
          {label}
        </option>
      ))}
    </select>
  );
}

function Rows({
  model,
  trans,
  info
}: {
  model: ExplorerModel;
  trans: TranslationBundle;
  info: ITableInfo;
}): JSX.Element {
  const { windows } = model;
  useSignal(model.changed, windows.changed);
  if (windows.error !== null) {
    return (
      <Trouble
        title={trans.__('The rows could not be read.')}
        actions={[{ label: trans.__('Try again'), run: () => windows.retry() }]}
      >
        {windows.error.message}
      </Trouble>
    );
  }
  if (info.rows === 0) {
    return <Empty title={trans.__('This table has no rows.')} />;
  }
  const filtered = selectionOrSearch(model);
  return (
    <div className="tsm-Rows">
      <div className="tsm-Rows-bar">
        <input
          type="search"
          className="tsm-Rows-search"
          aria-label={trans.__('Find rows')}
          placeholder={trans.__('find text or an id…')}
          value={model.search}
          onChange={event => model.setSearch(event.target.value)}
        />
        <span className="tsm-Explorer-muted" aria-live="polite">
          {windows.total === null
            ? trans.__('reading rows…')
            : model.search !== ''
              ? trans._n('%2 row found', '%2 rows found', windows.total, formatCount(windows.total))
              : trans.__('Click a header to sort, a row for its details.')}
        </span>
        {model.sort !== undefined && (
          <button type="button" className="tsm-Rows-sort" onClick={() => model.setSort(undefined)}>
            {model.sort.descending
              ? trans.__('sorted by %1, largest first ×', model.sort.column)
              : trans.__('sorted by %1 ×', model.sort.column)}
          </button>
        )}
        {model.gridColumns.length < info.columns.length && (
          <span className="tsm-Explorer-muted">
            {trans.__(
              '%1 of %2 columns; a row’s details show all',
              model.gridColumns.length,
              info.columns.length
            )}
          </span>
        )}
      </div>
      {windows.total === 0 && filtered ? (
        <Empty
          title={trans.__('No row passes.')}
          action={{
            label: trans.__('Show all rows'),
            run: () => {
              model.selection.clear();
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
          version={windows.version}
          sort={model.sort}
          onSort={sort => model.setSort(sort)}
          current={model.open?.row ?? null}
          onOpen={row => void model.openRow(row)}
          queryKey={JSON.stringify(windows.query)}
        />
      )}
    </div>
  );
}

function selectionOrSearch(model: ExplorerModel): boolean {
  return model.selection.where !== '' || model.search !== '';
}
