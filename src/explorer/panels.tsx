import type { TranslationBundle } from '@jupyterlab/translation';
import { useMemo } from 'react';
import type { ViewResult } from '../table/requests';
import { formatCount, Loading } from '../ui';
import { useSelected } from '../ui/live';
import type { Ranges } from '../ui/plots/Density2D';
import type { ILive } from '../ui/plots/live';
import type { Range, Selection } from '../table/selection';
import type { ExplorerModel } from './model';
import { axesOfView, type View } from './views';

/** What the panels of all kinds of views share. */
export interface IPanelProps<V extends View> {
  readonly model: ExplorerModel;
  readonly trans: TranslationBundle;
  readonly view: V;
}

type ResultOf<K extends View['kind']> = Extract<ViewResult, { kind: K }>;

/** The view's counts, if they are of the axes that it shows now. */
export function resultOf<K extends View['kind']>(
  model: ExplorerModel,
  view: Extract<View, { kind: K }>
): ResultOf<K> | null {
  return countsOf<K>(model, view.id, view.kind as K, axesOfView(view), byOf(view));
}

function countsOf<K extends View['kind']>(
  model: ExplorerModel,
  id: string,
  kind: K,
  axes: readonly string[] | null,
  by: string | null
): ResultOf<K> | null {
  const result = model.result?.views[id];
  if (axes === null || result === undefined || result.kind !== kind) {
    return null;
  }
  const shown =
    result.kind === 'density'
      ? [result.x, result.y]
      : result.kind === 'sky'
        ? [result.ra, result.dec]
        : [result.column];
  const asked = model.asked(id);
  const groups = asked?.kind === 'histogram' ? (asked.by ?? null) : null;
  return shown.every((name, i) => name === axes[i]) && by === groups ? (result as ResultOf<K>) : null;
}

function byOf(view: View): string | null {
  return view.kind === 'histogram' ? view.by : null;
}

/** What is selected along one axis, for `useLiveView`. */
export function rangeOf(selection: Selection, [axis]: readonly string[]): Range | null {
  return selection.range(axis);
}

/** What is selected along two, for `useLiveView`. */
export function rangesOf(selection: Selection, [x, y]: readonly string[]): Ranges {
  return [selection.range(x), selection.range(y)];
}

/**
 * A view's counts and selection, for plots that draw them without a render; `selected` is always the same function.
 * It stays the same while the view shows the same axes.
 */
export function useLiveView<K extends View['kind'], S>(
  model: ExplorerModel,
  view: Extract<View, { kind: K }>,
  selected: (selection: Selection, axes: readonly string[]) => S
): ILive<ResultOf<K>, S> {
  const { id } = view;
  const kind = view.kind as K;
  const by = byOf(view);
  const shown = JSON.stringify(axesOfView(view));
  return useMemo(() => {
    const axes = JSON.parse(shown) as string[] | null;
    return {
      result: () => countsOf<K>(model, id, kind, axes, by),
      selection: () => selected(model.selection, axes ?? []),
      watch: listener => {
        const onCounted = () => listener('result');
        const onSelection = () => listener('selection');
        model.counted.connect(onCounted);
        model.selection.changed.connect(onSelection);
        return () => {
          model.counted.disconnect(onCounted);
          model.selection.changed.disconnect(onSelection);
        };
      }
    };
  }, [model, id, kind, by, shown, selected]);
}

/** Whether the counts of a view are here; renders again when that changes, not when they do. */
export function useReady<K extends View['kind']>(
  model: ExplorerModel,
  view: Extract<View, { kind: K }>
): boolean {
  return useSelected(() => resultOf<K>(model, view) !== null, model.counted, model.changed);
}

/** The values that an axis is bound to; renders again when they change. */
export function useChosen(model: ExplorerModel, column: string | null) {
  const { selection } = model;
  const read = () => (column === null ? null : selection.values(column));
  useSelected(
    () =>
      read()
        ?.map(value => `${typeof value} ${value}`)
        .join('\n') ?? null,
    selection.changed
  );
  return read();
}

/** What stands in a view that has no counts yet: the choice of a column, trouble, or waiting. */
export function Waiting({ model, trans, view }: IPanelProps<View>): JSX.Element {
  const trouble = useSelected(() => model.plotTrouble !== null, model.changed, model.counted);
  if (axesOfView(view) === null) {
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
  if (trouble) {
    return <div className="tsm-View-choose">{trans.__('Not drawn: see the message above.')}</div>;
  }
  return <Loading label={trans.__('Counting %1 rows…', formatCount(model.info!.rows))} />;
}

/** Rows that a plot does not show, in words. */
export function leftOut(trans: TranslationBundle, result: { missing: number; outside: number }): string[] {
  const notes: string[] = [];
  if (result.missing > 0) {
    notes.push(trans.__('%1 without value', formatCount(result.missing)));
  }
  if (result.outside > 0) {
    notes.push(trans.__('%1 outside', formatCount(result.outside)));
  }
  return notes;
}
