import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIds } from '../commandIds';

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
    const trans = (translator ?? nullTranslator).load('tsm');
    const category = trans.__('PZ Training Sets');
    cards?.add({ command: CommandIds.newRecipe, category, rank: 1 });
    cards?.add({ command: CommandIds.showPanel, category, rank: 2 });
    const args = { isPalette: true };
    for (const command of [
      CommandIds.newRecipe,
      CommandIds.openFile,
      CommandIds.showPanel,
      CommandIds.refreshPanel,
      CommandIds.runRecipe,
      CommandIds.planRecipe,
      CommandIds.toggleText
    ]) {
      palette?.addItem({ command, category, args });
    }
  }
};
