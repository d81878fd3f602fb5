import { DOMWidgetModel, DOMWidgetView } from '@jupyter-widgets/base';
import { createRoot, type Root } from 'react-dom/client';

import { keepKeys } from './keys';
import type { IChannel } from './questions';
import { MODULE, VERSION } from './version';
import '../../style/widgets.css';

/** A model whose state holds nothing but its names, as each class of its own says them. */
export abstract class CellModel extends DOMWidgetModel {
  static model_name: string;
  static view_name: string;
  static model_module = MODULE;
  static model_module_version = VERSION;
  static view_module = MODULE;
  static view_module_version = VERSION;

  override defaults(): Record<string, unknown> {
    const { model_name, view_name } = this.constructor as typeof CellModel;
    return {
      ...super.defaults(),
      _model_name: model_name,
      _model_module: MODULE,
      _model_module_version: VERSION,
      _view_name: view_name,
      _view_module: MODULE,
      _view_module_version: VERSION
    };
  }

  /** Over the model's comm, while that lives. */
  protected channel(): IChannel {
    const isLive = () => this.comm_live;
    return {
      get live() {
        return isLive();
      },
      send: question => this.send(question as never)
    };
  }
}

/** A view below a notebook cell, drawn by React. */
export abstract class CellView extends DOMWidgetView {
  /** What is drawn; the model has been told to load. */
  protected abstract cell(): JSX.Element;

  override render(): void {
    super.render();
    this.el.classList.add('tsm-WidgetView');
    this._keys = keepKeys(this.el);
    this._root = createRoot(this.el);
    this._root.render(this.cell());
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
