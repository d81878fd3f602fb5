/** What a recipe's text lives in, and trouble as it is shown. */
import type { ISignal } from '@lumino/signaling';

/** The text being edited, wherever it is kept (a JupyterLab document, a notebook widget, a test). */
export interface ITextHolder {
  readonly path: string;
  text: string;
  readonly changed: ISignal<unknown, void>;
  /** Write the text where others can read it, before a run starts from it. */
  save?(): Promise<void>;
}

/** What goes wrong outside, in words. */
export interface ITrouble {
  readonly message: string;
  readonly remedy?: string | null;
}
