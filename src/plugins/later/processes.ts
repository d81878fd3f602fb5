import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Clipboard, type MainAreaWidget, Notification, type WidgetTracker } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { type FileBrowser, IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import type { IServices } from '../../api';
import * as CommandIds from '../../commandIds';
import type { ProcessesWidget } from '../../panel/processes';
import {
  NewProcessModel,
  NewProcessWidget,
  type Place,
  ProcessesModel,
  ProcessListWidget,
  ProcessModel,
  ProcessWidget
} from '../../panel/processes';
import type { IJobs, ITsmJobs, ITsmServices } from '../../tokens';
import { jobIcon } from '../icons';
import { chooseFiles } from './dialog';
import { pageOf, show } from './page';
import { drafts, listKeeper } from './processState';
import { asksServer } from './server';

type Page = MainAreaWidget<ProcessesWidget>;

interface IOptions {
  readonly app: JupyterFrontEnd;
  readonly translator: ITranslator | null;
  readonly trans: TranslationBundle;
  readonly tracker: WidgetTracker<Page>;
}

interface IPagesOptions extends IOptions {
  readonly services: IServices;
  readonly jobs: IJobs;
  readonly manager: IDocumentManager | null;
  readonly browser: FileBrowser | null;
}

/** The pages, with what they need of JupyterLab: it is asked for when the first is opened. */
export async function makeProcesses(
  options: IOptions & { readonly services: ITsmServices; readonly jobs: ITsmJobs }
): Promise<ProcessPages> {
  const { app, services, jobs } = options;
  const [loaded, list, manager, browser] = await Promise.all([
    services.load(),
    jobs.load(),
    app.resolveOptionalService(IDocumentManager),
    app.resolveOptionalService(IDefaultFileBrowser)
  ]);
  return new ProcessPages({ ...options, services: loaded, jobs: list, manager, browser });
}

export class ProcessPages {
  constructor(private readonly _options: IPagesOptions) {}

  open(place: Place): Page {
    const { app, tracker } = this._options;
    const id = idOf(place);
    const page = tracker.find(other => other.id === id) ?? this._make(place);
    return show(app, page);
  }

  /** What a command asks for: a process, the form, or the list. */
  openPlace(args: ReadonlyPartialJSONObject): Page {
    const { view, process } = args;
    if (view !== 'new' && typeof process === 'number') {
      return this.open({ view: 'process', process });
    }
    return this.open({ view: view === 'new' ? 'new' : 'list' });
  }

  /** The form; with what an earlier process was run with, a pipeline or an input, if these are given. */
  async create(args: ReadonlyPartialJSONObject): Promise<Page> {
    const { trans } = this._options;
    const page = this.open({ view: 'new' });
    const { model } = (page.content as NewProcessWidget).props;
    await this._loaded.get(model);
    if (typeof args.pipeline === 'string') {
      model.change({ pipeline: args.pipeline });
    }
    if (typeof args.product === 'number' && !model.draft.inputs.includes(args.product)) {
      const { inputs } = model.draft;
      model.change({ inputs: model.needsRelease ? [args.product] : [...inputs, args.product] });
    }
    if (typeof args.again === 'number') {
      await model.take(args.again, old => trans.__('%1, again', old));
    }
    return page;
  }

  private _make(place: Place): Page {
    const { tracker } = this._options;
    const content = this._content(place);
    const page = pageOf(idOf(place), content, { label: this._label(place), icon: jobIcon });
    if (content instanceof ProcessWidget) {
      const { model } = content.props;
      model.changed.connect(() => {
        page.title.label = model.process?.name ?? page.title.label;
      });
    }
    void tracker.add(page);
    return page;
  }

  private _label(place: Place): string {
    const { trans } = this._options;
    switch (place.view) {
      case 'new':
        return trans.__('New process');
      case 'list':
        return trans.__('Processes');
      default:
        return trans.__('Process %1', place.process);
    }
  }

  private _content(place: Place): ProcessesWidget {
    const { trans, jobs, app } = this._options;
    const { commands } = app;
    const { local, pz } = this._options.services;
    const server = asksServer(local);
    const openProduct = (product: number) => void commands.execute(CommandIds.openProduct, { product });
    const showProcesses = () => void this.open({ view: 'list' });
    const again = (process: number) => void this.create({ again: process });
    switch (place.view) {
      case 'new': {
        const model = new NewProcessModel({ backend: { ...pz, server }, drafts, trans });
        this._loaded.set(model, model.load());
        return new NewProcessWidget({
          model,
          trans,
          actions: {
            openProduct,
            showProcesses,
            chooseFlags: () => this._chooseFlags(),
            copy,
            started: process => {
              this.open({ view: 'process', process: process.id });
              void jobs.refresh();
            }
          }
        });
      }
      case 'list': {
        const open = (process: number) => void this.open({ view: 'process', process });
        return new ProcessListWidget({
          model: new ProcessesModel({ backend: { ...pz, server }, keeper: listKeeper }),
          trans,
          actions: { open, openProduct, again, create: () => void this.create({}) }
        });
      }
      default: {
        const model = new ProcessModel({ id: place.process, backend: { ...pz, server }, drafts });
        model.ended.connect(() => {
          void jobs.refresh();
          commands.execute(CommandIds.refreshPanel).catch(() => undefined); // there is a product more
        });
        return new ProcessWidget({
          model,
          trans,
          actions: { openProduct, showProcesses, again, copy }
        });
      }
    }
  }

  private async _chooseFlags(): Promise<string | null> {
    const { manager, browser, translator, trans } = this._options;
    const [path = null] = await chooseFiles({
      ...{ manager, translator, folder: browser?.model.path },
      title: trans.__('Choose a file of flag rules'),
      fits: name => /\.ya?ml$/i.test(name)
    });
    return path;
  }

  private readonly _loaded = new WeakMap<NewProcessModel, Promise<void>>();
}

function copy(text: string, said: string): void {
  Clipboard.copyToSystem(text);
  Notification.success(said, { autoClose: 3000 });
}

function idOf(place: Place): string {
  return place.view === 'process' ? `tsm-process-${place.process}` : `tsm-processes-${place.view}`;
}
