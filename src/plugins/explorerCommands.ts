import { PathExt } from '@jupyterlab/coreutils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import { FileDialog } from '@jupyterlab/filebrowser';
import { type ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import type { TableReference } from '../api';
import { CommandIds } from '../commandIds';
import { explorerIcon } from './icons';
import { TABLES } from './tables';

export interface IExplorerCommandsOptions {
  readonly commands: CommandRegistry;
  readonly docManager: IDocumentManager;
  readonly translator: ITranslator | null;
  /** The file selected in the file browser. */
  selected(): string | null;
  /** The folder that the file browser shows. */
  folder(): string | undefined;
  open(reference: TableReference, name?: string): unknown;
}

export function addExplorerCommands(options: IExplorerCommandsOptions): void {
  const { commands, docManager, translator, selected, open } = options;
  const trans = (translator ?? nullTranslator).load('tsm');

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
    isVisible: () => TABLES.test(PathExt.basename(selected() ?? '')),
    execute: () => {
      const path = selected();
      return path === null ? undefined : open({ contents: path });
    }
  });

  commands.addCommand(CommandIds.openFile, {
    label: trans.__('Open a Table …'),
    caption: trans.__('Choose a Parquet, FITS, HDF5, CSV or VOTable file and look at it'),
    icon: args => (args.isPalette ? undefined : explorerIcon),
    describedBy: { args: { type: 'object', properties: { isPalette: { type: 'boolean' } } } },
    execute: async () => {
      const choice = await FileDialog.getOpenFiles({
        manager: docManager,
        title: trans.__('Open a table'),
        defaultPath: options.folder(),
        filter: item => (item.type === 'directory' || TABLES.test(item.name) ? {} : null),
        translator: translator ?? undefined
      });
      const files = choice.button.accept ? (choice.value ?? []) : [];
      for (const file of files.filter(item => item.type !== 'directory')) {
        await open({ contents: file.path });
      }
    }
  });
}

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
