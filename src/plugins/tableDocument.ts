import {
  ABCWidgetFactory,
  type DocumentRegistry,
  DocumentWidget,
  TextModelFactory
} from '@jupyterlab/docregistry';
import { BoxLayout, Widget } from '@lumino/widgets';

export const TABLE_MODEL = 'tsm-table';

type Format = TextModelFactory['fileFormat'];

/** A document whose file is not read into the browser: the engine reads it, and sends what is looked at. */
export class TableModelFactory extends TextModelFactory {
  constructor() {
    super(false);
  }

  override get name(): string {
    return TABLE_MODEL;
  }

  /** No format: the file's content isn't asked for. */
  override get fileFormat(): Format {
    return null as unknown as Format;
  }
}

/** A place that the explorer fills when its code is there. */
export class TableContent extends Widget {
  constructor(make: () => Promise<Widget>) {
    super();
    this.addClass('tsm-TableDocument');
    this.layout = new BoxLayout();
    void make().then(explorer => {
      if (this.isDisposed) {
        explorer.dispose();
      } else {
        (this.layout as BoxLayout).addWidget(explorer);
      }
    });
  }
}

export type TableDocument = DocumentWidget<TableContent>;

export interface ITableFactoryOptions extends DocumentRegistry.IWidgetFactoryOptions<TableDocument> {
  /** The explorer of the table at a path of the file browser. */
  readonly make: (path: string) => Promise<Widget>;
}

export class TableFactory extends ABCWidgetFactory<TableDocument> {
  constructor(private readonly _table: ITableFactoryOptions) {
    super(_table);
  }

  protected override createNewWidget(context: DocumentRegistry.Context): TableDocument {
    const content = new TableContent(() => context.ready.then(() => this._table.make(context.path)));
    const widget = new DocumentWidget({ content, context });
    widget.toolbar.hide();
    return widget;
  }
}
