/** Which places of the sky a catalogue covers. */
import type { Footprint, ICircle, ISkyBox } from '../../api';
import { wrap360 } from '../../table/sky';

const RAD = Math.PI / 180;

export function isCircle(part: ICircle | ISkyBox): part is ICircle {
  return 'radius_deg' in part;
}

/** Degrees between two positions. */
export function separation(ra1: number, dec1: number, ra2: number, dec2: number): number {
  const sines = Math.sin(dec1 * RAD) * Math.sin(dec2 * RAD);
  const cosines = Math.cos(dec1 * RAD) * Math.cos(dec2 * RAD) * Math.cos((ra1 - ra2) * RAD);
  return Math.acos(Math.max(-1, Math.min(1, sines + cosines))) / RAD;
}

export function covers(footprint: Footprint, ra: number, dec: number): boolean {
  return footprint.some(part => {
    if (isCircle(part)) {
      return separation(part.ra, part.dec, ra, dec) <= part.radius_deg;
    }
    const [from, to] = part.ra;
    const around = to - from >= 360 || wrap360(ra - from) <= wrap360(to - from);
    return around && dec >= part.dec[0] && dec <= part.dec[1];
  });
}

/** The middle of a part. */
export function middle(part: ICircle | ISkyBox): readonly [number, number] {
  if (isCircle(part)) {
    return [part.ra, part.dec];
  }
  const [from, to] = part.ra;
  const span = to - from >= 360 ? 360 : wrap360(to - from);
  return [wrap360(from + span / 2), (part.dec[0] + part.dec[1]) / 2];
}

/** How far it reaches from its middle, in degrees, in the narrower direction. */
export function reach(part: ICircle | ISkyBox): number {
  if (isCircle(part)) {
    return part.radius_deg;
  }
  const [, dec] = middle(part);
  const [from, to] = part.ra;
  const wide = (to - from >= 360 ? 360 : wrap360(to - from)) * Math.cos(dec * RAD);
  return Math.min(wide, part.dec[1] - part.dec[0]) / 2;
}

/** How many of the footprints cover each cell of a map, row by row from the top left; -1 outside the sky. */
export function coverage(
  footprints: readonly Footprint[],
  columns: number,
  rows: number,
  at: (column: number, row: number) => readonly [number, number] | null
): Int16Array {
  const counts = new Int16Array(columns * rows);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const place = at(column, row);
      counts[row * columns + column] =
        place === null ? -1 : footprints.reduce((n, one) => n + (covers(one, ...place) ? 1 : 0), 0);
    }
  }
  return counts;
}
