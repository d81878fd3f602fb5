import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IDefaultFileBrowser, IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ITranslator } from '@jupyterlab/translation';

import * as CommandIds from '../commandIds';
import { ITsmServices } from '../tokens';
import { commandsOf } from './command';
import { explorerIcon as icon } from './icons';
import { once } from './later';
import type { CompareTab } from './later/compareTab';
import { selectedFiles } from './selected';
import { isTable } from './tables';
import { tabsOf } from './tabs';
import { wordsOf } from './words';

/** Two catalogues, or two parts of one, side by side in a tab. */
export const compare: JupyterFrontEndPlugin<void> = {
  id: 'pz-tsm:compare',
  description: 'Compares two catalogues or two parts of one.',
  autoStart: true,
  requires: [ITsmServices, IDocumentManager],
  optional: [ITranslator, ILayoutRestorer, IFileBrowserFactory, IDefaultFileBrowser],
  activate: (
    app: JupyterFrontEnd,
    services: ITsmServices,
    manager: IDocumentManager,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    browsers: IFileBrowserFactory | null,
    browser: IDefaultFileBrowser | null
  ): void => {
    const trans = wordsOf(translator);
    const addCommand = commandsOf(app, trans);
    const tracker = tabsOf<CompareTab>(restorer, 'tsm-compare', CommandIds.compare, ({ state }) => state);
    const part = once(async () => {
      const [{ CompareTabs }, loaded] = await Promise.all([import('./later/compareTab'), services.load()]);
      return new CompareTabs({ app, services: loaded, manager, translator, trans, browser, tracker });
    });
    const selected = () => selectedFiles(browsers, browser);

    addCommand(CommandIds.compare, {
      label: trans.__('Compare Catalogues …'),
      caption: trans.__('Two catalogues, or two parts of one: n(z), densities and their difference'),
      icon: args => (args.isPalette ? undefined : icon),
      execute: async args => (await part()).compare(args)
    });
    addCommand(CommandIds.compareSelected, {
      label: trans.__('Compare'),
      icon,
      isVisible: () => {
        const paths = selected();
        return /^[12]$/.test(`${paths.length}`) && paths.every(isTable);
      },
      execute: async () => {
        const [a, b] = selected().map(contents => ({ contents }));
        return (await part()).open({ a, b });
      }
    });
  }
};
