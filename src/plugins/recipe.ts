import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator } from '@jupyterlab/translation';

import * as CommandIds from '../commandIds';
import { ITsmJobs, ITsmServices } from '../tokens';
import { commandsOf } from './command';
import { addDocuments } from './documents';
import { recipeIcon as icon } from './icons';
import { Later, once } from './later';
import type { RecipesPart } from './later/recipes';
import { selectedFiles } from './selected';
import { isTable } from './tables';
import { wordsOf } from './words';

const ID = 'pz-tsm:recipe';
const FACTORY = 'PZ Recipe';
const FILE_TYPE = 'tsm-recipe';

/** Recipes (`*.tsm.yaml`) as documents: a form and its text, in step. */
export const recipe: JupyterFrontEndPlugin<void> = {
  id: ID,
  description: 'The editor of training-set recipes.',
  autoStart: true,
  requires: [ITsmServices, ITsmJobs, IDocumentManager, IEditorServices],
  optional: [ITranslator, ILayoutRestorer, IDefaultFileBrowser, ISettingRegistry, INotebookTracker],
  activate: (
    app: JupyterFrontEnd,
    services: ITsmServices,
    jobs: ITsmJobs,
    docManager: IDocumentManager,
    editors: IEditorServices,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    browser: IDefaultFileBrowser | null,
    settings: ISettingRegistry | null,
    notebooks: INotebookTracker | null
  ): void => {
    const trans = wordsOf(translator);
    const addCommand = commandsOf(app, trans);
    const { docRegistry } = app;
    const label = trans.__('PZ Recipe');
    const part: () => Promise<RecipesPart> = once(async () => {
      const [{ RecipesPart }, loaded] = await Promise.all([import('./later/recipes'), services.load()]);
      return new RecipesPart({
        ...{ app, docManager, editors, jobs, notebooks, translator, trans, settings, browser, tracker },
        services: loaded,
        factory: FACTORY,
        id: ID
      });
    });

    docRegistry.addFileType({
      name: FILE_TYPE,
      displayName: label,
      extensions: ['.tsm.yaml'],
      mimeTypes: ['text/x-yaml'],
      contentType: 'file',
      fileFormat: 'text',
      icon
    });
    const tracker = addDocuments(app, restorer, {
      name: FACTORY,
      label,
      modelName: 'text',
      fileTypes: [FILE_TYPE],
      defaultFor: [FILE_TYPE],
      namespace: FILE_TYPE,
      icon,
      content: context =>
        new Later(async () => {
          const [made] = await Promise.all([part(), context.ready]);
          return made.open(context);
        }, trans)
    });

    addCommand(CommandIds.newRecipe, {
      label: args => (args.isPalette ? trans.__('New PZ Recipe') : label),
      caption: trans.__('Start a training set: a recipe in the current folder'),
      icon: args => (args.isPalette ? undefined : icon),
      execute: async args => (await part()).create(args.cwd as string | undefined)
    });
    addCommand(CommandIds.addInput, {
      label: trans.__('Add to Recipe'),
      icon,
      isVisible: ({ selected }) => !selected || selectedFiles(null, browser).some(isTable),
      execute: async args => (await part()).addInput(args)
    });
    addCommand(CommandIds.decide, {
      label: trans.__('Decide on a Measurement'),
      execute: async args => (await part()).decide(args)
    });
  }
};
