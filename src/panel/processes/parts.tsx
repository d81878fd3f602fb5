/** What the pages of processes share: a clock, an ear for the network, a field, a bar, and the word that the server is not reached. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { type ReactNode, useEffect, useRef, useState } from 'react';

import type { ITrouble } from '../section';

/** The time, each second while something goes on. */
export function useClock(goes: boolean, now: () => number): number {
  const [time, setTime] = useState(now);
  useEffect(() => {
    setTime(now());
    const timer = goes ? setInterval(() => setTime(now()), 1000) : undefined;
    return () => clearInterval(timer);
  }, [goes, now]);
  return time;
}

/** Do something when the browser is on a network again. */
export function useOnline(again: () => void): void {
  const latest = useRef(again);
  latest.current = again;
  useEffect(() => {
    const listen = () => latest.current();
    window.addEventListener('online', listen);
    return () => window.removeEventListener('online', listen);
  }, []);
}

interface IFieldProps {
  /** Id of what is filled in. */
  readonly id: string;
  readonly label: string;
  readonly children: ReactNode;
}

/** A label, and beside it what is filled in and said of it. */
export function Field({ id, label, children }: IFieldProps): JSX.Element {
  return (
    <div className="tsm-Field">
      <label className="tsm-Field-label" htmlFor={id}>
        {label}
      </label>
      <div className="tsm-Field-input">{children}</div>
    </div>
  );
}

export interface IProgressProps {
  readonly label: string;
  /** From 0 to 1; null where nobody tells. */
  readonly fraction: number | null;
}

export function Progress({ label, fraction }: IProgressProps): JSX.Element {
  return (
    <progress aria-label={label} max={1} value={fraction ?? undefined}>
      {fraction === null ? '' : `${Math.floor(100 * fraction)} %`}
    </progress>
  );
}

export interface ILostProps {
  /** In milliseconds; null while the server answers. */
  readonly since: number | null;
  readonly trouble: ITrouble | null;
  readonly trans: TranslationBundle;
  retry(): void;
}

/** That the server does not answer, and since when; what is shown is what it said last. */
export function Lost({ since, trouble, trans, retry }: ILostProps): JSX.Element | null {
  if (trouble === null) {
    return null;
  }
  const clock = since === null ? '' : new Date(since).toLocaleTimeString([], { timeStyle: 'short' });
  return (
    <div className="tsm-Page-box tsm-mod-large tsm-mod-warning" role="alert">
      <p>{trouble.message}</p>
      <p className="tsm-mod-muted">
        {since === null
          ? trouble.remedy
          : trans.__(
              'Not reached since %1: this is what was known then. It is asked again by itself.',
              clock
            )}
      </p>
      <button type="button" className="tsm-Panel-textButton" onClick={retry}>
        {trans.__('Try now')}
      </button>
    </div>
  );
}
