import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import type { MainAreaWidget } from '@jupyterlab/apputils';
import { ITranslator } from '@jupyterlab/translation';

import * as CommandIds from '../commandIds';
import type { ProcessesWidget } from '../panel/processes';
import { ITsmJobs, ITsmServices } from '../tokens';
import { commandsOf } from './command';
import { once } from './later';
import { tabsOf } from './tabs';
import { wordsOf } from './words';

/** Processes of the PZ Server: a new one, all of them, each. What their commands do is in later/processes.ts. */
export const processes: JupyterFrontEndPlugin<void> = {
  id: 'pz-tsm:processes',
  description: 'Runs processes of the PZ Server and follows them.',
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
    const tracker = tabsOf<MainAreaWidget<ProcessesWidget>>(
      restorer,
      'tsm-processes',
      CommandIds.openProcess,
      ({ content }) => content.place
    );
    const part = once(async () =>
      (await import('./later/processes')).makeProcesses({ app, services, jobs, translator, trans, tracker })
    );
    addCommand(CommandIds.newProcess, {
      label: trans.__('New PZ Server Process'),
      execute: async args => (await part()).create(args)
    });
    addCommand(CommandIds.openProcess, {
      label: trans.__('PZ Server Processes'),
      execute: async args => (await part()).openPlace(args)
    });
  }
};
