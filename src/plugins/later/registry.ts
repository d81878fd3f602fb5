import type { JupyterFrontEnd } from '@jupyterlab/application';
import { type MainAreaWidget, type WidgetTracker } from '@jupyterlab/apputils';
import { type FileBrowser, IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import type { IServices } from '../../api';
import * as CommandIds from '../../commandIds';
import {
  citationText,
  EntryModel,
  type IEntryActions,
  RegistryEntryWidget,
  RegistryListWidget,
  RegistryModel,
  type RegistryWidget
} from '../../panel/registry';
import { ITsmJobs, type ITsmServices } from '../../tokens';
import { tsmIcon } from '../icons';
import { once } from '../later';
import { failed } from './failed';
import { pageOf, show } from './page';
import { Places } from './places';

type Page = MainAreaWidget<RegistryWidget>;

interface IOptions {
  readonly app: JupyterFrontEnd;
  readonly trans: TranslationBundle;
  readonly tracker: WidgetTracker<Page>;
}

interface IPagesOptions extends IOptions {
  readonly services: IServices;
  readonly browser: FileBrowser | null;
  readonly jobs: ITsmJobs | null;
}

interface IAskedOptions extends IOptions {
  readonly services: ITsmServices;
}

let pages: (() => Promise<RegistryPages>) | null = null;

/** The page of a catalogue, or the list; the first one asks for what they need of JupyterLab. */
export async function openRegistry(
  { entry }: ReadonlyPartialJSONObject,
  options: IAskedOptions
): Promise<Page> {
  pages ??= once(() => made(options));
  return (await pages()).open(entry as string | undefined);
}

async function made(options: IAskedOptions): Promise<RegistryPages> {
  const [services, browser, jobs] = await Promise.all([
    options.services.load(),
    options.app.resolveOptionalService(IDefaultFileBrowser),
    options.app.resolveOptionalService(ITsmJobs)
  ]);
  return new RegistryPages({ ...options, services, browser, jobs });
}

/** Pages of the registry of public catalogues. */
export class RegistryPages {
  constructor(private readonly _options: IPagesOptions) {
    this._places = new Places(_options.services.local);
  }

  /** The page of a catalogue, or the list of all. */
  open(entry?: string): Page {
    const { app, tracker } = this._options;
    const page = tracker.find(other => other.content.entry === entry) ?? this._make(entry);
    return show(app, page);
  }

  private _make(entry: string | undefined): Page {
    const { tracker } = this._options;
    const page = entry === undefined ? this._list() : this._entry(entry);
    void tracker.add(page);
    return page;
  }

  private _list(): Page {
    const { services, trans } = this._options;
    const model = new RegistryModel(services.registry);
    const content = new RegistryListWidget({ model, trans, open: ({ id }) => void this.open(id) });
    void model.load();
    return pageOf<RegistryWidget>('tsm-registry', content, {
      label: trans.__('Public catalogues'),
      icon: tsmIcon
    });
  }

  private _entry(id: string): Page {
    const { services, trans } = this._options;
    const model = new EntryModel({ id, backend: services.registry });
    const content = new RegistryEntryWidget({ model, trans, actions: this._actions(model) });
    const page = pageOf<RegistryWidget>(`tsm-registry-${id}`, content, { label: id, icon: tsmIcon });
    model.changed.connect(() => (page.title.label = model.entry.value?.name ?? id));
    void model.load();
    return page;
  }

  private _actions(model: EntryModel): IEntryActions {
    const { app, browser, jobs, trans } = this._options;
    const { commands } = app;
    const shown = async (path: string) => (await this._places.contentsOf(path)) ?? '';
    return {
      preview: async () => {
        const previewed = await model.preview(trans.__('Fetching the first rows …'));
        if (previewed) {
          const { id, name } = previewed.table;
          await commands.execute(CommandIds.openTable, { table: id, name });
        }
      },
      addToRecipe: async () => {
        const found = await model.input(trans.__('Asking the service what its columns are called …'));
        if (found) {
          const source = found.input as ReadonlyPartialJSONObject;
          await commands.execute(CommandIds.addInput, { source, name: found.name });
        }
      },
      download: async () => {
        await model.download(browser?.model.path ?? '');
        await (await jobs?.load())?.refresh(); // it is one of them
      },
      reveal: path =>
        void shown(path).then(contents => {
          void browser?.model.refresh();
          return commands.execute('filebrowser:go-to-path', { path: contents });
        }, failed),
      explore: path =>
        void this._places
          .contentsOf(path)
          .then(contents =>
            commands.execute(CommandIds.openTable, contents === null ? { file: path } : { contents })
          )
          .catch(failed),
      register: path => {
        const { value: entry } = model.entry;
        const description = entry && `# ${entry.name}\n\n## How to cite\n\n${citationText(entry)}\n`;
        void commands.execute(CommandIds.upload, { file: path, name: entry?.name ?? '', description });
      }
    };
  }

  private readonly _places: Places;
}
