import { useMemo } from 'react';
import { ColumnSelect, formatCount, formatTick, toggled } from '../ui';
import { LiveText, useSelected } from '../ui/live';
import { LiveHistogram } from '../ui/plots/Histogram';
import { Legend } from '../ui/plots/Legend';
import { axisLabel } from './axis';
import { AxisSelect } from './AxisSelect';
import { Bounds } from './Bounds';
import { binnable, colourable } from './defaults';
import { HistogramPreview } from './HistogramPreview';
import type { ExplorerModel } from './model';
import {
  leftOut,
  rangeOf,
  resultOf,
  useChosen,
  useLiveView,
  useReady,
  Waiting,
  type IPanelProps
} from './panels';
import { FigureMenu } from './figures';
import { ViewFrame } from './ViewFrame';

import type { IHistogramView } from './views';

/** n(z), or the histogram of any other number, stacked by a category. */
export function HistogramPanel({ model, trans, view }: IPanelProps<IHistogramView>): JSX.Element {
  const info = model.info!;
  const { selection } = model;
  const ready = useReady(model, view);
  const live = useLiveView(model, view, rangeOf);
  const column = info.columns.find(({ name }) => name === view.column);
  const isRedshift = view.column !== null && view.column === info.roles.redshift;
  const label = view.column === null ? '' : axisLabel(info.columns, view.column);
  return (
    <ViewFrame
      trans={trans}
      title={isRedshift ? trans.__('n(z)') : trans.__('histogram')}
      menu={<FigureMenu model={model} trans={trans} view={view} />}
      onClose={() => model.removeView(view.id)}
      controls={
        <>
          <AxisSelect
            trans={trans}
            label={trans.__('Column of the histogram')}
            columns={binnable(info.columns, info.roles)}
            schema={selection.schema}
            value={view.column}
            onChange={axis => model.setView({ ...view, column: axis })}
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
        <LiveText
          titled
          on={[model.counted]}
          read={() => {
            const result = resultOf(model, view);
            if (result === null) {
              return '';
            }
            const step = (result.range[1] - result.range[0]) / result.bins;
            return [
              trans.__('%1 in steps of %2', formatCount(result.total), formatTick(step, step)),
              ...leftOut(trans, result)
            ].join(' · ');
          }}
        />
      }
      actions={ready && <Bounds model={model} trans={trans} axes={[{ axis: view.column!, label }]} />}
    >
      {ready && view.by !== null && <Groups model={model} trans={trans} view={view} />}
      {ready ? (
        <LiveHistogram
          trans={trans}
          label={label}
          live={live}
          log={view.log}
          onSelect={range => model.setRange(view.column!, range)}
          onApproach={stops => model.hover(view.id, stops)}
        />
      ) : column?.histogram ? (
        <HistogramPreview edges={column.histogram.edges} counts={column.histogram.counts} />
      ) : (
        <Waiting model={model} trans={trans} view={view} />
      )}
    </ViewFrame>
  );
}

/** The legend of the categories. */
function Groups({ model, trans, view }: IPanelProps<IHistogramView>): JSX.Element | null {
  const groups = () => resultOf(model, view)?.groups ?? [];
  useSelected(() => groups().map(String).join('\n'), model.counted);
  const chosen = useChosen(model, view.by);
  const live = useMemo(
    () => ({
      counts: () => countsOf(model, view),
      watch: (listener: () => void) => {
        model.counted.connect(listener);
        return () => {
          model.counted.disconnect(listener);
        };
      }
    }),
    [model, view]
  );
  if (groups().length === 0) {
    return null;
  }
  return (
    <Legend
      trans={trans}
      column={view.by!}
      values={groups()}
      counts={countsOf(model, view)}
      chosen={chosen}
      live={live}
      onToggle={value => model.selection.setValues(view.by!, toggled(chosen, value))}
    />
  );
}

function countsOf(model: ExplorerModel, view: IHistogramView): number[] {
  const result = resultOf(model, view);
  return (result?.groups ?? []).map((_, group) => {
    let sum = 0;
    for (let bin = group * result!.bins; bin < (group + 1) * result!.bins; bin++) {
      sum += result!.grouped[bin];
    }
    return sum;
  });
}
