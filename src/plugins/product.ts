import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { type MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import * as CommandIds from '../commandIds';
import type { ProductWidget } from '../panel/product';
import { ITsmServices } from '../tokens';
import { commandsOf } from './command';
import { once } from './later';

/** Products of the PZ Server, each in a tab of its own. */
export const product: JupyterFrontEndPlugin<void> = {
  id: 'pz-tsm:product',
  description: 'Pages of products of the PZ Server.',
  autoStart: true,
  requires: [ITsmServices],
  optional: [ITranslator, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    services: ITsmServices,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('tsm');
    const tracker = new WidgetTracker<MainAreaWidget<ProductWidget>>({ namespace: 'tsm-product' });
    const part = once(async () =>
      (await import('./later/product')).makeProducts({ app, services, translator, trans, tracker })
    );
    commandsOf(app, trans)(CommandIds.openProduct, {
      label: trans.__('Open a Product …'),
      execute: async args => (await part()).open(args.product as number | string | undefined)
    });
    void restorer?.restore(tracker, {
      command: CommandIds.openProduct,
      args: ({ content }) => ({ product: content.product }),
      name: ({ id }) => id
    });
  }
};
