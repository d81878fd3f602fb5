import type { CodeEditor } from '@jupyterlab/codeeditor';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import { type ISignal, Signal } from '@lumino/signaling';

import type { ITextHolder } from '../../recipe/model';

/** The text of a JupyterLab document, as the recipe model wants it. */
export class DocumentText implements ITextHolder {
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
