import type { ISignal } from '@lumino/signaling';
import { useCallback, useEffect, useLayoutEffect, useReducer, useRef } from 'react';
import { useSame } from './hooks';
import { Rest } from './rest';

/** What changes many times a second is drawn past React: these help to do so, at most once a frame. */

/** Frames without anything to do after which no more are asked for. */
const IDLE_FRAMES = 12;
const waiting = new Set<() => void>();
let idle = IDLE_FRAMES;

/** Do something in the next frame; once, however often it is asked for until then. */
export function inFrame(act: () => void): void {
  waiting.add(act);
  if (idle === IDLE_FRAMES) {
    idle = 0;
    requestAnimationFrame(eachFrame);
  }
}

/** Asks for the frame after it itself: to ask in an event costs the event half a millisecond. */
function eachFrame(): void {
  const acts = [...waiting];
  waiting.clear();
  idle = acts.length > 0 ? 0 : idle + 1;
  if (idle < IDLE_FRAMES) {
    requestAnimationFrame(eachFrame);
  }
  for (const act of acts) {
    try {
      act();
    } catch (error) {
      // the others are drawn all the same
      console.error('pz-tsm: something could not be drawn.', error);
    }
  }
}

export function notInFrame(act: () => void): void {
  waiting.delete(act);
}

type AnySignal = ISignal<unknown, unknown>;

function useSlot(slot: () => void, signals: readonly AnySignal[]): void {
  useEffect(() => {
    signals.forEach(signal => signal.connect(slot));
    return () => signals.forEach(signal => signal.disconnect(slot));
  }, [slot, signals]);
}

/** Render again after a signal: at once, and while it goes on at most so often (in ms). */
export function useAtMost(wait: number, ...signals: AnySignal[]): void {
  const [, again] = useReducer((n: number) => n + 1, 0);
  const same = useSame(signals);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let more = false;
    const act = () => {
      again();
      timer = setTimeout(() => {
        timer = undefined;
        if (more) {
          more = false;
          act();
        }
      }, wait);
    };
    const slot = () => {
      if (timer === undefined) {
        act();
      } else {
        more = true;
      }
    };
    same.forEach(signal => signal.connect(slot));
    return () => {
      clearTimeout(timer);
      same.forEach(signal => signal.disconnect(slot));
    };
  }, [wait, same]);
}

/** A value read anew after each signal; only another value renders again. */
export function useSelected<T>(read: () => T, ...signals: AnySignal[]): T {
  const [, again] = useReducer((n: number) => n + 1, 0);
  const value = read();
  const latest = useRef({ read, value });
  latest.current = { read, value };
  const slot = useCallback(() => {
    if (!Object.is(latest.current.read(), latest.current.value)) {
      again();
    }
  }, []);
  const same = useSame(signals);
  useSlot(slot, same);
  // what changed between the render and now
  useEffect(() => slot(), [slot, same]);
  return value;
}

export interface ILiveTextProps {
  readonly className?: string;
  readonly read: () => string;
  readonly on: readonly AnySignal[];
  /** Say it as the tooltip too: where it may be cut off. */
  readonly titled?: boolean;
  /** Room for the longest text, so that a new one moves nothing else. */
  readonly width?: string;
}

/** A text that follows signals without a render. */
export function LiveText({ className, read, on, titled = false, width }: ILiveTextProps): JSX.Element {
  const node = useRef<HTMLSpanElement>(null);
  const write = useRef(() => {});
  write.current = () => {
    const own = node.current;
    const text = own === null ? '' : read();
    if (own !== null && own.textContent !== text) {
      own.textContent = text;
      if (titled) {
        own.title = text;
      }
    }
  };
  useLayoutEffect(() => write.current());
  const act = useCallback(() => write.current(), []);
  const slot = useCallback(() => inFrame(act), [act]);
  useSlot(slot, useSame(on));
  useEffect(() => () => notInFrame(act), [act]);
  return <span ref={node} className={className} style={width === undefined ? undefined : { width }} />;
}

/** Call back when signals have been quiet for a while. */
export function useRest(act: () => void, wait: number, ...signals: AnySignal[]): void {
  const latest = useRef(act);
  latest.current = act;
  const same = useSame(signals);
  useEffect(() => {
    const rest = new Rest(() => latest.current(), wait);
    const slot = () => rest.moved();
    same.forEach(signal => signal.connect(slot));
    return () => {
      rest.dispose();
      same.forEach(signal => signal.disconnect(slot));
    };
  }, [wait, same]);
}
