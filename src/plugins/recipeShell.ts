import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Clipboard } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import { FileDialog } from '@jupyterlab/filebrowser';
import type { ITranslator } from '@jupyterlab/translation';

import { CommandIds } from '../commandIds';
import type { IRecipeShell } from '../recipe/shell';
import type { ITsmServices } from '../tokens';
import { TABLES } from './tables';

export interface IShellOptions {
  readonly app: JupyterFrontEnd;
  readonly services: ITsmServices;
  readonly docManager: IDocumentManager;
  readonly translator: ITranslator | null;
  readonly context: DocumentRegistry.Context;
}

/** What the recipe editor asks of the application. */
export function makeShell({ app, services, docManager, translator, context }: IShellOptions): IRecipeShell {
  const { commands } = app;
  const folder = () => PathExt.dirname(context.localPath);
  return {
    chooseFile: async () => {
      const trans = translator?.load('tsm');
      const choice = await FileDialog.getOpenFiles({
        manager: docManager,
        title: trans?.__('Choose a catalogue'),
        defaultPath: folder(),
        filter: item => (item.type === 'directory' || TABLES.test(item.name) ? {} : null),
        translator: translator ?? undefined
      });
      const file = choice.button.accept ? choice.value?.find(item => item.type !== 'directory') : undefined;
      return file ? PathExt.relative(folder(), file.path) : null;
    },
    openTable: file => void commands.execute(CommandIds.openTable, { file }),
    openFolder: file => void commands.execute(CommandIds.openFolder, { file }),
    openSource: file => services.local.table({ file }),
    copy: text => Clipboard.copyToSystem(text)
  };
}
