import type { JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget, type WidgetTracker } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { FileDialog, type FileBrowser, IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { Contents } from '@jupyterlab/services';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import { fileUploadIcon, Toolbar } from '@jupyterlab/ui-components';
import { UUID } from '@lumino/coreutils';

import { type IServices, ROLE } from '../../api';
import * as CommandIds from '../../commandIds';
import {
  type IDraftKeeper,
  isDraft,
  type IUploadBackend,
  UploadModel,
  UploadWidget
} from '../../panel/upload';
import type { ITsmServices } from '../../tokens';
import { markdownOf } from './markdown';
import { Places } from './places';

type Page = MainAreaWidget<UploadWidget>;

interface IOptions {
  readonly app: JupyterFrontEnd;
  readonly translator: ITranslator | null;
  readonly trans: TranslationBundle;
  readonly tracker: WidgetTracker<Page>;
}

interface IUploadsOptions extends IOptions {
  readonly services: IServices;
  readonly manager: IDocumentManager | null;
  readonly browser: FileBrowser | null;
  readonly rendermime: IRenderMimeRegistry | null;
}

export interface IUploadArgs {
  /** A file or a bundle's folder, in the file browser, or on the server's disk. */
  readonly contents?: string;
  readonly file?: string;
  /** What was begun earlier. */
  readonly draft?: string;
}

export async function makeUploads(
  options: IOptions & { readonly services: ITsmServices }
): Promise<UploadPages> {
  const { app, services } = options;
  const [loaded, manager, browser, rendermime] = await Promise.all([
    services.load(),
    app.resolveOptionalService(IDocumentManager),
    app.resolveOptionalService(IDefaultFileBrowser),
    app.resolveOptionalService(IRenderMimeRegistry)
  ]);
  return new UploadPages({ ...options, services: loaded, manager, browser, rendermime });
}

/** Pages on which products are made. */
export class UploadPages {
  constructor(private readonly _options: IUploadsOptions) {
    this._keeper = keeperOf(_options.services);
  }

  /** A page for a file or a bundle, for what was begun earlier, or an empty one. */
  async open(args: IUploadArgs = {}): Promise<Page> {
    const { app, tracker, services } = this._options;
    const contents =
      args.contents ?? (args.file ? await new Places(services.local).contentsOf(args.file) : null);
    const draft = args.draft ? (await this._keeper.list()).find(one => one.id === args.draft) : undefined;
    const open = tracker.find(page => {
      const model = page.content.props.model;
      return (
        model.state !== 'done' &&
        (draft ? model.draft.id === draft.id : contents !== null && page.title.caption === contents)
      );
    });
    const page = open ?? this._make(draft?.id ?? UUID.uuid4(), contents ?? '');
    if (!page.isAttached) {
      app.shell.add(page, 'main');
    }
    app.shell.activateById(page.id);
    if (!open) {
      const { model } = page.content.props;
      void model.load();
      if (draft) {
        void model.resume(draft);
      } else if (contents !== null) {
        void model.begin(contents);
      }
    }
    return page;
  }

  private _make(id: string, caption: string): Page {
    const { app, tracker, trans, rendermime } = this._options;
    const model = new UploadModel({ backend: this._backend(), keeper: this._keeper, trans, id });
    const content = new UploadWidget({
      model,
      trans,
      Markdown: markdownOf(rendermime),
      actions: {
        choose: role => void this._choose(model, role),
        openProduct: product => void app.commands.execute(CommandIds.openProduct, { product }),
        explore: path => void app.commands.execute(CommandIds.openTable, { contents: path })
      }
    });
    const page: Page = new MainAreaWidget({ content, toolbar: new Toolbar() });
    page.toolbar.hide();
    page.id = `tsm-upload-${id}`;
    Object.assign(page.title, { label: trans.__('Upload'), caption, icon: fileUploadIcon, closable: true });
    model.changed.connect(() => {
      const name = model.product?.displayName ?? model.draft.what.name;
      page.title.label = name === '' ? trans.__('Upload') : trans.__('Upload %1', name);
    });
    model.finished.connect(() => void app.commands.execute(CommandIds.refreshPanel));
    void tracker.add(page);
    return page;
  }

  private async _choose(model: UploadModel, role: number): Promise<void> {
    const { browser, manager, translator, trans } = this._options;
    if (manager === null) {
      return;
    }
    const { button, value } = await FileDialog.getOpenFiles({
      manager,
      title: role === ROLE.main ? trans.__('Choose the main file') : trans.__('Attach files'),
      defaultPath: browser?.model.path,
      translator: translator ?? undefined
    });
    const chosen = button.accept ? (value ?? []).filter(({ type }) => type !== 'directory') : [];
    const paths = chosen.map(({ path }) => path);
    if (role === ROLE.main && paths.length > 0 && model.draft.files.length === 0) {
      await model.begin(paths[0]);
    } else if (paths.length > 0) {
      await model.add(role === ROLE.main ? paths.slice(0, 1) : paths, role);
    }
  }

  private _backend(): IUploadBackend {
    const { services, app } = this._options;
    const { local, pz } = services;
    const { contents } = app.serviceManager;
    return {
      ...pz,
      server: async signal => {
        const { url, name, kind } = (await local.config(signal)).pzserver;
        return { url, name, kind: kind ?? (url ? 'other' : 'engine') };
      },
      info: path => local.table({ contents: path }).info(),
      export: (path, request, signal) => local.table({ contents: path }).export!(request, signal),
      look: async path => asEntry(await contents.get(path, { content: false })),
      list: async folder => {
        const { content } = await contents.get(folder, { content: true });
        return ((content ?? []) as Contents.IModel[]).map(asEntry);
      },
      text: async path => String((await contents.get(path, { type: 'file', format: 'text' })).content)
    };
  }

  private readonly _keeper: IDraftKeeper;
}

function asEntry({ path, name, type, size }: Contents.IModel) {
  return { path, name, isFolder: type === 'directory', size: size ?? null };
}

function keeperOf({ pz }: IServices): IDraftKeeper {
  return {
    list: async () => (await pz.uploadDrafts()).filter(isDraft),
    save: draft => pz.keepUploadDraft(draft),
    remove: id => pz.forgetUploadDraft(id)
  };
}
