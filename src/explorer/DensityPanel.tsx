import { ColumnSelect, Density2D, formatCount } from '../ui';
import { labelOf, leftOut, resultOf, Waiting, type IPanelProps } from './panels';
import { ViewFrame } from './ViewFrame';
import { binnable, type IDensityView } from './views';

/** One number against another. */
export function DensityPanel({ model, trans, view }: IPanelProps<IDensityView>): JSX.Element {
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
