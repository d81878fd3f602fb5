import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { WidgetTracker } from '@jupyterlab/apputils';
import { ABCWidgetFactory, type DocumentRegistry, DocumentWidget } from '@jupyterlab/docregistry';
import { type LabIcon, Toolbar } from '@jupyterlab/ui-components';
import type { Widget } from '@lumino/widgets';

import type { Later } from './later';

/** A document whose content comes when it is first seen. */
export type LaterDocument<T extends Widget = Widget> = DocumentWidget<Later<T>>;

export interface IDocumentsOptions<T extends Widget> extends DocumentRegistry.IWidgetFactoryOptions<
  LaterDocument<T>
> {
  readonly namespace: string;
  readonly icon: LabIcon;
  readonly content: (context: DocumentRegistry.Context) => Later<T>;
}

class Factory<T extends Widget> extends ABCWidgetFactory<LaterDocument<T>> {
  constructor(private readonly _made: IDocumentsOptions<T>) {
    super(_made);
  }

  protected override createNewWidget(context: DocumentRegistry.Context): LaterDocument<T> {
    const { content: make, icon } = this._made;
    const content = make(context);
    // not JupyterLab's usual toolbar: it would outlive the document
    const widget = new DocumentWidget({ content, context, toolbar: new Toolbar() });
    widget.toolbar.hide(); // the content has its own
    widget.title.icon = icon;
    return widget;
  }
}

/** Open files as documents of our own; they are there again after a reload. */
export function addDocuments<T extends Widget>(
  { docRegistry }: JupyterFrontEnd,
  restorer: ILayoutRestorer | null,
  options: IDocumentsOptions<T>
): WidgetTracker<LaterDocument<T>> {
  const { name: factory, namespace } = options;
  const tracker = new WidgetTracker<LaterDocument<T>>({ namespace });
  const made = new Factory(options);
  made.widgetCreated.connect((_, widget) => {
    widget.context.pathChanged.connect(() => void tracker.save(widget));
    void tracker.add(widget);
  });
  docRegistry.addWidgetFactory(made);
  void restorer?.restore(tracker, {
    command: 'docmanager:open',
    args: ({ context: { path } }) => ({ path, factory }),
    name: ({ context }) => context.path
  });
  return tracker;
}
