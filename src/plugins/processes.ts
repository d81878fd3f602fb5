import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { type MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import * as CommandIds from '../commandIds';
import type { ProcessesWidget } from '../panel/processes';
import { ITsmJobs, ITsmServices } from '../tokens';
import { commandsOf } from './command';
import { once } from './later';

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
    const trans = (translator ?? nullTranslator).load('tsm');
    const addCommand = commandsOf(app, trans);
    const tracker = new WidgetTracker<MainAreaWidget<ProcessesWidget>>({ namespace: 'tsm-processes' });
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
    void restorer?.restore(tracker, {
      command: CommandIds.openProcess,
      args: ({ content }) => content.place,
      name: ({ id }) => id
    });
  }
};
