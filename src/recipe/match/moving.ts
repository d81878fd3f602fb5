/** What another release would change in the recipe: asked before it is applied. */
import { createContext, useContext, useEffect, useMemo, useState } from 'react';

import type { IMoved } from '../backend';
import type { ITrouble, RecipeModel } from '../model';

export interface IMoving {
  /** Ask; null where nobody can tell. */
  readonly move: ((to: unknown, signal: AbortSignal) => Promise<IMoved>) | null;
  /** The recipe that is asked about. */
  readonly text: string;
}

export const MovingContext = createContext<IMoving>({ move: null, text: '' });

export function useMovingOf(model: RecipeModel): IMoving {
  const { text } = model;
  return useMemo(() => ({ move: model.move, text }), [model, text]);
}

export interface IAnswer {
  readonly moved?: IMoved;
  readonly trouble?: ITrouble;
}

/** What matching to `to` would change; null while it is asked, and where nothing is considered. */
export function useMoved(to: unknown): IAnswer | null {
  const { move, text } = useContext(MovingContext);
  const [answer, setAnswer] = useState<IAnswer | null>(null);
  const asked = to === undefined ? '' : JSON.stringify(to);
  useEffect(() => {
    setAnswer(null);
    if (!move || !asked) {
      return;
    }
    const abort = new AbortController();
    move(JSON.parse(asked), abort.signal).then(
      moved => abort.signal.aborted || setAnswer({ moved }),
      (trouble: ITrouble) => abort.signal.aborted || setAnswer({ trouble })
    );
    return () => abort.abort();
  }, [move, text, asked]);
  return answer;
}

/** Whether nothing is to be decided: the same release, with all that the recipe names. */
export function isSame({ old, new: other, missing, changed }: IMoved): boolean {
  return old.name === other.name && missing.length + changed.length === 0;
}
