import { IJupyterWidgetRegistry } from '@jupyter-widgets/base';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { ITranslator } from '@jupyterlab/translation';

import { ITsmServices } from '../tokens';
import { MODULE, VERSION } from '../widgets/version';
import { LaterView } from './laterView';
import { wordsOf } from './words';

/** What the kernel's side puts beside a widget: what it was, for a notebook that is opened without its kernel. */
const KEPT_VIEW = 'application/vnd.pz-tsm.view+json';

/** Before the widgets' own renderer, which is at -10. */
const RANK = -20;

/** Notebook widgets, where there are notebook widgets at all. */
export const notebook: JupyterFrontEndPlugin<void> = {
  id: 'pz-tsm:notebook',
  description: 'The explorer and the recipe editor below a notebook cell.',
  autoStart: true,
  optional: [
    IJupyterWidgetRegistry,
    INotebookTracker,
    ITranslator,
    IEditorServices,
    IDocumentManager,
    ITsmServices
  ],
  activate: (
    app: JupyterFrontEnd,
    registry: IJupyterWidgetRegistry | null,
    notebooks: INotebookTracker | null,
    translator: ITranslator | null,
    editors: IEditorServices | null,
    docManager: IDocumentManager | null,
    services: ITsmServices | null
  ): void => {
    const trans = wordsOf(translator);
    registry?.registerWidget({
      name: MODULE,
      version: VERSION,
      exports: async () =>
        (await import('./later/widgets')).widgets({
          ...{ app, notebooks, editors, docManager, services, translator }
        })
    });
    const add = ({ content: { rendermime } }: NotebookPanel) =>
      rendermime.addFactory(
        { safe: true, mimeTypes: [KEPT_VIEW], createRenderer: () => new LaterView(rendermime, trans) },
        RANK
      );
    notebooks?.forEach(add);
    notebooks?.widgetAdded.connect((_, panel) => add(panel));
  }
};
