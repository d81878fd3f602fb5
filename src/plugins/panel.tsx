import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { refreshIcon } from '@jupyterlab/ui-components';
import { Menu } from '@lumino/widgets';

import { CommandIds } from '../commandIds';
import { JobList } from '../jobs';
import { type IPanelActions, PanelModel, PanelWidget } from '../panel';
import { IJobs, ITsmServices } from '../tokens';
import { BrowserFolder } from './folder';
import { tsmIcon } from './icons';
import { onSettings } from './settings';

const ID = 'pz-tsm:panel';

/** The sidebar. */
export const panel: JupyterFrontEndPlugin<void> = {
  id: ID,
  description: 'The sidebar: catalogues, recipes, jobs, account.',
  autoStart: true,
  requires: [ITsmServices, IJobs],
  optional: [ITranslator, ILayoutRestorer, IDefaultFileBrowser, ISettingRegistry],
  activate: (
    app: JupyterFrontEnd,
    services: ITsmServices,
    jobs: IJobs,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    browser: IDefaultFileBrowser | null,
    settings: ISettingRegistry | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('tsm');
    const { commands, shell, serviceManager } = app;
    const { local, pz } = services;
    const folder = new BrowserFolder(serviceManager.contents, browser);
    const model = new PanelModel({
      folder,
      backend: {
        config: signal => local.config(signal),
        setToken: token => local.setToken(token),
        products: (filter, signal) => pz.products(filter, signal),
        rows: (id, signal) => pz.rows(id, signal),
        types: signal => pz.types(signal),
        releases: signal => pz.releases(signal)
      }
    });

    const menu = new Menu({ commands });
    for (const command of [CommandIds.newRecipe, CommandIds.openFile]) {
      menu.addItem({ command });
    }
    const actions: IPanelActions = {
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
    };
    const widget = new PanelWidget({
      model,
      jobs,
      JobList: () => (
        <JobList
          jobs={jobs}
          trans={trans}
          open={({ key }) => void commands.execute(CommandIds.openJob, { key })}
          stop={({ key }) => void commands.execute(CommandIds.stopJob, { key })}
        />
      ),
      actions,
      trans
    });
    widget.id = 'tsm-panel';
    widget.title.icon = tsmIcon;
    widget.title.caption = trans.__('PZ Training Sets');
    widget.node.setAttribute('aria-label', trans.__('PZ Training Sets'));
    shell.add(widget, 'left', { rank: 300, type: 'PZ Training Sets' });
    restorer?.add(widget, 'tsm-panel');

    commands.addCommand(CommandIds.showPanel, {
      label: trans.__('PZ Catalogues and Recipes'),
      caption: trans.__('Show the sidebar with catalogues, recipes and jobs'),
      icon: tsmIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => {
        shell.activateById(widget.id);
        widget.node.querySelector<HTMLElement>('input[type="search"]')?.focus();
      }
    });
    commands.addCommand(CommandIds.refreshPanel, {
      label: trans.__('Look Again for Catalogues, Recipes and Jobs'),
      caption: trans.__('Ask the servers again'),
      icon: refreshIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => Promise.all([model.refresh(), jobs.refresh()])
    });

    onSettings(app, settings, ID, loaded => {
      model.interval = loaded.get('interval').composite as number;
    });
  }
};
