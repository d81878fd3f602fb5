import type { TranslationBundle } from '@jupyterlab/translation';
import { useReducer, useEffect } from 'react';

import { Explorer } from '../explorer';
import { useSignal } from '../ui/hooks';
import { CellView } from './cell';
import type { ExploreModel } from './exploreModel';
import { Share } from './share';
import { bundle } from './trans';

/** The explorer below a notebook cell. */
export class ExploreView extends CellView {
  protected cell(): JSX.Element {
    const model = this.model as ExploreModel;
    model.load();
    return <ExploreCell model={model} trans={bundle()} />;
  }
}

interface ICellProps {
  readonly model: ExploreModel;
  readonly trans: TranslationBundle;
}

export function ExploreCell({ model, trans }: ICellProps): JSX.Element {
  const { explorer, table } = model;
  useSignal(explorer.changed, explorer.selection.changed, table.changed);
  const [, again] = useReducer((n: number) => n + 1, 0);
  useEffect(() => {
    model.on('comm_live_update', again);
    return () => {
      model.off('comm_live_update', again);
    };
  }, [model]);
  const { where } = explorer.selection;
  const gone = !model.comm_live;
  return (
    <div className="tsm-WidgetCell">
      {gone && (
        <p className="tsm-WidgetCell-note" role="alert">
          {explorer.info === null
            ? trans.__(
                'The kernel that held this table is no longer running. Run the cell again to look at it.'
              )
            : trans.__(
                'The kernel that held %1 is no longer running: what you see is what had been loaded. Run the cell again.',
                explorer.info.name
              )}
        </p>
      )}
      {!gone && table.busy && (
        <p className="tsm-WidgetCell-note" role="status">
          {trans.__('The kernel is busy; the rows come when it is free.')}
        </p>
      )}
      <div className="tsm-WidgetCell-body">
        <Explorer model={explorer} trans={trans} python={python} />
      </div>
      {where !== '' && (
        <p className="tsm-WidgetCell-python">
          <code>sel = view.selection</code>{' '}
          {trans.__('gives this selection, where view is what explore(…) returned.')}
        </p>
      )}
      {!gone && explorer.info !== null && <Share {...{ explorer, table, trans }} />}
    </div>
  );
}

/** The table is in the kernel: the selection is had from the view. */
function python(condition: string): string {
  return condition === ''
    ? 'table = view.selection.table\n'
    : `sel = view.select(${JSON.stringify(condition)})\ntable = sel.table\n`;
}
