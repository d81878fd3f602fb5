import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { FileDialog, IDefaultFileBrowser, IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import type { TableReference } from '../api';
import { CommandIds } from '../commandIds';
import type { ExplorerWidget } from '../explorer';
import { ITsmServices } from '../tokens';
import { explorerIcon } from './icons';
import { TABLES } from './tables';

/** Tables as documents: one tab a table, opened again after a reload. */
export const explorer: JupyterFrontEndPlugin<void> = {
  id: 'pz-tsm:explorer',
  description: 'Opens catalogues and other tables in the explorer.',
  autoStart: true,
  requires: [ITsmServices],
  optional: [ITranslator, ILayoutRestorer, IFileBrowserFactory, IDefaultFileBrowser, IDocumentManager],
  activate: (
    app: JupyterFrontEnd,
    services: ITsmServices,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    browsers: IFileBrowserFactory | null,
    browser: IDefaultFileBrowser | null,
    docManager: IDocumentManager | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('tsm');
    const { commands, shell } = app;
    const tracker = new WidgetTracker<MainAreaWidget<ExplorerWidget>>({ namespace: 'tsm-explorer' });
    const references = new WeakMap<MainAreaWidget, TableReference>();

    const open = async (reference: TableReference, name?: string) => {
      const id = `tsm-explorer-${JSON.stringify(reference)}`;
      let widget = tracker.find(other => other.id === id);
      if (!widget) {
        const { ExplorerModel, ExplorerWidget } = await import('../explorer');
        const model = new ExplorerModel(services.local.table(reference));
        const content = new ExplorerWidget({
          model,
          trans,
          onToRecipe: (condition, info) =>
            void commands.execute(CommandIds.addInput, {
              ...reference,
              condition,
              roles: info.roles as ReadonlyPartialJSONObject
            })
        });
        widget = new MainAreaWidget({ content });
        widget.toolbar.hide();
        widget.id = id;
        widget.title.label = name ?? labelOf(reference);
        widget.title.caption = captionOf(reference);
        widget.title.icon = explorerIcon;
        widget.title.closable = true;
        const { title } = widget;
        model.changed.connect(() => (title.label = name ?? model.info?.name ?? title.label));
        references.set(widget, reference);
        await tracker.add(widget);
      }
      if (!widget.isAttached) {
        shell.add(widget, 'main');
      }
      shell.activateById(widget.id);
      return widget;
    };

    const selected = () => {
      const item = (browsers?.tracker.currentWidget ?? browser)?.selectedItems().next();
      return item && !item.done && item.value.type !== 'directory' ? item.value : null;
    };

    commands.addCommand(CommandIds.openTable, {
      label: args => (args.name ? trans.__('Explore %1', args.name as string) : trans.__('Explore Table')),
      caption: trans.__('Look at a catalogue: linked plots, conditions, all rows'),
      icon: explorerIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            contents: { type: 'string', description: trans.__('Path in the file browser') },
            file: { type: 'string', description: trans.__('Path on the server’s disk') },
            product: { type: ['number', 'string'], description: trans.__('Id or internal name of a product') },
            name: { type: 'string', description: trans.__('What the tab is called') }
          }
        }
      },
      execute: args => {
        const reference = referenceOf(args);
        return reference ? open(reference, args.name as string | undefined) : undefined;
      }
    });

    commands.addCommand(CommandIds.openSelected, {
      label: trans.__('Open in the PZ Explorer'),
      caption: trans.__('Look at the selected table: linked plots, conditions, all rows'),
      icon: explorerIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      isVisible: () => TABLES.test(selected()?.name ?? ''),
      execute: () => {
        const item = selected();
        return item ? open({ contents: item.path }) : undefined;
      }
    });

    commands.addCommand(CommandIds.openFile, {
      label: trans.__('Open a Table …'),
      caption: trans.__('Choose a Parquet, FITS, HDF5, CSV or VOTable file and look at it'),
      icon: explorerIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      isEnabled: () => docManager !== null,
      execute: async () => {
        const choice = await FileDialog.getOpenFiles({
          manager: docManager!,
          title: trans.__('Open a table'),
          defaultPath: browser?.model.path,
          filter: item => (item.type === 'directory' || TABLES.test(item.name) ? {} : null),
          translator: translator ?? undefined
        });
        const files = choice.button.accept ? (choice.value ?? []) : [];
        for (const file of files.filter(item => item.type !== 'directory')) {
          await open({ contents: file.path });
        }
      }
    });

    void restorer?.restore(tracker, {
      command: CommandIds.openTable,
      args: widget => ({ ...references.get(widget), name: widget.title.label }),
      name: widget => widget.id
    });
  }
};

function referenceOf(args: ReadonlyPartialJSONObject): TableReference | null {
  const { contents, file, product } = args;
  if (typeof contents === 'string') {
    return { contents };
  }
  if (typeof file === 'string') {
    return { file };
  }
  return typeof product === 'number' || typeof product === 'string' ? { product } : null;
}

function labelOf(reference: TableReference): string {
  return 'product' in reference ? String(reference.product) : PathExt.basename(captionOf(reference));
}

function captionOf(reference: TableReference): string {
  return 'contents' in reference
    ? reference.contents
    : 'file' in reference
      ? reference.file
      : String(reference.product);
}
