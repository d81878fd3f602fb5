import type { TranslationBundle } from '@jupyterlab/translation';

import { formatCount } from '../../ui/format';

/** `0.75″` */
export function arcsec(value: number): string {
  return `${Number(value.toPrecision(4))}″`;
}

/** A share with one decimal, two where it is small or nearly all. */
export function percent(share: number): string {
  const value = 100 * share;
  return `${value.toFixed(value !== 0 && value !== 100 && (value < 1 || value > 99) ? 2 : 1)} %`;
}

/** How long something takes, roughly: it is an estimate. */
function about(
  seconds: number,
  words: { readonly seconds: (n: number) => string; readonly minutes: (n: number) => string }
): string {
  return seconds < 90
    ? words.seconds(Math.max(1, Math.round(seconds)))
    : words.minutes(Math.round(seconds / 60));
}

/** The same in the user's language. */
export function aboutTime(seconds: number, trans: TranslationBundle): string {
  return about(seconds, {
    seconds: n => trans._n('about %1 second', 'about %1 seconds', n),
    minutes: n => trans._n('about %1 minute', 'about %1 minutes', n)
  });
}

/** `48 MB` */
export function megabytes(bytes: number): string {
  const value = bytes / 1e6;
  return `${value < 10 ? Number(value.toPrecision(2)) : formatCount(value)} MB`;
}
