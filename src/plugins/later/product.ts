import type { JupyterFrontEnd } from '@jupyterlab/application';
import {
  Dialog,
  InputDialog,
  type MainAreaWidget,
  Notification,
  showDialog,
  type WidgetTracker
} from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { type FileBrowser, IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';

import { type IServices, ROLE } from '../../api';
import * as CommandIds from '../../commandIds';
import { type IProductActions, ProductModel, ProductWidget, sharedName } from '../../panel/product';
import { ITsmJobs, type ITsmServices } from '../../tokens';
import { tsmIcon } from '../icons';
import { chooseFiles } from './dialog';
import { failed } from './failed';
import { markdownOf } from './markdown';
import { pageOf, show } from './page';
import { asksServer } from './server';

type Page = MainAreaWidget<ProductWidget>;

interface IOptions {
  readonly app: JupyterFrontEnd;
  readonly translator: ITranslator | null;
  readonly trans: TranslationBundle;
  readonly tracker: WidgetTracker<Page>;
}

interface IProductsOptions extends IOptions {
  readonly services: IServices;
  readonly manager: IDocumentManager | null;
  readonly browser: FileBrowser | null;
  readonly rendermime: IRenderMimeRegistry | null;
}

/** The pages, with what they need of JupyterLab: all of it is asked for when the first page is opened. */
export async function makeProducts(
  options: IOptions & { readonly services: ITsmServices }
): Promise<ProductPages> {
  const { app, services } = options;
  const [loaded, manager, browser, rendermime, jobs] = await Promise.all([
    services.load(),
    app.resolveOptionalService(IDocumentManager),
    app.resolveOptionalService(IDefaultFileBrowser),
    app.resolveOptionalService(IRenderMimeRegistry),
    app.resolveOptionalService(ITsmJobs)
  ]);
  const pages = new ProductPages({ ...options, services: loaded, manager, browser, rendermime });
  void jobs?.load().then(list => list.ended.connect((_, job) => pages.look(job.product)));
  return pages;
}

/** Pages of products. */
export class ProductPages {
  constructor(private readonly _options: IProductsOptions) {
    this._markdown = markdownOf(_options.rendermime);
  }

  /** The page of a product by its id, its internal name or a link to it; asked for where none is given. */
  async open(which?: number | string): Promise<Page | undefined> {
    const { app, tracker } = this._options;
    try {
      const id = await this._idOf(which ?? (await this._ask()));
      if (id === null) {
        return undefined;
      }
      const page = tracker.find(other => other.content.product === id) ?? this._make(id);
      return show(app, page);
    } catch (error) {
      failed(error);
      return undefined;
    }
  }

  /** A product may be another one now: its page, if there is one, looks again. */
  look(product: number | null): void {
    void this._options.tracker.find(page => page.content.product === product)?.content.props.model.load();
  }

  private async _ask(): Promise<string | null> {
    const { trans } = this._options;
    const { value } = await InputDialog.getText({
      title: trans.__('Open a product'),
      label: trans.__('Its id, its name such as 12_goods_specz, or a link to it'),
      okLabel: trans.__('Open')
    });
    return value;
  }

  private async _idOf(which: number | string | null): Promise<number | null> {
    const text = sharedName(String(which ?? ''));
    if (text === '') {
      return null;
    }
    return /^\d+$/.test(text) ? Number(text) : (await this._options.services.pz.productNamed(text)).id;
  }

  private _make(id: number): Page {
    const { app, services, tracker, trans } = this._options;
    const { local, pz } = services;
    const model = new ProductModel({
      id,
      backend: {
        ...pz,
        describe: product => local.table({ product }).info(),
        server: asksServer(local)
      }
    });
    const content = new ProductWidget({
      model,
      trans,
      actions: this._actions(model),
      Markdown: this._markdown
    });
    const page = pageOf(`tsm-product-${id}`, content, { label: trans.__('Product %1', id), icon: tsmIcon });
    model.changed.connect(() => {
      const { displayName, internalName } = model.product.value ?? {};
      page.title.label = displayName ?? page.title.label;
      page.title.caption = internalName ?? '';
    });
    model.edited.connect(() => void app.commands.execute(CommandIds.refreshPanel));
    model.deleted.connect(() => page.dispose());
    void tracker.add(page);
    void model.load();
    return page;
  }

  private _actions(model: ProductModel): IProductActions {
    const { app, browser } = this._options;
    const { commands } = app;
    return {
      explore: product =>
        void commands.execute(CommandIds.openTable, { product: product.id, name: product.displayName }),
      useAsInput: product =>
        void commands.execute(CommandIds.addInput, {
          product: product.internalName,
          name: product.displayName
        }),
      open: product => void this.open(product.id),
      changes: (before, after) =>
        void commands.execute(CommandIds.compare, {
          a: { product: before.id, label: before.displayName },
          b: { product: after.id, label: after.displayName }
        }),
      resume: ({ id: product }) => void commands.execute(CommandIds.upload, { product }),
      openProcess: process => void commands.execute(CommandIds.openProcess, { process }),
      delete: () => void this._delete(model),
      attach: role => void this._attach(model, role).catch(failed),
      removeFile: (id, name) => void this._removeFile(model, id, name),
      // what a download fails with is said in the page
      download: main => void model.download(browser?.model.path ?? '', main).catch(() => undefined),
      reveal: path => {
        void browser?.model.refresh();
        void commands.execute('filebrowser:go-to-path', { path });
      }
    };
  }

  private async _delete(model: ProductModel): Promise<void> {
    const { trans } = this._options;
    const name = model.product.value?.displayName ?? '';
    const { button } = await showDialog({
      title: trans.__('Delete %1?', name),
      body: trans.__('Its files are removed from the server, for everybody. This can’t be undone.'),
      buttons: [
        Dialog.cancelButton(),
        Dialog.warnButton({ label: trans.__('Delete'), ariaLabel: trans.__('Delete the product') })
      ],
      defaultButton: 0
    });
    if (button.accept) {
      await model.delete().then(
        () => Notification.success(trans.__('%1 is deleted.', name), { autoClose: 4000 }),
        () => undefined // said in the page
      );
    }
  }

  private async _removeFile(model: ProductModel, id: number, name: string): Promise<void> {
    const { trans } = this._options;
    const { button } = await showDialog({
      title: trans.__('Remove %1?', name),
      body: trans.__('The file is removed from the server. This can’t be undone.'),
      buttons: [Dialog.cancelButton(), Dialog.warnButton({ label: trans.__('Remove') })],
      defaultButton: 0
    });
    if (button.accept) {
      await model.removeFile(id).catch(() => undefined); // said in the page
    }
  }

  private async _attach(model: ProductModel, role: number): Promise<void> {
    const { browser, manager, translator, trans } = this._options;
    const title = role === ROLE.description ? trans.__('Attach a description') : trans.__('Attach files');
    const chosen = await chooseFiles({ manager, title, translator, folder: browser?.model.path });
    const paths = chosen.slice(0, role === ROLE.description ? 1 : undefined);
    await model.attach(paths, role, name => trans.__('Sending %1 …', name)).catch(() => undefined);
  }

  private readonly _markdown: ReturnType<typeof markdownOf>;
}
