import { CategoryBars, ColumnSelect } from '../ui';
import { resultOf, Waiting, type IPanelProps } from './panels';
import { ViewFrame } from './ViewFrame';
import { countable, type ICategoriesView } from './views';

/** How many rows have which flag, survey or type. */
export function CategoriesPanel({ model, trans, view }: IPanelProps<ICategoriesView>): JSX.Element {
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
