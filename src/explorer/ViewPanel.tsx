import type { TranslationBundle } from '@jupyterlab/translation';
import type { IColumnInfo } from '../table/source';
import type { ViewResult } from '../table/requests';
import { CategoryBars, ColumnSelect, formatCount, formatTick, Loading, toggled } from '../ui';
import { Density2D } from '../ui/plots/Density2D';
import { Histogram, Legend } from '../ui/plots/Histogram';
import { SkyMap } from '../ui/plots/SkyMap';
import { HistogramPreview } from './HistogramPreview';
import type { ExplorerModel } from './model';
import { ViewFrame } from './ViewFrame';
import {
  binnable,
  colourable,
  columnsOfView,
  countable,
  type ICategoriesView,
  type IDensityView,
  type IHistogramView,
  type ISkyView,
  type View
} from './views';

interface IProps<V extends View> {
  readonly model: ExplorerModel;
  readonly trans: TranslationBundle;
  readonly view: V;
}

/** One view of the explorer, whatever its kind. */
export function ViewPanel({ model, trans, view }: IProps<View>): JSX.Element {
  switch (view.kind) {
    case 'histogram':
      return <HistogramPanel model={model} trans={trans} view={view} />;
    case 'sky':
      return <SkyPanel model={model} trans={trans} view={view} />;
    case 'density':
      return <DensityPanel model={model} trans={trans} view={view} />;
    case 'categories':
      return <CategoriesPanel model={model} trans={trans} view={view} />;
  }
}

/** The view's counts, if they are of the columns that it shows now. */
function resultOf<K extends View['kind']>(
  model: ExplorerModel,
  view: Extract<View, { kind: K }>
): Extract<ViewResult, { kind: K }> | null {
  const result = model.result?.views[view.id];
  if (result === undefined || result.kind !== view.kind) {
    return null;
  }
  const shown =
    result.kind === 'density'
      ? [result.x, result.y]
      : result.kind === 'sky'
        ? [result.ra, result.dec]
        : [result.column];
  const wanted = columnsOfView(view) ?? [];
  return shown.every((name, i) => name === wanted[i]) ? (result as Extract<ViewResult, { kind: K }>) : null;
}

function labelOf(columns: readonly IColumnInfo[], name: string): string {
  const unit = columns.find(column => column.name === name)?.unit;
  return unit ? `${name} (${unit})` : name;
}

/** What stands in a view that has no counts yet: the choice of a column, trouble, or waiting. */
function Waiting({ model, trans, view }: IProps<View>): JSX.Element {
  if (columnsOfView(view) === null) {
    return (
      <div className="tsm-View-choose">
        {view.kind === 'sky'
          ? trans.__(
              'Choose the columns of right ascension and declination above: this table does not say which they are.'
            )
          : trans.__('Choose a column above: this table does not say which one to show.')}
      </div>
    );
  }
  if (model.plotTrouble !== null) {
    return <div className="tsm-View-choose">{trans.__('Not drawn: see the message above.')}</div>;
  }
  return <Loading label={trans.__('Counting %1 rows…', formatCount(model.info!.rows))} />;
}

function leftOut(trans: TranslationBundle, result: { missing: number; outside: number }): string[] {
  const notes: string[] = [];
  if (result.missing > 0) {
    notes.push(trans.__('%1 without a value', formatCount(result.missing)));
  }
  if (result.outside > 0) {
    notes.push(trans.__('%1 beyond the bounds', formatCount(result.outside)));
  }
  return notes;
}

function HistogramPanel({ model, trans, view }: IProps<IHistogramView>): JSX.Element {
  const info = model.info!;
  const result = resultOf(model, view);
  const column = info.columns.find(({ name }) => name === view.column);
  const isRedshift = view.column !== null && view.column === info.roles.redshift;
  const title = isRedshift ? trans.__('n(z)') : trans.__('histogram');
  const { selection } = model;
  const chosen = view.by === null ? null : selection.values(view.by);
  const step = result === null ? 0 : (result.range[1] - result.range[0]) / result.bins;
  const grouped = result !== null && view.by !== null && result.groups.length > 0;
  return (
    <ViewFrame
      trans={trans}
      title={title}
      onClose={() => model.removeView(view.id)}
      controls={
        <>
          <ColumnSelect
            label={trans.__('Column of the histogram')}
            columns={binnable(info.columns, info.roles)}
            value={view.column}
            onChange={name => model.setView({ ...view, column: name })}
          />
          <ColumnSelect
            label={trans.__('Colour by')}
            none={trans.__('one colour')}
            columns={colourable(info.columns, info.roles)}
            value={view.by}
            onChange={by => model.setView({ ...view, by })}
          />
          <button
            type="button"
            className="tsm-View-switch"
            aria-pressed={view.log}
            title={trans.__('Logarithmic counts')}
            onClick={() => model.setView({ ...view, log: !view.log })}
          >
            log
          </button>
        </>
      }
      footer={
        result === null
          ? null
          : [
              trans.__('%1 in steps of %2', formatCount(result.total), formatTick(step, step)),
              ...leftOut(trans, result)
            ].join(' · ')
      }
    >
      {grouped && (
        <Legend
          trans={trans}
          column={view.by!}
          values={result.groups}
          counts={result.groups.map((_, group) =>
            result.grouped.subarray(group * result.bins, (group + 1) * result.bins).reduce((a, b) => a + b, 0)
          )}
          chosen={chosen}
          onToggle={value => selection.setValues(view.by!, toggled(chosen, value))}
        />
      )}
      {result !== null ? (
        <Histogram
          trans={trans}
          label={labelOf(info.columns, view.column!)}
          result={result}
          log={view.log}
          selection={selection.range(view.column!)}
          onSelect={range => selection.setRange(view.column!, range)}
        />
      ) : column?.histogram ? (
        <HistogramPreview edges={column.histogram.edges} counts={column.histogram.counts} />
      ) : (
        <Waiting model={model} trans={trans} view={view} />
      )}
    </ViewFrame>
  );
}

function SkyPanel({ model, trans, view }: IProps<ISkyView>): JSX.Element {
  const info = model.info!;
  const { selection } = model;
  const result = resultOf(model, view);
  const known = view.ra !== null && view.dec !== null;
  const positions = info.columns.filter(({ type }) => type === 'float');
  const zoomed = view.frame !== 'data';
  const roles = view.ra === (info.roles.ra ?? null) && view.dec === (info.roles.dec ?? null) && known;
  return (
    <ViewFrame
      trans={trans}
      title={trans.__('sky')}
      onClose={() => model.removeView(view.id)}
      controls={
        <>
          {!roles && (
            <>
              <ColumnSelect
                label={trans.__('Right ascension')}
                columns={positions}
                value={view.ra}
                onChange={ra => model.setView({ ...view, ra })}
              />
              <ColumnSelect
                label={trans.__('Declination')}
                columns={positions}
                value={view.dec}
                onChange={dec => model.setView({ ...view, dec })}
              />
            </>
          )}
          {known && (
            <>
              <button
                type="button"
                className="tsm-View-switch"
                disabled={selection.where === '' || model.passed === 0}
                title={trans.__('Zoom to the rows that pass')}
                onClick={() => void model.zoom(view.id, 'passing')}
              >
                {trans.__('zoom')}
              </button>
              <button
                type="button"
                className="tsm-View-switch"
                disabled={!zoomed}
                title={trans.__('Show all rows again')}
                onClick={() => void model.zoom(view.id, 'data')}
              >
                {trans.__('all')}
              </button>
            </>
          )}
        </>
      }
      footer={
        result === null
          ? null
          : [
              result.frame.kind === 'all'
                ? trans.__('all sky, equal area')
                : trans.__('%1 × %2 deg, equal area', spanText(result.frame.x), spanText(result.frame.y)),
              ...leftOut(trans, result)
            ].join(' · ')
      }
    >
      {known && model.plotTrouble === null ? (
        <SkyMap
          trans={trans}
          result={result}
          raSelection={selection.range(view.ra!)}
          decSelection={selection.range(view.dec!)}
          onSelect={(ra, dec) =>
            selection.setRanges([
              [view.ra!, ra],
              [view.dec!, dec]
            ])
          }
          onSize={(width, height) => model.setViewSize(view.id, width, height)}
        />
      ) : (
        <Waiting model={model} trans={trans} view={view} />
      )}
    </ViewFrame>
  );
}

function spanText([low, high]: readonly [number, number]): string {
  return String(Number((high - low).toPrecision(2)));
}

function DensityPanel({ model, trans, view }: IProps<IDensityView>): JSX.Element {
  const info = model.info!;
  const { selection } = model;
  const result = resultOf(model, view);
  const numbers = binnable(info.columns, info.roles);
  return (
    <ViewFrame
      trans={trans}
      title={trans.__('density')}
      onClose={() => model.removeView(view.id)}
      controls={
        <>
          <ColumnSelect
            label={trans.__('Across')}
            columns={numbers}
            value={view.x}
            onChange={x => model.setView({ ...view, x })}
          />
          <span aria-hidden="true">×</span>
          <ColumnSelect
            label={trans.__('Upwards')}
            columns={numbers}
            value={view.y}
            onChange={y => model.setView({ ...view, y })}
          />
        </>
      }
      footer={
        result === null
          ? null
          : [trans.__('%1 rows, log shade', formatCount(result.total)), ...leftOut(trans, result)].join(' · ')
      }
    >
      {result !== null ? (
        <Density2D
          trans={trans}
          result={result}
          xLabel={labelOf(info.columns, view.x!)}
          yLabel={labelOf(info.columns, view.y!)}
          xSelection={selection.range(view.x!)}
          ySelection={selection.range(view.y!)}
          onSelect={(x, y) =>
            selection.setRanges([
              [view.x!, x],
              [view.y!, y]
            ])
          }
        />
      ) : (
        <Waiting model={model} trans={trans} view={view} />
      )}
    </ViewFrame>
  );
}

function CategoriesPanel({ model, trans, view }: IProps<ICategoriesView>): JSX.Element {
  const info = model.info!;
  const { selection } = model;
  const result = resultOf(model, view);
  const coloured = model.views.some(other => other.kind === 'histogram' && other.by === view.column);
  return (
    <ViewFrame
      trans={trans}
      title={view.column !== null && view.column === info.roles.flag ? trans.__('flags') : trans.__('counts')}
      onClose={() => model.removeView(view.id)}
      controls={
        <ColumnSelect
          label={trans.__('Column of the counts')}
          columns={countable(info.columns, info.roles)}
          value={view.column}
          onChange={column => model.setView({ ...view, column })}
        />
      }
      footer={
        result === null ? null : trans._n('%1 value', '%1 values', result.values.length + result.others)
      }
    >
      {result !== null ? (
        <CategoryBars
          trans={trans}
          result={result}
          coloured={coloured}
          chosen={selection.values(view.column!)}
          onChoose={values => selection.setValues(view.column!, values)}
        />
      ) : (
        <Waiting model={model} trans={trans} view={view} />
      )}
    </ViewFrame>
  );
}
