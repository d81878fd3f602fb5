import type { Range } from '../table/selection';

/** The bounds of a range as they are typed: an empty one is none. */
export type Draft = readonly [string, string];

export function draftOf(range: Range | null): Draft {
  const text = (value: number) => (Number.isFinite(value) ? String(value) : '');
  return range === null ? ['', ''] : [text(range[0]), text(range[1])];
}

/**
 * A typed range, null where neither bound is given, or what is wrong: a bound that is no `'number'`, or their
 * `'order'`. Decimals may stand after a comma. Of angles that go `round`, the lower bound may be the larger number.
 */
export function readRange(draft: Draft, round = false): Range | null | 'number' | 'order' {
  const [low, high] = draft.map((text, side) =>
    text.trim() === '' ? (side === 0 ? -Infinity : Infinity) : Number(text.trim().replace(',', '.'))
  );
  if (Number.isNaN(low) || Number.isNaN(high)) {
    return 'number';
  }
  if (low === -Infinity && high === Infinity) {
    return null;
  }
  return low > high && !round ? 'order' : [low, high];
}
