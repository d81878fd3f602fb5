/** Colours that carry meaning, the same everywhere. Categorical colours are Paul Tol's, safe for colour blindness. */

import type { Value } from '../expr';

const CATEGORIES = [
  '#4477aa',
  '#ee6677',
  '#228833',
  '#ccbb44',
  '#66ccee',
  '#aa3377',
  '#ee8866',
  '#44bb99',
  '#997700',
  '#aaaa00',
  '#ffaabb',
  '#77aadd'
];

/** What has no colour of its own: null, 'other', unused. */
export const NEUTRAL = '#999999';

const MEANINGS: { readonly [value: string]: string } = {
  // parts
  train: '#4477aa',
  validation: '#ccbb44',
  test: '#ee6677',
  unused: NEUTRAL,
  // verdicts
  single: '#66ccee',
  won: '#228833',
  lost: NEUTRAL,
  conflict: '#ee6677',
  blend: '#ee8866',
  star: '#ccbb44',
  'photo-z': '#aa3377',
  ineligible: '#bbbbbb'
};

/** The colour of a category: by its meaning if it has one, else by its place in the fixed order. */
export function categoryColour(value: Value, place: number): string {
  if (value === null) {
    return NEUTRAL;
  }
  const meaning = typeof value === 'string' ? MEANINGS[value] : undefined;
  return meaning ?? CATEGORIES[place] ?? NEUTRAL;
}

export type Rgb = readonly [number, number, number];

const LIGHT: Rgb[] = [
  [214, 228, 243],
  [107, 164, 210],
  [33, 102, 172],
  [6, 38, 90]
];
const DARK: Rgb[] = [
  [28, 54, 92],
  [42, 110, 176],
  [110, 182, 232],
  [232, 246, 255]
];

/** A ramp of one hue for densities: from near the page's ground to what stands out from it most. */
export function densityRamp(dark: boolean, steps = 64): Rgb[] {
  const stops = dark ? DARK : LIGHT;
  return Array.from({ length: steps }, (_, i) => {
    const place = (i / (steps - 1)) * (stops.length - 1);
    const index = Math.min(stops.length - 2, Math.floor(place));
    const part = place - index;
    return stops[index].map((from, c) =>
      Math.round(from + (stops[index + 1][c] - from) * part)
    ) as unknown as Rgb;
  });
}
