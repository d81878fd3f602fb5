import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { WidgetTracker } from '@jupyterlab/apputils';
import type { CodeEditor, IEditorServices } from '@jupyterlab/codeeditor';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';

import type { IServices } from '../../api';
import { isActive } from '../../jobs/active';
import { RecipeModel } from '../../recipe/model';
import { RecipeWidget } from '../../recipe/widget';
import type { ITsmJobs } from '../../tokens';
import type { LaterDocument } from '../documents';
import { DocumentText } from './documentText';
import { makeShell } from './recipeShell';

export interface IRecipesOptions {
  readonly app: JupyterFrontEnd;
  readonly browser: IDefaultFileBrowser | null;
  readonly docManager: IDocumentManager;
  readonly editors: IEditorServices;
  readonly jobs: ITsmJobs;
  readonly notebooks: INotebookTracker | null;
  readonly services: IServices;
  readonly tracker: WidgetTracker<RecipeDocument>;
  readonly translator: ITranslator | null;
  readonly trans: TranslationBundle;
  readonly settings: ISettingRegistry | null;
  /** The name under which recipes are opened. */
  readonly factory: string;
  /** Id of the plugin. */
  readonly id: string;
}

export type RecipeDocument = LaterDocument<RecipePart>;

/** The editor of an open recipe: the form, and the text editor in step with it. */
export class RecipePart extends RecipeWidget {
  private constructor(
    options: IRecipesOptions,
    context: DocumentRegistry.Context,
    private readonly _text: DocumentText,
    private readonly _editor: CodeEditor.IEditor
  ) {
    const { app, docManager, notebooks, services, translator, trans } = options;
    super({
      model: new RecipeModel({ holder: _text, backend: services.local.recipes() }),
      shell: makeShell({ app, services, docManager, notebooks, translator, context }),
      trans,
      text: _editor.host
    });
    this.addClass('tsm-RecipeDocument');
    this.node.tabIndex = -1;
  }

  /** Make the editor of a document that has been read. */
  static async make(
    options: IRecipesOptions,
    context: DocumentRegistry.Context,
    onReady: () => void
  ): Promise<RecipePart> {
    const { editors, settings, id } = options;
    const view = await settings?.load(id).then(
      loaded => loaded.get('view').composite,
      () => undefined
    );
    const host = document.createElement('div');
    host.className = 'tsm-RecipeDocument-text jp-Editor';
    const code = context.model as unknown as CodeEditor.IModel;
    code.mimeType = 'text/x-yaml';
    const editor = editors.factoryService.newDocumentEditor({
      host,
      model: code,
      config: { lineNumbers: true, lineWrap: true }
    });
    const part = new RecipePart(options, context, new DocumentText(context), editor);
    part.showsText = view === 'text';
    part._onReady = onReady;
    void part.model.load();
    part._follow(options).catch(() => undefined);
    return part;
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    super.dispose();
    this._editor.dispose();
    this._text.dispose();
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this._onReady();
  }

  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    if (this.showsText) {
      this._editor.focus();
    } else {
      this.node.focus();
    }
  }

  /** The list of jobs learns of a run at once; a run that goes on is taken up when its recipe is opened again. */
  private async _follow({ jobs, services }: IRecipesOptions): Promise<void> {
    const { model } = this;
    let seen = '';
    model.changed.connect(() => {
      const now = `${model.run?.id} ${model.run?.state}`;
      if (model.run && now !== seen) {
        seen = now;
        void jobs.load().then(list => list.refresh());
      }
    });
    const runs = (await services.local.runs()).filter(run => run.path === model.path); // newest first
    const done = runs.find(run => run.state === 'done');
    if (done) {
      model.lastRun = done;
    }
    const going = runs.find(isActive);
    if (going && !model.run) {
      await model.adopt(going);
    }
  }

  private _onReady = () => {};
}
