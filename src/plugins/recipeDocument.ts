import type { CodeEditor, IEditorServices } from '@jupyterlab/codeeditor';
import { ABCWidgetFactory, type DocumentRegistry, DocumentWidget } from '@jupyterlab/docregistry';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import { type ISignal, Signal } from '@lumino/signaling';
import { BoxLayout, Widget } from '@lumino/widgets';

import type { IRecipeBackend } from '../recipe/backend';
import type { ITextHolder, RecipeModel } from '../recipe/model';
import type { IRecipeShell } from '../recipe/shell';
import type { RecipeWidget } from '../recipe/widget';

/** The text of a JupyterLab document, as the recipe model wants it. */
class DocumentText implements ITextHolder {
  constructor(private readonly _context: DocumentRegistry.Context) {
    _context.model.contentChanged.connect(this._tell, this);
    _context.pathChanged.connect(this._tell, this);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get path(): string {
    return this._context.localPath;
  }

  get text(): string {
    return this._context.model.toString();
  }

  /** Only what differs is replaced, so that the cursor, the history and other authors stay where they are. */
  set text(text: string) {
    const old = this.text;
    let start = 0;
    while (start < old.length && start < text.length && old[start] === text[start]) {
      start++;
    }
    let end = 0;
    while (end < old.length - start && end < text.length - start && old.at(-1 - end) === text.at(-1 - end)) {
      end++;
    }
    const { sharedModel } = this._context.model as unknown as CodeEditor.IModel;
    sharedModel.updateSource(start, old.length - end, text.slice(start, text.length - end));
  }

  save(): Promise<void> {
    return this._context.model.dirty ? this._context.save() : Promise.resolve();
  }

  dispose(): void {
    this._context.model.contentChanged.disconnect(this._tell, this);
    this._context.pathChanged.disconnect(this._tell, this);
    Signal.clearData(this);
  }

  private _tell(): void {
    this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
}

export interface IRecipeContentOptions {
  readonly context: DocumentRegistry.Context;
  readonly backend: IRecipeBackend;
  readonly shell: IRecipeShell;
  readonly editors: IEditorServices;
  readonly trans: TranslationBundle;
  readonly showText: boolean;
}

/** A recipe's editor, made when its text is there: the form, and the text editor in step with it. */
export class RecipeContent extends Widget {
  constructor(options: IRecipeContentOptions) {
    super();
    this.addClass('tsm-RecipeDocument');
    this.layout = new BoxLayout();
    this._showsText = options.showText;
    this.ready = options.context.ready.then(() => this._fill(options));
  }

  /** Rejects when the document was closed before it was read. */
  readonly ready: Promise<RecipeModel>;

  get model(): RecipeModel | null {
    return this._widget?.model ?? null;
  }

  get showsText(): boolean {
    return this._widget?.showsText ?? this._showsText;
  }

  set showsText(show: boolean) {
    this._showsText = show;
    if (this._widget) {
      this._widget.showsText = show;
    }
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    super.dispose();
    this._editor?.dispose();
    this._text?.dispose();
  }

  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    if (this.showsText) {
      this._editor?.focus();
    } else {
      this.node.tabIndex = -1;
      this.node.focus();
    }
  }

  private async _fill(options: IRecipeContentOptions): Promise<RecipeModel> {
    const { context, backend, shell, editors, trans } = options;
    const [{ RecipeModel }, { RecipeWidget }] = await Promise.all([
      import('../recipe/model'),
      import('../recipe/widget')
    ]);
    if (this.isDisposed) {
      throw new Error('The document was closed.');
    }
    const host = document.createElement('div');
    host.className = 'tsm-RecipeDocument-text jp-Editor';
    const code = context.model as unknown as CodeEditor.IModel;
    code.mimeType = 'text/x-yaml';
    this._editor = editors.factoryService.newDocumentEditor({
      host,
      model: code,
      config: { lineNumbers: true, lineWrap: true }
    });
    this._text = new DocumentText(context);
    const model = new RecipeModel({ holder: this._text, backend });
    this._widget = new RecipeWidget({ model, shell, trans, text: host });
    this._widget.showsText = this._showsText;
    (this.layout as BoxLayout).addWidget(this._widget);
    void model.load();
    return model;
  }

  private _showsText: boolean;
  private _widget: RecipeWidget | null = null;
  private _editor: CodeEditor.IEditor | null = null;
  private _text: DocumentText | null = null;
}

export type RecipeDocument = DocumentWidget<RecipeContent>;

export interface IRecipeFactoryOptions extends DocumentRegistry.IWidgetFactoryOptions<RecipeDocument> {
  readonly make: (context: DocumentRegistry.Context) => RecipeContent;
}

export class RecipeFactory extends ABCWidgetFactory<RecipeDocument> {
  constructor(private readonly _recipe: IRecipeFactoryOptions) {
    super(_recipe);
  }

  protected override createNewWidget(context: DocumentRegistry.Context): RecipeDocument {
    const widget = new DocumentWidget({ content: this._recipe.make(context), context });
    widget.toolbar.hide(); // the editor has its own
    return widget;
  }
}
