import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application';
import { WidgetTracker } from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { IJobs, ITsmServices } from '../tokens';
import { recipeIcon } from './icons';
import { Places } from './places';
import { addRecipeCommands } from './recipeCommands';
import { RecipeContent, type RecipeDocument, RecipeFactory } from './recipeDocument';
import { makeShell } from './recipeShell';
import { onSettings } from './settings';

const ID = 'pz-tsm:recipe';
const FACTORY = 'PZ Recipe';
const FILE_TYPE = 'tsm-recipe';

/** Recipes (`*.tsm.yaml`) as documents: a form and its text, in step. */
export const recipe: JupyterFrontEndPlugin<void> = {
  id: ID,
  description: 'The editor of training-set recipes.',
  autoStart: true,
  requires: [ITsmServices, IJobs, IDocumentManager, IEditorServices],
  optional: [ITranslator, ILayoutRestorer, IDefaultFileBrowser, ISettingRegistry],
  activate: (
    app: JupyterFrontEnd,
    services: ITsmServices,
    jobs: IJobs,
    docManager: IDocumentManager,
    editors: IEditorServices,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    browser: IDefaultFileBrowser | null,
    settings: ISettingRegistry | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('tsm');
    const { commands, docRegistry } = app;
    const tracker = new WidgetTracker<RecipeDocument>({ namespace: 'tsm-recipe' });
    const places = new Places(services);
    let showText = false;

    docRegistry.addFileType({
      name: FILE_TYPE,
      displayName: trans.__('PZ Recipe'),
      extensions: ['.tsm.yaml'],
      mimeTypes: ['text/x-yaml'],
      contentType: 'file',
      fileFormat: 'text',
      icon: recipeIcon
    });
    const factory = new RecipeFactory({
      name: FACTORY,
      label: trans.__('PZ Recipe'),
      modelName: 'text',
      fileTypes: [FILE_TYPE],
      defaultFor: [FILE_TYPE],
      make: context => {
        const content = new RecipeContent({
          context,
          editors,
          trans,
          showText,
          backend: services.local.recipes(),
          shell: makeShell({ app, services, docManager, translator, context })
        });
        content.ready.then(follow).catch(() => undefined);
        return content;
      }
    });

    /** The list of jobs learns of a run at once; a run that goes on is taken up when its recipe is opened again. */
    const follow = async (model: NonNullable<RecipeContent['model']>) => {
      let seen = '';
      model.changed.connect(() => {
        const now = `${model.run?.id} ${model.run?.state}`;
        if (model.run && now !== seen) {
          seen = now;
          void jobs.refresh();
        }
      });
      const runs = await services.local.runs();
      const going = runs.find(
        run => run.path === model.path && ['pending', 'running', 'stopping'].includes(run.state)
      );
      if (going && !model.run) {
        await model.adopt(going);
      }
    };

    factory.widgetCreated.connect((_, widget) => {
      widget.title.icon = recipeIcon;
      widget.context.pathChanged.connect(() => void tracker.save(widget));
      void tracker.add(widget);
    });
    docRegistry.addWidgetFactory(factory);
    void restorer?.restore(tracker, {
      command: 'docmanager:open',
      args: widget => ({ path: widget.context.path, factory: FACTORY }),
      name: widget => widget.context.path
    });

    addRecipeCommands({
      commands,
      contents: app.serviceManager.contents,
      docManager,
      services,
      places,
      tracker,
      trans,
      factory: FACTORY,
      folder: () => browser?.model.path ?? ''
    });

    onSettings(app, settings, ID, loaded => {
      showText = loaded.get('view').composite === 'text';
    });
  }
};
