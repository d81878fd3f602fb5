import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Clipboard } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { ITranslator } from '@jupyterlab/translation';

import type { IServices } from '../../api';
import * as CommandIds from '../../commandIds';
import type { IRecipeShell } from '../../recipe/shell';
import { wordsOf } from '../words';
import { chooseTables } from './dialog';
import { failed } from './failed';
import { openRegistered } from './registered';

export interface IShellOptions {
  readonly app: JupyterFrontEnd;
  readonly services: IServices;
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
      const title = wordsOf(translator).__('Choose a catalogue');
      const [path] = await chooseTables({ manager: docManager, title, translator, folder: folder() });
      return path === undefined ? null : PathExt.relative(folder(), path);
    },
    openTable: file => void commands.execute(CommandIds.openTable, { file }),
    share: file => void commands.execute(CommandIds.upload, { file }),
    openFolder: file => void commands.execute(CommandIds.openFolder, { file }),
    openProduct: run => void openRegistered(commands, services, run).catch(failed),
    openSource: file => services.local.table({ file }),
    copy: text => Clipboard.copyToSystem(text)
  };
}
