import { categoryColour, NEUTRAL } from '../../ui/palette';

const COLOURS = ['#4477aa', '#ee6677'] as const;

/** Colours of two samples: those of their meaning (train, test) where both have one, else the same two always. */
export function sampleColours(labels: readonly [string, string]): readonly [string, string] {
  const [a, b] = labels.map(label => categoryColour(label, -1));
  return a !== b && a !== NEUTRAL && b !== NEUTRAL ? [a, b] : COLOURS;
}
