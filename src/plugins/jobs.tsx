import {
  ILabShell,
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { MainAreaWidget, Notification, WidgetTracker } from '@jupyterlab/apputils';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { IRunningSessionManagers } from '@jupyterlab/running';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIds } from '../commandIds';
import { JobDetail, JobsModel, JobWidget } from '../jobs';
import { type IJob, IJobs, ITsmServices } from '../tokens';
import { jobIcon } from './icons';
import { Places } from './places';
import { addRunning } from './running';
import { onSettings } from './settings';

const ID = 'pz-tsm:jobs';

/** The list of jobs, a document for each, and a word when one ends. */
export const jobs: JupyterFrontEndPlugin<IJobs> = {
  id: ID,
  description: 'Follows runs of recipes and processes of the PZ Server.',
  autoStart: true,
  provides: IJobs,
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
  ): IJobs => {
    const trans = (translator ?? nullTranslator).load('tsm');
    const { commands, shell } = app;
    const { local, pz } = services;
    const places = new Places(services);
    const failed = (message: string) => void Notification.error(message, { autoClose: false });
    const model = new JobsModel({
      backend: {
        runs: signal => local.runs(signal),
        stopRun: id => local.stopRun(id),
        processes: signal => pz.processes(signal),
        stopProcess: id => pz.stopProcess(id)
      }
    });
    const tracker = new WidgetTracker<MainAreaWidget<JobWidget>>({ namespace: 'tsm-jobs' });

    const openFolder = async (folder: string) => {
      const path = await places.contentsOf(folder);
      if (path === null || !browser) {
        failed(trans.__('The bundle lies outside the file browser’s folder: %1', folder));
        return;
      }
      await browser.model.cd(`/${path}`);
      labShell?.activateById(browser.id);
    };

    const open = (key: string) => {
      let widget = tracker.find(other => other.content.key === key);
      if (!widget) {
        const content = new JobWidget({
          model: new JobDetail(key, model, {
            runLog: (id, signal) => local.runLog(id, signal),
            processLog: (id, signal) => pz.processLog(id, signal)
          }),
          trans,
          actions: {
            openTable: file => void commands.execute(CommandIds.openTable, { file }),
            openProduct: product => void commands.execute(CommandIds.openTable, { product }),
            openRecipe: path => void commands.execute('docmanager:open', { path }),
            openFolder: folder => void commands.execute(CommandIds.openFolder, { file: folder }),
            failed
          }
        });
        widget = new MainAreaWidget({ content });
        widget.toolbar.hide();
        widget.id = `tsm-job-${key.replace(/\W/g, '-')}`;
        widget.title.label = model.job(key)?.name ?? trans.__('Job');
        widget.title.icon = jobIcon;
        widget.title.closable = true;
        const { title } = widget;
        const name = () => (title.label = model.job(key)?.name ?? title.label);
        model.changed.connect(name);
        widget.disposed.connect(() => model.changed.disconnect(name));
        void tracker.add(widget);
      }
      if (!widget.isAttached) {
        shell.add(widget, 'main');
      }
      shell.activateById(widget.id);
      return widget;
    };

    commands.addCommand(CommandIds.openJob, {
      label: trans.__('Open Job'),
      caption: trans.__('Show the progress, log and result of a job'),
      icon: jobIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: { key: { type: 'string', description: trans.__('run:ID or process:ID') } },
          required: ['key']
        }
      },
      execute: args => open(args.key as string)
    });
    commands.addCommand(CommandIds.stopJob, {
      label: trans.__('Stop Job'),
      caption: trans.__('Stop a job that is going on'),
      describedBy: {
        args: {
          type: 'object',
          properties: { key: { type: 'string', description: trans.__('run:ID or process:ID') } },
          required: ['key']
        }
      },
      execute: args => model.stop(args.key as string).catch((error: Error) => failed(error.message))
    });
    commands.addCommand(CommandIds.openFolder, {
      label: trans.__('Show in File Browser'),
      caption: trans.__('Show a folder of the server in the file browser'),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            file: { type: 'string', description: trans.__('Path of a folder on the server’s disk') }
          },
          required: ['file']
        }
      },
      execute: args => openFolder(args.file as string).catch((error: Error) => failed(error.message))
    });

    void restorer?.restore(tracker, {
      command: CommandIds.openJob,
      args: widget => ({ key: widget.content.key }),
      name: widget => widget.content.key
    });
    if (running) {
      addRunning(running, model, trans, job => void open(job.key));
    }

    let notify = true;
    onSettings(app, settings, ID, loaded => {
      notify = loaded.get('notify').composite as boolean;
    });
    model.ended.connect((_, job) => {
      if (notify && job.state !== 'stopped') {
        say(job);
      }
    });
    const say = (job: IJob) => {
      const actions = [{ label: trans.__('Show'), callback: () => void open(job.key) }];
      if (job.state === 'done') {
        Notification.success(trans.__('%1 is done.', job.name), { actions, autoClose: 8000 });
      } else {
        Notification.error(trans.__('%1 failed.', job.name), { actions, autoClose: false });
      }
    };
    return model;
  }
};
