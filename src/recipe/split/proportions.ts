/** Proportions that sum to 1 while one of them changes. */

export type Parts = readonly (readonly [name: string, share: number])[];

const DECIMALS = 4;

/**
 * Give a part another share; the others keep their ratio to one another, as it was in `parts`.
 *
 * Shares have at most 4 decimals, and sum to 1.
 */
export function moved(parts: Parts, index: number, share: number): [string, number][] {
  const wanted = rounded(Math.min(1, Math.max(0, share)));
  if (parts.length === 1) {
    return [[parts[0][0], 1]];
  }
  const rest = parts.reduce((sum, [, one], i) => (i === index ? sum : sum + Math.max(one, 0)), 0);
  const next = parts.map(([name, one], i): [string, number] => [
    name,
    i === index
      ? wanted
      : rounded(rest > 0 ? ((1 - wanted) * Math.max(one, 0)) / rest : (1 - wanted) / (parts.length - 1))
  ]);
  return closed(next, index);
}

/** The same ratios, summing to 1. */
export function scaled(parts: Parts): [string, number][] {
  const sum = parts.reduce((total, [, share]) => total + Math.max(share, 0), 0);
  const next = parts.map(([name, share]): [string, number] => [
    name,
    rounded(sum > 0 ? Math.max(share, 0) / sum : 1 / parts.length)
  ]);
  return closed(next, -1);
}

export function sumOf(parts: Parts): number {
  return parts.reduce((sum, [, share]) => sum + share, 0);
}

/** What rounding leaves over goes to the largest of the parts that may change. */
function closed(parts: [string, number][], fixed: number): [string, number][] {
  const left = rounded(1 - sumOf(parts));
  const free = parts.map((_, i) => i).filter(i => i !== fixed);
  const largest = free.reduce((best, i) => (parts[i][1] > parts[best][1] ? i : best), free[0]);
  parts[largest][1] = rounded(parts[largest][1] + left);
  return parts;
}

function rounded(share: number): number {
  return Number(share.toFixed(DECIMALS));
}

/** A name for one more part. */
export function freeName(parts: Parts): string {
  const used = parts.map(([name]) => name);
  const free = ['train', 'validation', 'test', 'calibration'].find(name => !used.includes(name));
  let number = parts.length + 1;
  while (used.includes(`part${number}`)) {
    number += 1;
  }
  return free ?? `part${number}`;
}
