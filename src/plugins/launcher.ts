import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { ITranslator } from '@jupyterlab/translation';

import * as CommandIds from '../commandIds';
import { wordsOf } from './words';

/** Lines of the palette; those whose command comes later are not seen before. */
const IN_PALETTE = [
  CommandIds.newRecipe,
  CommandIds.openFile,
  CommandIds.openProduct,
  CommandIds.publicCatalogues,
  CommandIds.compare,
  CommandIds.upload,
  CommandIds.showPanel,
  CommandIds.refreshPanel,
  CommandIds.newProcess,
  CommandIds.openProcess,
  CommandIds.runRecipe,
  CommandIds.planRecipe,
  CommandIds.toggleText
];

/** Ways in: cards of the launcher and lines of the command palette. */
export const launcher: JupyterFrontEndPlugin<void> = {
  id: 'pz-tsm:launcher',
  description: 'Adds the training sets to the launcher and the command palette.',
  autoStart: true,
  optional: [ITranslator, ILauncher, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    translator: ITranslator | null,
    cards: ILauncher | null,
    palette: ICommandPalette | null
  ): void => {
    const category = wordsOf(translator).__('PZ Training Sets');
    [CommandIds.newRecipe, CommandIds.showPanel].forEach((command, rank) =>
      cards?.add({ command, category, rank })
    );
    for (const command of IN_PALETTE) {
      palette?.addItem({ command, category, args: { isPalette: true } });
    }
  }
};
