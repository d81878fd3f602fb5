import type { ILabShell, JupyterFrontEnd } from '@jupyterlab/application';
import { Clipboard, type MainAreaWidget, Notification, type WidgetTracker } from '@jupyterlab/apputils';
import type { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import type { IRunningSessionManagers, IRunningSessions } from '@jupyterlab/running';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import type { IServices } from '../../api';
import * as CommandIds from '../../commandIds';
import {
  aloneInBrowser,
  citationsOf,
  FEW,
  isActive,
  JobDetail,
  JobsModel,
  JobWidget,
  newsOf,
  pythonOf,
  summaryOf,
  Teller
} from '../../jobs';
import type { IJob } from '../../tokens';
import { jobIcon } from '../icons';
import { failed } from './failed';
import { pageOf, show } from './page';
import { Places } from './places';
import { openRegistered } from './registered';
import { onSettings } from './settings';

export interface IJobsPartOptions {
  readonly app: JupyterFrontEnd;
  readonly services: IServices;
  readonly tracker: WidgetTracker<MainAreaWidget<JobWidget>>;
  readonly trans: TranslationBundle;
  readonly labShell: ILabShell | null;
  readonly browser: IDefaultFileBrowser | null;
  readonly settings: ISettingRegistry | null;
  readonly running: IRunningSessionManagers | null;
  /** Id of the plugin. */
  readonly id: string;
  /** What the browser keeps while a job is going on. */
  readonly going: string;
}

/** What the jobs plugin does once a job is of interest. */
export class JobsPart {
  constructor(private readonly _options: IJobsPartOptions) {
    const { going, id, running, services, settings, trans } = _options;
    const { local, pz, registry } = services;
    this._places = new Places(local);
    this.model = new JobsModel({
      backend: {
        runs: signal => local.runs(signal),
        stopRun: run => local.stopRun(run),
        retryRun: run => local.retryRun(run),
        processes: signal => pz.processes(signal),
        stopProcess: process => pz.stopProcess(process),
        downloads: signal => registry.downloads(signal),
        stopDownload: download => registry.stopDownload(download)
      }
    });
    const runningChanged = new Signal<object, void>(this);
    running?.add({
      name: trans.__('Training set jobs'),
      running: () => this.running(),
      refreshRunning: () => void this.model.refresh(),
      runningChanged,
      shutdownAll: () => this.stopAll(),
      shutdownLabel: trans.__('Stop'),
      shutdownAllLabel: trans.__('Stop all'),
      shutdownAllConfirmationText: trans.__('Stop all jobs that are yours?')
    });
    this.model.changed.connect(() => {
      runningChanged.emit();
      if (this.model.jobs.some(isActive)) {
        localStorage.setItem(going, 'yes');
      } else if (this.model.troubles.length === 0) {
        localStorage.removeItem(going);
      }
    });
    const teller = {
      jobs: this.model,
      runs: () => local.runs(),
      told: (run: string) => local.toldRun(run),
      tell: (ended: readonly IJob[], late: boolean) => this._tell(ended, late),
      alone: aloneInBrowser
    };
    void onSettings(settings, id, loaded => {
      this._notify = loaded.get('notify').composite as boolean;
    }).then(() => new Teller(teller)); // not before it is known whether the user wants to be told
  }

  readonly model: JobsModel;

  open(key: string): MainAreaWidget<JobWidget> | Promise<unknown> {
    const { app, tracker } = this._options;
    if (key.startsWith('process:')) {
      return app.commands.execute(CommandIds.openProcess, { process: Number(key.slice('process:'.length)) });
    }
    const entry = this.model.job(key)?.entry;
    if (entry !== undefined) {
      return app.commands.execute(CommandIds.publicCatalogues, { entry });
    }
    const widget = tracker.find(other => other.content.key === key) ?? this._make(key);
    return show(app, widget);
  }

  stop(key: string): Promise<void> {
    return this.model.stop(key).catch(failed);
  }

  async openFolder(folder: string): Promise<void> {
    const { browser, labShell, trans } = this._options;
    try {
      const path = await this._places.contentsOf(folder);
      if (path === null || !browser) {
        throw new Error(trans.__('The bundle lies outside the file browser’s folder: %1', folder));
      }
      await browser.model.cd(`/${path}`);
      labShell?.activateById(browser.id);
    } catch (error) {
      failed(error);
    }
  }

  /** Jobs that are going on, for JupyterLab's list of what runs. */
  running(): IRunningSessions.IRunningItem[] {
    return this.model.jobs.filter(isActive).map(job => ({
      icon: () => jobIcon,
      label: () => job.name,
      labelTitle: () => job.stage,
      open: () => void this.open(job.key),
      shutdown: job.canStop ? () => void this.stop(job.key) : undefined
    }));
  }

  /** Stop all jobs that are going on and may be stopped. */
  stopAll(): void {
    for (const job of this.model.jobs.filter(one => isActive(one) && one.canStop)) {
      void this.stop(job.key);
    }
  }

  private _make(key: string): MainAreaWidget<JobWidget> {
    const { model } = this;
    const { app, services, tracker, trans } = this._options;
    const { commands } = app;
    const { local, pz } = services;
    const content = new JobWidget({
      model: new JobDetail(key, model, {
        runLog: (id, signal) => local.runLog(id, signal),
        processLog: (id, signal) => pz.processLog(id, signal)
      }),
      trans,
      actions: {
        openTable: file => void commands.execute(CommandIds.openTable, { file }),
        openProduct: product => void commands.execute(CommandIds.openProduct, { product }),
        openRegistered: run => void openRegistered(commands, services, run).catch(failed),
        copy: (text, said) => this._copy(text, said),
        openRecipe: path => void commands.execute('docmanager:open', { path }),
        openFolder: folder => void this.openFolder(folder),
        failed: message => failed({ message })
      }
    });
    const label = model.job(key)?.name ?? trans.__('Job');
    const widget = pageOf(`tsm-job-${key.replace(/\W/g, '-')}`, content, { label, icon: jobIcon });
    const { title } = widget;
    const name = () => (title.label = model.job(key)?.name ?? title.label);
    model.changed.connect(name);
    widget.disposed.connect(() => model.changed.disconnect(name));
    void tracker.add(widget);
    return widget;
  }

  private _tell(ended: readonly IJob[], late: boolean): void {
    const { app, trans } = this._options;
    if (ended.some(job => job.registered || job.product !== null)) {
      app.commands.execute(CommandIds.refreshPanel).catch(() => undefined); // there is a product more
    }
    if (!this._notify) {
      return;
    }
    if (ended.length > FEW) {
      const { kind, message } = summaryOf(ended, trans);
      const callback = () => void app.commands.execute(CommandIds.showPanel);
      Notification.emit(message, kind, {
        actions: [{ label: trans.__('Show jobs'), callback }],
        autoClose: false
      });
      return;
    }
    for (const job of ended) {
      const { kind, message } = newsOf(job, trans);
      const autoClose = job.state === 'done' && !late ? 60000 : false;
      Notification.emit(message, kind, { actions: this._actions(job), autoClose });
    }
  }

  private _actions(job: IJob): Notification.IAction[] {
    const { app, trans } = this._options;
    const run = this.model.run(job.key);
    const table = run?.result?.tables[0];
    if (job.state !== 'done' || !run || !table) {
      const logged = job.state === 'failed' && job.kind !== 'download';
      const label = logged ? trans.__('Show log') : trans.__('Show');
      return [{ label, callback: () => void this.open(job.key) }];
    }
    const copied = (label: string, text: string, said: string): Notification.IAction => ({
      label,
      callback: event => {
        event.preventDefault(); // the others may be wanted too
        this._copy(text, said);
      }
    });
    const actions: Notification.IAction[] = [
      {
        label: trans.__('Open'),
        displayType: 'accent',
        callback: () => void app.commands.execute(CommandIds.openTable, { file: table.path })
      },
      copied(trans.__('Copy Python'), pythonOf(run), trans.__('Python that reads the table is copied.'))
    ];
    const citations = citationsOf(run);
    if (citations) {
      actions.push(copied(trans.__('Cite'), citations, trans.__('The citations are copied.')));
    }
    return actions;
  }

  private _copy(text: string, said: string): void {
    Clipboard.copyToSystem(text);
    Notification.success(said, { autoClose: 3000 });
  }

  private readonly _places: Places;
  private _notify = true;
}
