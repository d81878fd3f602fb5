import {
  ILabShell,
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import type { MainAreaWidget } from '@jupyterlab/apputils';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { IRunningSessionManagers } from '@jupyterlab/running';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator } from '@jupyterlab/translation';

import * as CommandIds from '../commandIds';
import type { JobWidget } from '../jobs';
import { ITsmJobs, ITsmServices } from '../tokens';
import { commandsOf } from './command';
import { jobIcon } from './icons';
import { once } from './later';
import { tabsOf } from './tabs';
import { wordsOf } from './words';

const ID = 'pz-tsm:jobs';

/** Kept by the browser while a job is going on, so that its end is told after a reload too. */
const GOING = 'pz-tsm:job-going';

/** The list of jobs, a document for each, and a word when one ends. */
export const jobs: JupyterFrontEndPlugin<ITsmJobs> = {
  id: ID,
  description: 'Follows runs of recipes and processes of the PZ Server.',
  autoStart: true,
  provides: ITsmJobs,
  requires: [ITsmServices],
  optional: [
    ITranslator,
    ILayoutRestorer,
    ILabShell,
    IDefaultFileBrowser,
    IRunningSessionManagers,
    ISettingRegistry
  ],
  activate: (
    app: JupyterFrontEnd,
    services: ITsmServices,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    labShell: ILabShell | null,
    browser: IDefaultFileBrowser | null,
    running: IRunningSessionManagers | null,
    settings: ISettingRegistry | null
  ): ITsmJobs => {
    const trans = wordsOf(translator);
    const addCommand = commandsOf(app, trans);
    const tracker = tabsOf<MainAreaWidget<JobWidget>>(
      restorer,
      'tsm-jobs',
      CommandIds.openJob,
      ({ content: { key } }) => ({ key })
    );
    const load = once(async () => {
      const [{ JobsPart }, loaded] = await Promise.all([import('./later/jobs'), services.load()]);
      return new JobsPart({
        ...{ app, tracker, trans, labShell, browser, running, settings },
        services: loaded,
        id: ID,
        going: GOING
      });
    });

    addCommand(CommandIds.openJob, {
      label: trans.__('Open Job'),
      icon: jobIcon,
      execute: async args => (await load()).open(args.key as string)
    });
    addCommand(CommandIds.stopJob, {
      label: trans.__('Stop Job'),
      execute: async args => (await load()).stop(args.key as string)
    });
    addCommand(CommandIds.openFolder, {
      label: trans.__('Show in File Browser'),
      execute: async args => (await load()).openFolder(args.file as string)
    });
    void app.restored.then(async () => localStorage.getItem(GOING) && (await load())).catch(() => undefined);
    return { load: async () => (await load()).model };
  }
};
