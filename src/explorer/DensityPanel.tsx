import { formatCount } from '../ui';
import { quantityOf } from '../ui/format';
import { LiveText } from '../ui/live';
import { LiveDensity } from '../ui/plots/Density2D';
import { axisLabel } from './axis';
import { AxisSelect } from './AxisSelect';
import { Bounds } from './Bounds';
import { binnable } from './defaults';
import { FigureMenu } from './figures';
import { leftOut, rangesOf, resultOf, useLiveView, useReady, Waiting, type IPanelProps } from './panels';
import { ViewFrame } from './ViewFrame';
import type { IDensityView } from './views';

/** One number against another. */
export function DensityPanel({ model, trans, view }: IPanelProps<IDensityView>): JSX.Element {
  const info = model.info!;
  const { selection } = model;
  const { x, y } = view;
  const ready = useReady(model, view);
  const live = useLiveView(model, view, rangesOf);
  const numbers = binnable(info.columns, info.roles);
  const isMagnitude = (axis: string | null) =>
    numbers.some(column => column.name === axis && quantityOf(column, info.roles) === 'magnitude');
  const labels = [x, y].map(axis => (axis === null ? '' : axisLabel(info.columns, axis)));
  return (
    <ViewFrame
      trans={trans}
      title={
        x !== null && isMagnitude(y) && / - /.test(x) ? trans.__('colour–magnitude') : trans.__('density')
      }
      menu={<FigureMenu model={model} trans={trans} view={view} />}
      onClose={() => model.removeView(view.id)}
      controls={
        <>
          <AxisSelect
            trans={trans}
            label={trans.__('Across')}
            columns={numbers}
            schema={selection.schema}
            value={x}
            onChange={axis => model.setView({ ...view, x: axis })}
          />
          <span aria-hidden="true">×</span>
          <AxisSelect
            trans={trans}
            label={trans.__('Upwards')}
            columns={numbers}
            schema={selection.schema}
            value={y}
            onChange={axis => model.setView({ ...view, y: axis })}
          />
        </>
      }
      footer={
        <LiveText
          titled
          on={[model.counted]}
          read={() => {
            const result = resultOf(model, view);
            return result === null
              ? ''
              : [trans.__('%1 rows, log shade', formatCount(result.total)), ...leftOut(trans, result)].join(
                  ' · '
                );
          }}
        />
      }
      actions={
        ready && (
          <Bounds
            model={model}
            trans={trans}
            axes={[
              { axis: x!, label: labels[0] },
              { axis: y!, label: labels[1] }
            ]}
          />
        )
      }
    >
      {ready ? (
        <LiveDensity
          trans={trans}
          live={live}
          xLabel={labels[0]}
          yLabel={labels[1]}
          down={isMagnitude(y)}
          onSelect={(xRange, yRange) =>
            selection.setRanges([
              [x!, xRange],
              [y!, yRange]
            ])
          }
          onApproach={stops => model.hover(view.id, stops)}
        />
      ) : (
        <Waiting model={model} trans={trans} view={view} />
      )}
    </ViewFrame>
  );
}
