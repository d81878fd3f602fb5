import { useEffect, useRef, type RefObject } from 'react';
import { Rest } from '../rest';

/** Counts and a selection that change faster than React should render: read when told that they changed. */
export interface ILive<R, S> {
  result(): R | null;
  selection(): S;
  /** Be told of new counts and of another selection; returns how to stop. */
  watch(listener: (what: 'result' | 'selection') => void): () => void;
}

/** Counts that stay as they are. */
export function still<R, S>(result: R | null, selection: S): ILive<R, S> {
  return { result: () => result, selection: () => selection, watch: () => () => {} };
}

/** How long a plot is at rest before its summary is written anew, in ms. */
export const REST = 400;

/**
 * Keeps the summary of a plot as the name of its picture. It is written at rest, so that assistive software isn't told of
 * every step of a brush.
 */
export function useSummary<R, S>(
  live: ILive<R, S>,
  summarise: (result: R, selection: S) => string,
  fallback: string
): RefObject<HTMLDivElement> {
  const node = useRef<HTMLDivElement>(null);
  const write = () => {
    const result = live.result();
    const text = result === null ? fallback : summarise(result, live.selection());
    if (node.current !== null && node.current.getAttribute('aria-label') !== text) {
      node.current.setAttribute('aria-label', text);
    }
  };
  const latest = useRef(write);
  latest.current = write;
  useEffect(() => latest.current());
  useEffect(() => {
    const rest = new Rest(() => latest.current(), REST);
    const stop = live.watch(() => rest.moved());
    return () => {
      rest.dispose();
      stop();
    };
  }, [live]);
  return node;
}
