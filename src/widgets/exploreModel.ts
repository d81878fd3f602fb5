import { DOMWidgetModel, type WidgetModel } from '@jupyter-widgets/base';

import { ExplorerModel } from '../explorer';
import { KernelTable } from './kernelTable';
import type { IAnswer } from './questions';
import { MODULE, VERSION } from './version';

/** The explorer of a table in the kernel. Its state holds no rows: they come when they are looked at. */
export class ExploreModel extends DOMWidgetModel {
  static model_name = 'ExploreModel';
  static model_module = MODULE;
  static model_module_version = VERSION;
  static view_name = 'ExploreView';
  static view_module = MODULE;
  static view_module_version = VERSION;

  override defaults(): Record<string, unknown> {
    return {
      ...super.defaults(),
      _model_name: ExploreModel.model_name,
      _model_module: MODULE,
      _model_module_version: VERSION,
      _view_name: ExploreModel.view_name,
      _view_module: MODULE,
      _view_module_version: VERSION
    };
  }

  override initialize(
    attributes: Parameters<WidgetModel['initialize']>[0],
    options: Parameters<WidgetModel['initialize']>[1]
  ): void {
    super.initialize(attributes, options);
    const isLive = () => this.comm_live;
    this.table = new KernelTable({
      get live() {
        return isLive();
      },
      send: question => this.send(question as never)
    });
    this.explorer = new ExplorerModel(this.table, { rowsFirst: true });
    this.on('msg:custom', (answer: IAnswer, buffers: ArrayBufferView[]) =>
      this.table.receive(answer, buffers)
    );
    this.on('comm_live_update', () => {
      if (!this.comm_live) {
        this.table.lost();
      }
    });
    this.explorer.selection.changed.connect(this._onSelection, this);
    this.table.selected.connect((_, where) => {
      this._told = where;
      this.explorer.selection.setText(where);
    });
  }

  // made in initialize(), which the base class's constructor calls: a field of this class would undo that
  declare table: KernelTable;
  declare explorer: ExplorerModel;

  /** Ask for the table; a second view finds it there. */
  load(): void {
    if (!this._asked) {
      this._asked = true;
      void this._load();
    }
  }

  override close(comm_closed = false): Promise<void> {
    clearTimeout(this._timer);
    this.table.lost();
    this.explorer.dispose();
    return super.close(comm_closed);
  }

  private async _load(): Promise<void> {
    void this.explorer.load();
    await this.explorer.windows.known();
    const { firstRow } = this.table;
    if (firstRow !== null) {
      await this.explorer.why.open(firstRow);
    }
  }

  /** The kernel learns of a selection when it has come to rest. */
  private _onSelection(): void {
    clearTimeout(this._timer);
    this._timer = setTimeout(() => {
      const { where, error } = this.explorer.selection;
      if (error === null && where !== this._told && this.comm_live) {
        this._told = where;
        this.table.select(where).catch(() => (this._told = null));
      }
    }, 200);
  }

  private _asked = false;
  private _told: string | null = '';
  private _timer: ReturnType<typeof setTimeout> | undefined;
}
