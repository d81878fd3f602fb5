import type { ISignal } from '@lumino/signaling';
import { useEffect, useReducer, useState, type RefObject } from 'react';

/** Render again whenever a signal is emitted. */
export function useSignal(...signals: ISignal<unknown, unknown>[]): void {
  const [, again] = useReducer((n: number) => n + 1, 0);
  useEffect(() => {
    const slot = () => again();
    signals.forEach(signal => signal.connect(slot));
    return () => signals.forEach(signal => signal.disconnect(slot));
  }, signals);
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
