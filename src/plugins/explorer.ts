import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IDefaultFileBrowser, IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import type { TableReference } from '../api';
import { CommandIds } from '../commandIds';
import type { ExplorerWidget } from '../explorer';
import { ITsmServices } from '../tokens';
import { addExplorerCommands } from './explorerCommands';
import { explorerIcon } from './icons';
import { TABLE_MODEL, type TableDocument, TableFactory, TableModelFactory } from './tableDocument';

const FACTORY = 'PZ Explorer';
const FILE_TYPE = 'tsm-table';

/** Tables in tabs: files as documents, products and results of runs beside them; all are there after a reload. */
export const explorer: JupyterFrontEndPlugin<void> = {
  id: 'pz-tsm:explorer',
  description: 'Opens catalogues and other tables in the explorer.',
  autoStart: true,
  requires: [ITsmServices, IDocumentManager],
  optional: [ITranslator, ILayoutRestorer, IFileBrowserFactory, IDefaultFileBrowser],
  activate: (
    app: JupyterFrontEnd,
    services: ITsmServices,
    docManager: IDocumentManager,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    browsers: IFileBrowserFactory | null,
    browser: IDefaultFileBrowser | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('tsm');
    const { commands, docRegistry, shell } = app;
    const documents = new WidgetTracker<TableDocument>({ namespace: 'tsm-table' });
    const others = new WidgetTracker<MainAreaWidget<ExplorerWidget>>({ namespace: 'tsm-explorer' });
    const references = new WeakMap<MainAreaWidget, TableReference>();

    const make = async (reference: TableReference): Promise<ExplorerWidget> => {
      const { ExplorerModel, ExplorerWidget } = await import('../explorer');
      return new ExplorerWidget({
        model: new ExplorerModel(services.local.table(reference)),
        trans,
        onToRecipe: (condition, info) =>
          void commands.execute(CommandIds.addInput, {
            ...reference,
            name: info.name,
            condition,
            roles: info.roles as ReadonlyPartialJSONObject
          })
      });
    };

    const openOther = async (reference: TableReference, name?: string) => {
      const id = `tsm-explorer-${JSON.stringify(reference)}`;
      let widget = others.find(other => other.id === id);
      if (!widget) {
        const content = await make(reference);
        widget = new MainAreaWidget({ content });
        widget.toolbar.hide();
        widget.id = id;
        const { title } = widget;
        const caption = String('product' in reference ? reference.product : Object.values(reference)[0]);
        title.label = name ?? PathExt.basename(caption);
        title.caption = caption;
        title.icon = explorerIcon;
        title.closable = true;
        const { model } = content.props;
        model.changed.connect(() => (title.label = name ?? model.info?.name ?? title.label));
        references.set(widget, reference);
        await others.add(widget);
      }
      if (!widget.isAttached) {
        shell.add(widget, 'main');
      }
      shell.activateById(widget.id);
      return widget;
    };

    docRegistry.addFileType({
      name: FILE_TYPE,
      displayName: trans.__('Catalogue'),
      extensions: ['.parquet', '.pq', '.fits', '.fit', '.fits.gz', '.hdf5', '.h5', '.ecsv', '.votable'],
      contentType: 'file',
      fileFormat: 'base64',
      icon: explorerIcon
    });
    docRegistry.addModelFactory(new TableModelFactory());
    const factory = new TableFactory({
      name: FACTORY,
      label: trans.__('PZ Explorer'),
      modelName: TABLE_MODEL,
      fileTypes: [FILE_TYPE, 'csv', 'tsv'],
      defaultFor: [FILE_TYPE],
      readOnly: true,
      make: path => make({ contents: path })
    });
    factory.widgetCreated.connect((_, widget) => {
      widget.title.icon = explorerIcon;
      widget.context.pathChanged.connect(() => void documents.save(widget));
      void documents.add(widget);
    });
    docRegistry.addWidgetFactory(factory);

    addExplorerCommands({
      commands,
      docManager,
      translator,
      selected: () => {
        const item = (browsers?.tracker.currentWidget ?? browser)?.selectedItems().next();
        return item && !item.done && item.value.type !== 'directory' ? item.value.path : null;
      },
      folder: () => browser?.model.path,
      open: (reference, name) =>
        'contents' in reference
          ? docManager.openOrReveal(reference.contents, FACTORY)
          : openOther(reference, name)
    });

    void restorer?.restore(documents, {
      command: 'docmanager:open',
      args: widget => ({ path: widget.context.path, factory: FACTORY }),
      name: widget => widget.context.path
    });
    void restorer?.restore(others, {
      command: CommandIds.openTable,
      args: widget => ({ ...references.get(widget), name: widget.title.label }),
      name: widget => widget.id
    });
  }
};
