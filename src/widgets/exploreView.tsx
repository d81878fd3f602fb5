import { DOMWidgetView } from '@jupyter-widgets/base';
import type { TranslationBundle } from '@jupyterlab/translation';
import { useReducer, useEffect } from 'react';
import { createRoot, type Root } from 'react-dom/client';

import { Explorer } from '../explorer';
import { useSignal } from '../ui/hooks';
import type { ExploreModel } from './exploreModel';
import { Share } from './share';
import { keepKeys } from './keys';
import { bundle } from './trans';
import '../../style/widgets.css';

/** The explorer below a notebook cell. */
export class ExploreView extends DOMWidgetView {
  override render(): void {
    super.render();
    const model = this.model as ExploreModel;
    this.el.classList.add('tsm-WidgetView');
    this._keys = keepKeys(this.el);
    model.load();
    this._root = createRoot(this.el);
    this._root.render(<ExploreCell model={model} trans={bundle()} />);
  }

  override remove(): this {
    this._keys();
    this._root?.unmount();
    this._root = null;
    return super.remove();
  }

  private _root: Root | null = null;
  private _keys = () => {};
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
