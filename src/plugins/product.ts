import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import type { MainAreaWidget } from '@jupyterlab/apputils';
import { ITranslator } from '@jupyterlab/translation';

import * as CommandIds from '../commandIds';
import type { ProductWidget } from '../panel/product';
import type { RegistryWidget } from '../panel/registry';
import { ITsmServices } from '../tokens';
import { commandsOf } from './command';
import { once } from './later';
import { tabsOf } from './tabs';
import { wordsOf } from './words';

/** Products of the PZ Server and public catalogues, each in a tab of its own. */
export const product: JupyterFrontEndPlugin<void> = {
  id: 'pz-tsm:product',
  description: 'Products and public catalogues.',
  autoStart: true,
  requires: [ITsmServices],
  optional: [ITranslator, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    services: ITsmServices,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null
  ): void => {
    const trans = wordsOf(translator);
    const addCommand = commandsOf(app, trans);
    const tracker = tabsOf<MainAreaWidget<ProductWidget>>(
      restorer,
      'tsm-product',
      CommandIds.openProduct,
      ({ content }) => ({ product: content.product })
    );
    const part = once(async () =>
      (await import('./later/product')).makeProducts({ app, services, translator, trans, tracker })
    );
    addCommand(CommandIds.openProduct, {
      label: trans.__('Open a Product …'),
      execute: async args => (await part()).open(args.product as number | string | undefined)
    });

    const catalogues = tabsOf<MainAreaWidget<RegistryWidget>>(
      restorer,
      'tsm-registry',
      CommandIds.publicCatalogues,
      ({ content }) => ({ entry: content.entry })
    );
    addCommand(CommandIds.publicCatalogues, {
      label: trans.__('Public Redshift Catalogues'),
      execute: async args =>
        (await import('./later/registry')).openRegistry(args, { app, services, trans, tracker: catalogues })
    });
  }
};
