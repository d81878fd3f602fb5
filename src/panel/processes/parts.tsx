/** What the pages of processes share: a clock, a bar, and the word that the server is not reached. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { useEffect, useState } from 'react';

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

export interface IProgressProps {
  readonly label: string;
  /** From 0 to 1; null where nobody tells. */
  readonly fraction: number | null;
}

export function Progress({ label, fraction }: IProgressProps): JSX.Element {
  return (
    <progress className="tsm-Process-bar" aria-label={label} max={1} value={fraction ?? undefined}>
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
    <div className="tsm-Process-lost" role="alert">
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
