import { ColumnSelect, formatCount, formatTick, Histogram, Legend, toggled } from '../ui';
import { HistogramPreview } from './HistogramPreview';
import { labelOf, leftOut, resultOf, Waiting, type IPanelProps } from './panels';
import { ViewFrame } from './ViewFrame';
import { binnable, colourable, type IHistogramView } from './views';

/** n(z), or the histogram of any other number, stacked by a category. */
export function HistogramPanel({ model, trans, view }: IPanelProps<IHistogramView>): JSX.Element {
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
