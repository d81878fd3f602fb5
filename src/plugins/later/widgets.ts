/** What notebook widgets are given of the application. */
import type { ExportMap } from '@jupyter-widgets/base';
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Clipboard } from '@jupyterlab/apputils';
import type { IEditorServices } from '@jupyterlab/codeeditor';
import { PathExt } from '@jupyterlab/coreutils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { ITranslator } from '@jupyterlab/translation';

import * as CommandIds from '../../commandIds';
import type { ITsmServices } from '../../tokens';
import { plainEditor } from '../../widgets/surroundings';
import { wordsOf } from '../words';
import { insertCells } from './cells';
import { codeEditor } from './codeText';
import { chooseTables } from './dialog';
import { Places } from './places';

export interface IWidgetsOptions {
  readonly app: JupyterFrontEnd;
  readonly notebooks: INotebookTracker | null;
  readonly editors: IEditorServices | null;
  readonly docManager: IDocumentManager | null;
  readonly services: ITsmServices | null;
  readonly translator: ITranslator | null;
}

export async function widgets(options: IWidgetsOptions): Promise<ExportMap> {
  const { app, notebooks, editors, docManager, services, translator } = options;
  const trans = wordsOf(translator);
  const made = await import('../../widgets');
  const { commands } = app;
  made.setBundle(trans);
  made.setSurroundings({
    chooseFile: async base => {
      const folder =
        (await services
          ?.load()
          .then(({ local }) => new Places(local).contentsOf(base))
          .catch(() => null)) ?? PathExt.dirname(notebooks?.currentWidget?.context.localPath ?? '');
      const title = trans.__('Choose a catalogue');
      const [path] = await chooseTables({ manager: docManager, title, translator, folder });
      return path === undefined ? null : PathExt.relative(folder, path);
    },
    openTable: file => void commands.execute(CommandIds.openTable, { file }),
    openFolder: file => void commands.execute(CommandIds.openFolder, { file }),
    copy: text => Clipboard.copyToSystem(text),
    insertCells: async (cells, from) => {
      const panel = notebooks?.find(one => one.content.node.contains(from));
      const index = panel?.content.widgets.findIndex(cell => cell.node.contains(from)) ?? -1;
      if (!panel || index < 0) {
        throw new Error(trans.__('This editor stands in no notebook: copy the Python instead.'));
      }
      insertCells(panel.content, cells, index);
    },
    textEditor: holder => (editors ? codeEditor(editors, holder) : plainEditor(holder))
  });
  return made as unknown as ExportMap;
}
