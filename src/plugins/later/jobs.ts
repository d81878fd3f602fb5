import type { ILabShell, JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget, Notification, type WidgetTracker } from '@jupyterlab/apputils';
import type { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import type { IRunningSessions } from '@jupyterlab/running';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Toolbar } from '@jupyterlab/ui-components';
import type { Signal } from '@lumino/signaling';

import type { IServices } from '../../api';
import * as CommandIds from '../../commandIds';
import { isActive, JobDetail, JobsModel, JobWidget } from '../../jobs';
import type { IJob } from '../../tokens';
import { jobIcon } from '../icons';
import { Places } from './places';
import { onSettings } from './settings';

export interface IJobsPartOptions {
  readonly app: JupyterFrontEnd;
  readonly services: IServices;
  readonly tracker: WidgetTracker<MainAreaWidget<JobWidget>>;
  readonly trans: TranslationBundle;
  readonly labShell: ILabShell | null;
  readonly browser: IDefaultFileBrowser | null;
  readonly settings: ISettingRegistry | null;
  /** Emitted when `running()` has changed. */
  readonly runningChanged: Signal<object, void>;
  /** Id of the plugin. */
  readonly id: string;
  /** What the browser keeps while a job is going on. */
  readonly going: string;
}

/** What the jobs plugin does once a job is of interest. */
export class JobsPart {
  constructor(private readonly _options: IJobsPartOptions) {
    const { going, id, runningChanged, services, settings } = _options;
    const { local, pz } = services;
    this._places = new Places(local);
    this.model = new JobsModel({
      backend: {
        runs: signal => local.runs(signal),
        stopRun: run => local.stopRun(run),
        processes: signal => pz.processes(signal),
        stopProcess: process => pz.stopProcess(process)
      }
    });
    this.model.changed.connect(() => {
      runningChanged.emit();
      if (this.model.jobs.some(isActive)) {
        localStorage.setItem(going, 'yes');
      } else {
        localStorage.removeItem(going);
      }
    });
    this.model.ended.connect((_, job) => this._say(job));
    void onSettings(settings, id, loaded => {
      this._notify = loaded.get('notify').composite as boolean;
    });
  }

  readonly model: JobsModel;

  open(key: string): MainAreaWidget<JobWidget> {
    const { app, tracker } = this._options;
    const widget = tracker.find(other => other.content.key === key) ?? this._make(key);
    if (!widget.isAttached) {
      app.shell.add(widget, 'main');
    }
    app.shell.activateById(widget.id);
    return widget;
  }

  stop(key: string): Promise<void> {
    return this.model.stop(key).catch((error: Error) => failed(error.message));
  }

  async openFolder(folder: string): Promise<void> {
    const { browser, labShell, trans } = this._options;
    try {
      const path = await this._places.contentsOf(folder);
      if (path === null || !browser) {
        failed(trans.__('The bundle lies outside the file browser’s folder: %1', folder));
        return;
      }
      await browser.model.cd(`/${path}`);
      labShell?.activateById(browser.id);
    } catch (error) {
      failed((error as Error).message);
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
        openProduct: product => void commands.execute(CommandIds.openTable, { product }),
        openRecipe: path => void commands.execute('docmanager:open', { path }),
        openFolder: folder => void this.openFolder(folder),
        failed
      }
    });
    const widget = new MainAreaWidget({ content, toolbar: new Toolbar() });
    widget.toolbar.hide();
    widget.id = `tsm-job-${key.replace(/\W/g, '-')}`;
    const { title } = widget;
    title.label = model.job(key)?.name ?? trans.__('Job');
    title.icon = jobIcon;
    title.closable = true;
    const name = () => (title.label = model.job(key)?.name ?? title.label);
    model.changed.connect(name);
    widget.disposed.connect(() => model.changed.disconnect(name));
    void tracker.add(widget);
    return widget;
  }

  private _say(job: IJob): void {
    if (!this._notify || job.state === 'stopped') {
      return;
    }
    const { trans } = this._options;
    const actions = [{ label: trans.__('Show'), callback: () => void this.open(job.key) }];
    if (job.state === 'done') {
      Notification.success(trans.__('%1 is done.', job.name), { actions, autoClose: 8000 });
    } else {
      Notification.error(trans.__('%1 failed.', job.name), { actions, autoClose: false });
    }
  }

  private readonly _places: Places;
  private _notify = true;
}

function failed(message: string): void {
  Notification.error(message, { autoClose: false });
}
