/** Official products that are versions of one another, and which of them is the latest. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IProduct } from '../api';

type ISeen = Pick<IProduct, 'id' | 'displayName' | 'type' | 'releaseId' | 'created' | 'origin'>;

/**
 * What versions of one thing have in common: the type, and the release, or the name without version and date
 * where products have no release. `DP1 compilation v1.2 (2026-03)` and `DP1 compilation v2` are of one series.
 */
export function seriesOf({ displayName, type, releaseId }: ISeen): string {
  const name = displayName
    .toLowerCase()
    .replace(/\blatest\b|\b(v|ver|version)?\.?\s?\d+([._-]\d+)*\b/g, ' ')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  return `${type} ${releaseId ?? name}`;
}

/** Whether the server's keepers say in its name that it is the latest: there is no other mark. */
export function isMarked({ displayName }: ISeen): boolean {
  return /\blatest\b/i.test(displayName);
}

/** The latest first: what is marked, then the newest. */
export function byVersion(a: ISeen, b: ISeen): number {
  return Number(isMarked(b)) - Number(isMarked(a)) || Date.parse(b.created) - Date.parse(a.created);
}

/** The latest of each series, compilations before catalogues of one survey. */
export function latestOf<T extends ISeen>(official: readonly T[]): T[] {
  const seen = new Set<string>();
  return [...official]
    .sort(byVersion)
    .filter(one => {
      const series = seriesOf(one);
      return !seen.has(series) && seen.add(series);
    })
    .sort((a, b) => Number(isCompilation(b)) - Number(isCompilation(a)));
}

function isCompilation({ displayName, releaseId, origin }: ISeen): boolean {
  return releaseId !== null || /compil|combin/i.test(`${displayName} ${origin ?? ''}`);
}

/** By which rule it is the latest. */
export function ruleWords(latest: ISeen, trans: TranslationBundle): string {
  return isMarked(latest)
    ? trans.__('The server marks it as the latest, in its name.')
    : latest.releaseId !== null
      ? trans.__(
          'The server has no mark for the latest. The rule that is used: official, of this type and release, the newest.'
        )
      : trans.__(
          'The server has no mark for the latest. The rule that is used: official, of this type, the newest of those with this name but for version and date.'
        );
}
