import { useEffect, useRef, type PointerEvent } from 'react';
import type { ExplorerModel } from './model';

const ENDS = ['pointerup', 'pointercancel', 'pointermove'] as const;

/**
 * What follows the hand goes first: tells the model while a button of the pointer is down. Gives the handler for the
 * element in which it goes down; it may be let go of anywhere.
 */
export function useHold(model: ExplorerModel): (event: PointerEvent) => void {
  const letGo = useRef<(() => void) | null>(null);
  useEffect(() => () => letGo.current?.(), [model]);
  return ({ currentTarget }) => {
    if (letGo.current !== null) {
      return;
    }
    const { ownerDocument } = currentTarget;
    const end = (event: globalThis.PointerEvent) => {
      // the end isn't always told: not of a menu of the browser, nor outside its window
      if (event.type !== 'pointermove' || event.buttons === 0) {
        release();
      }
    };
    const release = (letGo.current = () => {
      ENDS.forEach(type => ownerDocument.removeEventListener(type, end, true));
      letGo.current = null;
      model.hold(false);
    });
    ENDS.forEach(type => ownerDocument.addEventListener(type, end, true));
    model.hold(true);
  };
}
