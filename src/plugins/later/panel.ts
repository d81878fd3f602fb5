import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Menu } from '@lumino/widgets';
import { createElement } from 'react';

import type { IServices } from '../../api';
import * as CommandIds from '../../commandIds';
import { JobList } from '../../jobs';
import { PanelModel, PanelWidget } from '../../panel';
import type { IJobs } from '../../tokens';
import { BrowserFolder } from './folder';
import { onSettings } from './settings';

export interface IPanelOptions {
  readonly app: JupyterFrontEnd;
  readonly services: IServices;
  readonly jobs: IJobs;
  readonly trans: TranslationBundle;
  readonly browser: IDefaultFileBrowser | null;
  readonly settings: ISettingRegistry | null;
  /** Id of the plugin. */
  readonly id: string;
}

/** The content of the sidebar. */
export function makePanel({ app, services, jobs, trans, browser, settings, id }: IPanelOptions): PanelWidget {
  const { commands, serviceManager } = app;
  const { local, pz } = services;
  const folder = new BrowserFolder(serviceManager.contents, browser);
  const model = new PanelModel({
    folder,
    backend: {
      config: signal => local.config(signal),
      setToken: token => local.setToken(token),
      products: (filter, signal) => pz.products(filter, signal),
      rows: (product, signal) => pz.rows(product, signal),
      types: signal => pz.types(signal),
      releases: signal => pz.releases(signal)
    }
  });
  void onSettings(settings, id, loaded => {
    model.interval = loaded.get('interval').composite as number;
  });

  const menu = new Menu({ commands });
  for (const command of [CommandIds.newRecipe, CommandIds.openFile]) {
    menu.addItem({ command });
  }
  return new PanelWidget({
    model,
    jobs,
    trans,
    JobList: () =>
      createElement(JobList, {
        jobs,
        trans,
        open: ({ key }) => void commands.execute(CommandIds.openJob, { key }),
        stop: ({ key }) => void commands.execute(CommandIds.stopJob, { key })
      }),
    actions: {
      openProduct: product =>
        void commands.execute(CommandIds.openTable, { product: product.id, name: product.displayName }),
      addProduct: product =>
        void commands.execute(CommandIds.addInput, {
          product: product.internalName,
          name: product.displayName
        }),
      openRecipe: path => void commands.execute('docmanager:open', { path }),
      newRecipe: () => void commands.execute(CommandIds.newRecipe, { cwd: folder.path }),
      openFile: () => void commands.execute(CommandIds.openFile),
      addMenu: (x, y) => menu.open(x, y)
    }
  });
}
