/** The meridians and parallels of a sky map, in the plane of its projection: for the screen and for figures alike. */

import { niceStep } from '../../table/binning';
import { project, unproject, wrap180, wrap360, type ISkyFrame } from '../../table/sky';
import { formatTick } from '../format';

export type Point = [number, number];

export interface ISkyLine {
  readonly kind: 'ra' | 'dec';
  /** Degrees; right ascension is unwrapped around the frame's centre. */
  readonly value: number;
  readonly text: string;
  /** Along the line, places without one left out. */
  readonly points: Point[];
  /** Where its label stands: on the equator or at the edge of all sky, at the lower or left edge of a field. */
  readonly foot: Point | null;
}

/** Points along a curve. */
const POINTS = 61;
/** Half way round the sky, from the east and from the west: 180 itself is one place, thus one edge. */
const HALF = 179.9999;

/** The lines of a frame, meridians by rising right ascension first; about so many of either kind in a field. */
export function graticule(frame: ISkyFrame, about: { ra: number; dec: number }): ISkyLine[] {
  const all = frame.kind === 'all';
  const { ra, dec } = extent(frame);
  const raStep = all ? 60 : degreeStep(ra[1] - ra[0], about.ra);
  const decStep = all ? 30 : degreeStep(dec[1] - dec[0], about.dec);
  const lines: ISkyLine[] = [];
  for (const value of multiples(ra, raStep)) {
    const points = between(dec, d => project(frame, value, d));
    const text = `${formatTick(wrap360(value), raStep)}°`;
    const foot = all ? project(frame, value, 0) : crossing(points, 1, frame.y[0], frame.x);
    lines.push({ kind: 'ra', value, text, points, foot });
  }
  for (const value of multiples(dec, decStep)) {
    if (Math.abs(value) < 90) {
      const points = between(ra, a => project(frame, a, value));
      const text = `${value > 0 ? '+' : value < 0 ? '−' : ''}${formatTick(Math.abs(value), decStep)}°`;
      // RA grows to the left: the left edge is the largest x. On the equator stand the labels of the meridians
      const left = all ? project(frame, frame.ra + HALF, value) : crossing(points, 0, frame.x[1], frame.y);
      lines.push({ kind: 'dec', value, text, points, foot: all && value === 0 ? null : left });
    }
  }
  return lines;
}

/** The two meridians that end an all-sky map; a field has none. */
export function skyEdges(frame: ISkyFrame): Point[][] {
  const sides = frame.kind === 'all' ? [frame.ra + HALF, frame.ra - HALF] : [];
  return sides.map(a => between([-90, 90], d => project(frame, a, d)));
}

/** Points at even steps along a curve. */
export function between([from, to]: readonly [number, number], at: (value: number) => Point): Point[] {
  return Array.from({ length: POINTS }, (_, i) => at(from + ((to - from) * i) / (POINTS - 1))).filter(([x]) =>
    Number.isFinite(x)
  );
}

/** Bounds of RA (unwrapped around the frame's centre) and dec that a frame shows, a little widened. */
function extent(frame: ISkyFrame): { ra: Point; dec: Point } {
  if (frame.kind === 'all') {
    return { ra: [frame.ra - HALF, frame.ra + HALF], dec: [-90, 90] };
  }
  const ra: Point = [Infinity, -Infinity];
  const dec: Point = [Infinity, -Infinity];
  for (let i = -1; i <= 21; i++) {
    for (let j = -1; j <= 21; j++) {
      const x = frame.x[0] + ((frame.x[1] - frame.x[0]) * i) / 20;
      const y = frame.y[0] + ((frame.y[1] - frame.y[0]) * j) / 20;
      const position = unproject(frame, x, y);
      if (position !== null) {
        const a = frame.ra + wrap180(position[0] - frame.ra);
        ra[0] = Math.min(ra[0], a);
        ra[1] = Math.max(ra[1], a);
        dec[0] = Math.min(dec[0], position[1]);
        dec[1] = Math.max(dec[1], position[1]);
      }
    }
  }
  return { ra, dec };
}

/** 1, 2 or 5 times a power of ten, or 10, 15, 30, 60 degrees. */
function degreeStep(span: number, about: number): number {
  const step = niceStep(span / Math.max(1, about));
  return step < 10 ? step : step <= 10 ? 10 : step <= 20 ? 15 : step <= 50 ? 30 : 60;
}

function multiples([from, to]: readonly [number, number], step: number): number[] {
  const found: number[] = [];
  for (let i = Math.ceil(from / step - 1e-9); i * step <= to + step * 1e-9; i++) {
    found.push(Number((i * step).toPrecision(12)));
  }
  return found;
}

/** Where a curve passes a value of its coordinate `axis`, if that is between the bounds of the other one. */
function crossing(
  points: readonly Point[],
  axis: 0 | 1,
  value: number,
  [low, high]: readonly [number, number]
): Point | null {
  const other = axis === 0 ? 1 : 0;
  for (let i = 1; i < points.length; i++) {
    const [p, q] = [points[i - 1], points[i]];
    if ((p[axis] - value) * (q[axis] - value) <= 0 && p[axis] !== q[axis]) {
      const place = p[other] + ((q[other] - p[other]) * (value - p[axis])) / (q[axis] - p[axis]);
      if (place > low && place < high) {
        return axis === 0 ? [value, place] : [place, value];
      }
    }
  }
  return null;
}
