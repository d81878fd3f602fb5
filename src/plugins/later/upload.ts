import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { type FileBrowser, IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { Contents } from '@jupyterlab/services';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import { fileUploadIcon } from '@jupyterlab/ui-components';
import { UUID } from '@lumino/coreutils';

import { type IServices, ROLE } from '../../api';
import * as CommandIds from '../../commandIds';
import {
  emptyDraft,
  type IDraft,
  type IDraftKeeper,
  isDraft,
  type IUploadBackend,
  UploadModel,
  UploadWidget
} from '../../panel/upload';
import type { ITsmServices } from '../../tokens';
import { chooseFiles, chooseFolder } from './dialog';
import { markdownOf } from './markdown';
import { pageOf, show } from './page';
import { Places } from './places';
import { asksServer } from './server';

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
  /** A product whose upload was begun and not finished. */
  readonly product?: number;
  /** What the product of a file is called, and what it is, in Markdown; what it says itself, if left out. */
  readonly name?: string;
  readonly description?: string;
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
    const draft = await this._begun(args);
    const open = tracker.find(page => {
      const model = page.content.props.model;
      return (
        model.state !== 'done' &&
        (draft
          ? [model.draft.id, model.draft.product ?? ''].includes(draft.id)
          : contents !== null && page.title.caption === contents)
      );
    });
    const page = show(app, open ?? this._make(draft?.id ?? UUID.uuid4(), contents ?? ''));
    if (!open) {
      const { model } = page.content.props;
      void model.load();
      if (draft) {
        void model.resume(draft);
      } else if (contents !== null) {
        const { name, description } = args;
        void model.begin(contents).then(() => {
          if (name || description) {
            model.setWhat({ ...(name ? { name } : {}), ...(description ? { description } : {}) });
          }
        });
      }
    }
    return page;
  }

  /** What is gone on with: what was kept of it here or, of a product that was begun elsewhere, what it says. */
  private async _begun({ draft, product }: IUploadArgs): Promise<IDraft | undefined> {
    if (draft === undefined && product === undefined) {
      return undefined;
    }
    const kept = await this._keeper.list();
    if (product === undefined) {
      return kept.find(one => one.id === draft);
    }
    const { local, pz } = this._options.services;
    const { url } = await asksServer(local)();
    const { displayName: name, type, releaseId, pzCode, description } = await pz.product(product);
    return (
      kept.find(one => one.product === product && one.server === url) ?? {
        ...emptyDraft(UUID.uuid4(), url),
        product,
        what: { name, type, releaseId, pzCode: pzCode ?? '', description }
      }
    );
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
        chooseFolder: () => void this._chooseFolder(model),
        openProduct: product => void app.commands.execute(CommandIds.openProduct, { product }),
        explore: path => void app.commands.execute(CommandIds.openTable, { contents: path })
      }
    });
    const label = trans.__('Upload');
    const page = pageOf(`tsm-upload-${id}`, content, { label, caption, icon: fileUploadIcon });
    model.changed.connect(() => {
      const name = model.product?.displayName ?? model.draft.what.name;
      page.title.label = name === '' ? label : trans.__('Upload %1', name);
    });
    model.finished.connect(() => void app.commands.execute(CommandIds.refreshPanel));
    void tracker.add(page);
    return page;
  }

  private async _choose(model: UploadModel, role: number): Promise<void> {
    const { browser, manager, translator, trans } = this._options;
    const title = role === ROLE.main ? trans.__('Choose the main file') : trans.__('Attach files');
    const paths = await chooseFiles({ manager, title, translator, folder: browser?.model.path });
    if (role === ROLE.main && paths.length > 0 && model.draft.files.length === 0) {
      await model.begin(paths[0]);
    } else if (paths.length > 0) {
      await model.add(role === ROLE.main ? paths.slice(0, 1) : paths, role);
    }
  }

  private async _chooseFolder(model: UploadModel): Promise<void> {
    const { browser, manager, translator, trans } = this._options;
    const title = trans.__('Choose the folder of a HATS catalogue');
    const path = await chooseFolder({ manager, title, translator, folder: browser?.model.path });
    if (path !== null) {
      await model.begin(path);
    }
  }

  private _backend(): IUploadBackend {
    const { services, app } = this._options;
    const { local, pz } = services;
    const { contents } = app.serviceManager;
    return {
      ...pz,
      server: asksServer(local),
      info: path => local.table({ contents: path }).info(),
      propose: async path => (await local.table({ contents: path }).propose!({})).roles,
      proposeByNames: names => local.proposeByNames(names),
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
