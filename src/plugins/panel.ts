import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator } from '@jupyterlab/translation';
import { refreshIcon } from '@jupyterlab/ui-components';

import * as CommandIds from '../commandIds';
import { ITsmJobs, ITsmServices } from '../tokens';
import { commandsOf } from './command';
import { tsmIcon } from './icons';
import { Later } from './later';
import { wordsOf } from './words';

const ID = 'pz-tsm:panel';

/** The sidebar. */
export const panel: JupyterFrontEndPlugin<void> = {
  id: ID,
  description: 'The sidebar: catalogues, recipes, jobs, account.',
  autoStart: true,
  requires: [ITsmServices, ITsmJobs],
  optional: [ITranslator, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    services: ITsmServices,
    jobs: ITsmJobs,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null
  ): void => {
    const trans = wordsOf(translator);
    const addCommand = commandsOf(app, trans);
    const { shell } = app;
    const widget = new Later(async () => {
      const { makePanel } = await import('./later/panel');
      return makePanel({ app, services, jobs, trans, id: ID });
    }, trans);
    widget.id = 'tsm-panel';
    widget.title.icon = tsmIcon;
    widget.title.caption = trans.__('PZ Training Sets');
    widget.node.setAttribute('aria-label', widget.title.caption);
    shell.add(widget, 'left', { rank: 300, type: 'PZ Training Sets' });
    restorer?.add(widget, 'tsm-panel');

    addCommand(CommandIds.showPanel, {
      label: trans.__('PZ Catalogues and Recipes'),
      caption: trans.__('Show the sidebar with catalogues, recipes and jobs'),
      icon: tsmIcon,
      execute: () => shell.activateById(widget.id)
    });
    addCommand(CommandIds.refreshPanel, {
      label: trans.__('Look Again for Catalogues, Recipes and Jobs'),
      caption: trans.__('Ask the servers again'),
      icon: refreshIcon,
      execute: async () => (await widget.fill()).refresh()
    });
  }
};
