import { type ISignal, Signal } from '@lumino/signaling';

import type { ITextHolder } from '../recipe/model';

/** The recipe's text, which the kernel keeps: each edit is told at once, before a cell that asks for it runs. */
export class KernelText implements ITextHolder {
  constructor(private readonly _tell: (text: string) => void) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get path(): string {
    return this._path;
  }

  get text(): string {
    return this._text;
  }

  set text(text: string) {
    if (text !== this._text) {
      this._text = text;
      this._changed.emit();
      this._tell(text);
    }
  }

  /** What the kernel says that the text is. */
  take(text: string, path: string = this._path): void {
    if (text !== this._text || path !== this._path) {
      [this._text, this._path] = [text, path];
      this._changed.emit();
    }
  }

  dispose(): void {
    Signal.clearData(this);
  }

  private readonly _changed = new Signal<this, void>(this);
  private _text = '';
  private _path = '';
}
