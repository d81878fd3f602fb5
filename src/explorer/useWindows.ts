import { useEffect, useReducer, useRef } from 'react';
import type { WindowModel } from '../table/windows';

/** Render when the number of rows becomes known or something goes wrong: the rows themselves come without a render. */
export function useWindows(windows: WindowModel): { total: number | null; error: Error | null } {
  const { total, error } = windows;
  const shown = useRef({ total, error });
  shown.current = { total, error };
  const [, again] = useReducer((n: number) => n + 1, 0);
  useEffect(() => {
    const slot = () => {
      if (shown.current.total !== windows.total || shown.current.error !== windows.error) {
        again();
      }
    };
    slot();
    windows.changed.connect(slot);
    return () => void windows.changed.disconnect(slot);
  }, [windows]);
  return { total, error };
}
