import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Clipboard, Notification } from '@jupyterlab/apputils';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Menu } from '@lumino/widgets';
import { createElement } from 'react';

import * as CommandIds from '../../commandIds';
import { JobList } from '../../jobs';
import { PanelModel, PanelWidget } from '../../panel';
import { citation } from '../../panel/product';
import type { ITsmJobs, ITsmServices } from '../../tokens';
import { failed } from './failed';
import { BrowserFolder } from './folder';
import { keeper, savedIn } from './panelState';
import { serverOf } from './server';
import { onSettings } from './settings';

export interface IPanelOptions {
  readonly app: JupyterFrontEnd;
  readonly services: ITsmServices;
  readonly jobs: ITsmJobs;
  readonly trans: TranslationBundle;
  /** Id of the plugin. */
  readonly id: string;
}

/** The content of the sidebar. */
export async function makePanel(options: IPanelOptions): Promise<PanelWidget> {
  const { app, trans, id } = options;
  const { commands, serviceManager } = app;
  const [{ local, pz }, jobs, browser, settings] = await Promise.all([
    options.services.load(),
    options.jobs.load(),
    app.resolveOptionalService(IDefaultFileBrowser),
    app.resolveOptionalService(ISettingRegistry)
  ]);
  const folder = new BrowserFolder(serviceManager.contents, browser);
  const model = new PanelModel({
    folder,
    backend: {
      config: signal => local.config(signal),
      setToken: token => local.setToken(token),
      products: (filter, signal) => pz.products(filter, signal),
      rows: (product, signal) => pz.rows(product, signal),
      types: signal => pz.types(signal),
      releases: signal => pz.releases(signal),
      users: signal => pz.users(signal),
      chooseServer: url => pz.chooseServer(url),
      signOut: () => pz.signOut()
    },
    keeper
  });
  void onSettings(settings, id, loaded => {
    model.interval = loaded.get('interval').composite as number;
    model.savedFilters = savedIn(loaded);
  });

  const menu = new Menu({ commands });
  for (const command of [
    CommandIds.newRecipe,
    CommandIds.newProcess,
    CommandIds.upload,
    CommandIds.openFile
  ]) {
    menu.addItem({ command });
  }
  const addFiles = async (paths: readonly string[]) => {
    for (const contents of paths) {
      await commands.execute(CommandIds.addInput, { contents }); // one after another, into one recipe
    }
  };
  const bringFiles = async (files: readonly File[]) => {
    for (const file of files) {
      // rejects with a text where it was left by the user's own choice
      const made = await browser?.model.upload(file);
      await addFiles(made ? [made.path] : []);
    }
  };
  return new PanelWidget({
    model,
    jobs,
    trans,
    JobList: () =>
      createElement(JobList, {
        jobs,
        trans,
        open: ({ key }) => void commands.execute(CommandIds.openJob, { key }),
        stop: ({ key }) => void commands.execute(CommandIds.stopJob, { key }),
        again: ({ id: process }) => void commands.execute(CommandIds.newProcess, { again: Number(process) })
      }),
    actions: {
      openProduct: product =>
        void commands.execute(CommandIds.openTable, { product: product.id, name: product.displayName }),
      aboutProduct: product => void commands.execute(CommandIds.openProduct, { product: product.id }),
      cite: product => {
        Clipboard.copyToSystem(citation(product, null, model.config.value && serverOf(model.config.value)));
        Notification.success(trans.__('What to cite of %1 is copied.', product.displayName), {
          autoClose: 3000
        });
      },
      addProduct: product =>
        void commands.execute(CommandIds.addInput, {
          product: product.internalName,
          name: product.displayName
        }),
      openRecipe: path => void commands.execute('docmanager:open', { path }),
      newRecipe: () => void commands.execute(CommandIds.newRecipe, { cwd: folder.path }),
      openFile: () => void commands.execute(CommandIds.openFile),
      newProcess: () => void commands.execute(CommandIds.newProcess),
      showPublic: () => void commands.execute(CommandIds.publicCatalogues),
      showProcesses: () => void commands.execute(CommandIds.openProcess),
      addFiles,
      bringFiles: files =>
        void bringFiles(files).catch(reason => typeof reason !== 'string' && failed(reason)),
      addMenu: (x, y) => menu.open(x, y)
    }
  });
}
