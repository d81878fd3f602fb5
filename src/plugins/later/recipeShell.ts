import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Clipboard } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { ITranslator } from '@jupyterlab/translation';

import type { IServices } from '../../api';
import * as CommandIds from '../../commandIds';
import type { IRecipeShell } from '../../recipe/shell';
import type { ITableSource } from '../../table/source';
import { wordsOf } from '../words';
import { chooseTables } from './dialog';
import { failed } from './failed';
import { openRegistered } from './registered';

export interface IShellOptions {
  readonly app: JupyterFrontEnd;
  readonly services: IServices;
  readonly docManager: IDocumentManager;
  readonly notebooks: INotebookTracker | null;
  readonly translator: ITranslator | null;
  readonly context: DocumentRegistry.Context;
}

/** The table of an input by its path as a recipe in `folder` writes it. */
export function inputTable({ local }: IServices, folder: string, path: string): ITableSource {
  return local.table(path.startsWith('/') ? { file: path } : { contents: PathExt.join(folder, path) });
}

/** What the recipe editor asks of the application. */
export function makeShell(options: IShellOptions): IRecipeShell {
  const { app, services, docManager, notebooks, translator, context } = options;
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
    inputSource: path => inputTable(services, folder(), path),
    copy: text => Clipboard.copyToSystem(text),
    insertCells: notebooks
      ? async make => {
          const { insertCells, openNotebook } = await import('./cells');
          const { content, context: opened } = await openNotebook(notebooks, commands, folder());
          insertCells(
            content,
            await make(PathExt.relative(folder(), PathExt.dirname(opened.localPath)) || '.')
          );
        }
      : undefined
  };
}
