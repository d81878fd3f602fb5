import type { ISignal } from '@lumino/signaling';
import { useEffect, useReducer, useRef, useState, type RefObject } from 'react';

/** The same list as long as it holds the same things: for effects that depend on them. */
export function useSame<T>(items: readonly T[]): readonly T[] {
  const kept = useRef(items);
  const last = kept.current;
  if (items.length !== last.length || items.some((item, i) => item !== last[i])) {
    kept.current = items;
  }
  return kept.current;
}

/** Render again whenever a signal is emitted. */
export function useSignal(...signals: ISignal<unknown, unknown>[]): void {
  const [, again] = useReducer((n: number) => n + 1, 0);
  const same = useSame(signals);
  useEffect(() => {
    const slot = () => again();
    same.forEach(signal => signal.connect(slot));
    return () => same.forEach(signal => signal.disconnect(slot));
  }, [same]);
}

export interface ISize {
  readonly width: number;
  readonly height: number;
}

/** The size of an element, in CSS pixels; follows its changes. */
export function useSize(ref: RefObject<HTMLElement>): ISize {
  const [size, setSize] = useState<ISize>({ width: 0, height: 0 });
  useEffect(() => {
    const node = ref.current;
    if (node === null) {
      return;
    }
    const measure = () => {
      const { clientWidth: width, clientHeight: height } = node;
      setSize(old => (old.width === width && old.height === height ? old : { width, height }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(node);
    return () => observer.disconnect();
  }, [ref]);
  return size;
}
