import { niceStep } from '../../table/binning';
import { settled, type Range } from '../../table/selection';

/** Bounds with no more decimals than a pixel is worth. */
export function roundRange(low: number, high: number, perPixel: number): Range {
  const step = niceStep(perPixel);
  const decimals = Math.max(0, -Math.floor(Math.log10(step)));
  const round = (value: number) =>
    step >= 1 ? Math.round(value / step) * step : Number(value.toFixed(Math.min(12, decimals)));
  return [round(low), round(high)];
}

/** All bounds at which a brush stops along a side of so many pixels, as a condition holds them. */
export function stopsAlong(first: number, last: number, pixels: number): number[] {
  const perPixel = (last - first) / pixels;
  const places = [...Array(Math.floor(pixels) + 1).keys(), pixels];
  return places.map(place => {
    const at = first + place * perPixel;
    return settled(roundRange(at, at, Math.abs(perPixel))[0]);
  });
}

export function sameRange(one: Range | null, other: Range | null): boolean {
  return one === null || other === null ? one === other : one[0] === other[0] && one[1] === other[1];
}
