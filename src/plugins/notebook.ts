import { type ExportMap, IJupyterWidgetRegistry } from '@jupyter-widgets/base';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { ITranslator } from '@jupyterlab/translation';

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
  description: 'The explorer below a notebook cell.',
  autoStart: true,
  optional: [IJupyterWidgetRegistry, INotebookTracker, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    registry: IJupyterWidgetRegistry | null,
    notebooks: INotebookTracker | null,
    translator: ITranslator | null
  ): void => {
    const trans = wordsOf(translator);
    registry?.registerWidget({
      name: MODULE,
      version: VERSION,
      exports: async () => {
        const widgets = await import('../widgets');
        widgets.setBundle(trans);
        return widgets as unknown as ExportMap;
      }
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
