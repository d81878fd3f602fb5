import { type ExportMap, IJupyterWidgetRegistry } from '@jupyter-widgets/base';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { setBundle } from '../widgets/trans';
import { MODULE, VERSION } from '../widgets/version';

/** Notebook widgets, where there are notebook widgets at all. */
export const notebook: JupyterFrontEndPlugin<void> = {
  id: 'pz-tsm:notebook',
  description: 'The explorer below a notebook cell.',
  autoStart: true,
  optional: [IJupyterWidgetRegistry, ITranslator],
  activate: (app: JupyterFrontEnd, registry: IJupyterWidgetRegistry | null, translator: ITranslator | null): void => {
    setBundle((translator ?? nullTranslator).load('tsm'));
    registry?.registerWidget({
      name: MODULE,
      version: VERSION,
      exports: () => import('../widgets') as unknown as Promise<ExportMap>
    });
  }
};
