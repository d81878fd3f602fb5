import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import type { MainAreaWidget } from '@jupyterlab/apputils';
import { IDefaultFileBrowser, IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ITranslator } from '@jupyterlab/translation';
import { fileUploadIcon } from '@jupyterlab/ui-components';

import * as CommandIds from '../commandIds';
import type { UploadWidget } from '../panel/upload';
import { ITsmServices } from '../tokens';
import { commandsOf } from './command';
import { once } from './later';
import { selectedItems } from './selected';
import { isTable } from './tables';
import { tabsOf } from './tabs';
import { wordsOf } from './words';

/** Files, and bundles, made products of the PZ Server. */
export const upload: JupyterFrontEndPlugin<void> = {
  id: 'pz-tsm:upload',
  description: 'Shares files and training sets on the PZ Server.',
  autoStart: true,
  requires: [ITsmServices],
  optional: [ITranslator, ILayoutRestorer, IFileBrowserFactory, IDefaultFileBrowser],
  activate: (
    app: JupyterFrontEnd,
    services: ITsmServices,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    browsers: IFileBrowserFactory | null,
    browser: IDefaultFileBrowser | null
  ): void => {
    const trans = wordsOf(translator);
    const addCommand = commandsOf(app, trans);
    const tracker = tabsOf<MainAreaWidget<UploadWidget>>(
      restorer,
      'tsm-upload',
      CommandIds.upload,
      ({ content, title }) => ({
        draft: content.props.model.draft.id,
        ...(title.caption ? { contents: title.caption } : {})
      })
    );
    const part = once(async () =>
      (await import('./later/upload')).makeUploads({ app, services, translator, trans, tracker })
    );
    const selected = () => selectedItems(browsers, browser);

    addCommand(CommandIds.upload, {
      label: trans.__('Upload to the PZ Server …'),
      caption: trans.__('Make a product of a file, or of a bundle'),
      icon: args => (args.isPalette ? undefined : fileUploadIcon),
      execute: async args => (await part()).open(args)
    });
    addCommand(CommandIds.uploadSelected, {
      label: trans.__('Share on the PZ Server …'),
      icon: fileUploadIcon,
      isVisible: () => {
        const items = selected();
        // whether a folder is a bundle is seen when it is opened
        return items.length === 1 && (items[0].type === 'directory' || isTable(items[0].name));
      },
      execute: async () => (await part()).open({ contents: selected()[0]?.path })
    });
  }
};
