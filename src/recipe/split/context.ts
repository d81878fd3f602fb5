/** What the split's form and its preview share: proportions while a slider moves, and what may be chosen from. */
import { type ISignal, Signal } from '@lumino/signaling';
import { createContext } from 'react';

/** Proportions that a slider shows and the recipe doesn't have yet. */
export class Draft {
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get parts(): Readonly<Record<string, number>> | null {
    return this._parts;
  }

  set parts(parts: Readonly<Record<string, number>> | null) {
    if (parts !== this._parts) {
      this._parts = parts;
      this._changed.emit();
    }
  }

  private _parts: Readonly<Record<string, number>> | null = null;
  private readonly _changed = new Signal<this, void>(this);
}

export interface ISplitSurroundings {
  readonly draft: Draft;
  /** Let the user choose a table file; its path as the recipe writes it. */
  readonly chooseFile: (() => Promise<string | null>) | null;
  /** Bundles of earlier runs, as the recipe writes them. */
  readonly bundles: readonly string[];
  /** Columns that hold texts: their cells are their values. */
  readonly texts: ReadonlySet<string>;
}

export const SplitContext = createContext<ISplitSurroundings>({
  draft: new Draft(),
  chooseFile: null,
  bundles: [],
  texts: new Set()
});
