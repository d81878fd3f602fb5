/** Colours of shares: one hue from pale to strong, or two that meet in the ground's colour. */

import type { Rgb } from '../palette';

export function rgbOf(hex: string): Rgb {
  return [1, 3, 5].map(i => parseInt(hex.slice(i, i + 2), 16)) as unknown as Rgb;
}

export function mixed(from: Rgb, to: Rgb, part: number): Rgb {
  return from.map((channel, i) => Math.round(channel + (to[i] - channel) * part)) as unknown as Rgb;
}

export function cssOf([r, g, b]: Rgb): string {
  return `rgb(${r}, ${g}, ${b})`;
}

const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];

function along(stops: readonly Rgb[], steps: number): Rgb[] {
  return Array.from({ length: steps }, (_, i) => {
    const place = (i / (steps - 1)) * (stops.length - 1);
    const index = Math.min(stops.length - 2, Math.floor(place));
    return mixed(stops[index], stops[index + 1], place - index);
  });
}

/** From near the page's ground to what stands out from it most. */
export function shareRamp(hex: string, dark: boolean, steps = 64): Rgb[] {
  const hue = rgbOf(hex);
  return along(
    dark
      ? [mixed(BLACK, hue, 0.35), hue, mixed(hue, WHITE, 0.85)]
      : [mixed(hue, WHITE, 0.78), hue, mixed(hue, BLACK, 0.65)],
    steps
  );
}

/** From the strongest of one hue, over what is neither, to the strongest of the other. */
export function divergingRamp(negative: string, positive: string, dark: boolean, steps = 129): Rgb[] {
  const middle: Rgb = dark ? [62, 62, 62] : [238, 238, 236];
  const end = (hex: string) => (dark ? mixed(rgbOf(hex), WHITE, 0.25) : mixed(rgbOf(hex), BLACK, 0.25));
  return along([end(negative), middle, end(positive)], steps);
}
