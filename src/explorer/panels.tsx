import type { TranslationBundle } from '@jupyterlab/translation';
import type { ViewResult } from '../table/requests';
import type { IColumnInfo } from '../table/source';
import { formatCount, Loading } from '../ui';
import type { ExplorerModel } from './model';
import { columnsOfView, type View } from './views';

/** What the panels of all kinds of views share. */
export interface IPanelProps<V extends View> {
  readonly model: ExplorerModel;
  readonly trans: TranslationBundle;
  readonly view: V;
}

/** The view's counts, if they are of the columns that it shows now. */
export function resultOf<K extends View['kind']>(
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

/** A column's name with its unit. */
export function labelOf(columns: readonly IColumnInfo[], name: string): string {
  const unit = columns.find(column => column.name === name)?.unit;
  return unit ? `${name} (${unit})` : name;
}

/** What stands in a view that has no counts yet: the choice of a column, trouble, or waiting. */
export function Waiting({ model, trans, view }: IPanelProps<View>): JSX.Element {
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
