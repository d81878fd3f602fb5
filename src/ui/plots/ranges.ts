import { niceStep } from '../../table/binning';
import type { Range } from '../../table/selection';

/** Bounds with no more decimals than a pixel is worth. */
export function roundRange(low: number, high: number, perPixel: number): Range {
  const step = niceStep(perPixel);
  const decimals = Math.max(0, -Math.floor(Math.log10(step)));
  const round = (value: number) =>
    step >= 1 ? Math.round(value / step) * step : Number(value.toFixed(Math.min(12, decimals)));
  return [round(low), round(high)];
}

export function sameRange(one: Range | null, other: Range | null): boolean {
  return one === null || other === null ? one === other : one[0] === other[0] && one[1] === other[1];
}
