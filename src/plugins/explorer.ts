import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import type { MainAreaWidget } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IDefaultFileBrowser, IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ITranslator } from '@jupyterlab/translation';

import type { TableReference } from '../api';
import * as CommandIds from '../commandIds';
import type { ExplorerWidget } from '../explorer';
import { ITsmServices } from '../tokens';
import { commandsOf } from './command';
import { addDocuments } from './documents';
import { explorerIcon as icon } from './icons';
import { Later, once } from './later';
import { selectedFiles } from './selected';
import { TableModelFactory } from './tableModel';
import { isTable, TABLE_TYPE, TABLE_TYPES } from './tables';
import { tabsOf } from './tabs';
import { wordsOf } from './words';

const FACTORY = 'PZ Explorer';

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
    const trans = wordsOf(translator);
    const addCommand = commandsOf(app, trans);
    const { docRegistry } = app;
    const tracker = tabsOf<MainAreaWidget<ExplorerWidget>>(
      restorer,
      'tsm-explorer',
      CommandIds.openTable,
      ({ id, title }) => ({ ...referenceOf(id), name: title.label })
    );
    const part = once(async () => {
      const [{ ExplorerPart }, loaded] = await Promise.all([import('./later/explorer'), services.load()]);
      return new ExplorerPart({
        app,
        services: loaded,
        tracker,
        trans,
        files: browser?.model ?? null
      });
    });

    docRegistry.addFileType({
      ...TABLE_TYPE,
      displayName: trans.__('Catalogue'),
      contentType: 'file',
      fileFormat: 'base64',
      icon
    });
    const models = new TableModelFactory();
    docRegistry.addModelFactory(models);
    addDocuments(app, restorer, {
      name: FACTORY,
      label: trans.__('PZ Explorer'),
      modelName: models.name,
      fileTypes: TABLE_TYPES,
      defaultFor: [TABLE_TYPE.name],
      readOnly: true,
      namespace: 'tsm-table',
      icon,
      content: context =>
        new Later(async () => {
          const [made] = await Promise.all([part(), context.ready]);
          return made.make({ contents: context.path });
        }, trans)
    });

    const open = async (reference: TableReference, name?: string) =>
      'contents' in reference
        ? docManager.openOrReveal(reference.contents, FACTORY)
        : (await part()).open(reference, name);
    const selected = () => selectedFiles(browsers, browser)[0] ?? '';

    addCommand(CommandIds.openTable, {
      label: args => (args.name ? trans.__('Explore %1', args.name as string) : trans.__('Explore Table')),
      caption: trans.__('Look at a catalogue: linked plots, conditions, all rows'),
      icon,
      execute: args => {
        const { name, ...reference } = args;
        return open(reference as unknown as TableReference, name as string | undefined);
      }
    });
    addCommand(CommandIds.openSelected, {
      label: trans.__('Open in the PZ Explorer'),
      icon,
      isVisible: () => isTable(selected()),
      execute: () => open({ contents: selected() })
    });
    addCommand(CommandIds.openFile, {
      label: trans.__('Open a Table …'),
      caption: trans.__('Choose a Parquet, FITS, HDF5, CSV or VOTable file and look at it'),
      icon: args => (args.isPalette ? undefined : icon),
      execute: async () => {
        const { chooseTables } = await import('./later/dialog');
        const title = trans.__('Open a table');
        const folder = browser?.model.path;
        for (const contents of await chooseTables({ manager: docManager, title, translator, folder })) {
          await open({ contents });
        }
      }
    });
  }
};

/** The table that a tab shows, as its id says it. */
function referenceOf(id: string): TableReference {
  return JSON.parse(id.slice(id.indexOf('{'))) as TableReference;
}
