import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { addPreviewer } from '../recipe/split/previews';
import { ITsmSplitPreviews } from '../tokens';

/** Where another extension adds the preview of its split method. */
export const splits: JupyterFrontEndPlugin<ITsmSplitPreviews> = {
  id: 'pz-tsm:splits',
  description: 'Previews of split methods that other packages add.',
  autoStart: true,
  provides: ITsmSplitPreviews,
  activate: () => ({ add: addPreviewer })
};
