import type { WidgetModel } from '@jupyter-widgets/base';

import { ExplorerModel } from '../explorer';
import { CellModel } from './cell';
import { KernelTable } from './kernelTable';
import type { IAnswer } from './questions';

/** The explorer of a table in the kernel. Its state holds no rows: they come when they are looked at. */
export class ExploreModel extends CellModel {
  static override model_name = 'ExploreModel';
  static override view_name = 'ExploreView';

  override initialize(
    attributes: Parameters<WidgetModel['initialize']>[0],
    options: Parameters<WidgetModel['initialize']>[1]
  ): void {
    super.initialize(attributes, options);
    this.table = new KernelTable(this.channel());
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
