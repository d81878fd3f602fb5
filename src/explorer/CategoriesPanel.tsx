import { useMemo } from 'react';
import { CategoryBars, ColumnSelect } from '../ui';
import { LiveText, useSelected } from '../ui/live';
import { countable } from './defaults';
import { FigureMenu } from './figures';
import { resultOf, useChosen, useReady, Waiting, type IPanelProps } from './panels';
import { ViewFrame } from './ViewFrame';
import type { ICategoriesView } from './views';

/** How many rows have which flag, survey or type. */
export function CategoriesPanel({ model, trans, view }: IPanelProps<ICategoriesView>): JSX.Element {
  const info = model.info!;
  const { roles } = info;
  const ready = useReady(model, view);
  const chosen = useChosen(model, view.column);
  // other values may be the most frequent ones after a change of the table's description
  useSelected(() => resultOf(model, view)?.values.map(String).join('\n') ?? '', model.counted);
  const live = useMemo(
    () => ({
      result: () => resultOf(model, view),
      watch: (listener: () => void) => {
        model.counted.connect(listener);
        return () => {
          model.counted.disconnect(listener);
        };
      }
    }),
    [model, view]
  );
  const coloured = model.views.some(other => other.kind === 'histogram' && other.by === view.column);
  const isRole = (name: string | undefined) => view.column !== null && view.column === name;
  const result = resultOf(model, view);
  return (
    <ViewFrame
      trans={trans}
      title={
        isRole(roles.flag) ? trans.__('flags') : isRole(roles.type) ? trans.__('types') : trans.__('counts')
      }
      menu={<FigureMenu model={model} trans={trans} view={view} />}
      onClose={() => model.removeView(view.id)}
      controls={
        <ColumnSelect
          label={trans.__('Column of the counts')}
          columns={countable(info.columns, roles)}
          value={view.column}
          onChange={column => model.setView({ ...view, column })}
        />
      }
      footer={
        <LiveText
          on={[model.counted]}
          read={() => {
            const now = resultOf(model, view);
            return now === null ? '' : trans._n('%1 value', '%1 values', now.values.length + now.others);
          }}
        />
      }
    >
      {ready && result !== null ? (
        <CategoryBars
          key={view.column}
          trans={trans}
          result={result}
          live={live}
          coloured={coloured}
          chosen={chosen}
          onChoose={values => model.selection.setValues(view.column!, values)}
        />
      ) : (
        <Waiting model={model} trans={trans} view={view} />
      )}
    </ViewFrame>
  );
}
