import { niceStep } from '../../table/binning';
import type { Range } from '../../table/selection';
import { project, unproject, wrap180, wrap360, type ISkyFrame } from '../../table/sky';
import { formatTick } from '../../ui';
import { type Spec, tidy } from './paper';

interface ILabel {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly side: 'bottom' | 'left' | 'equator';
}

/** Points along a curve. */
const POINTS = 61;

/** Meridians and parallels of a frame as points of the plane, in order, and what stands at their ends. */
export function graticule(
  frame: ISkyFrame,
  width: number,
  height: number
): { lines: Spec[]; labels: ILabel[] } {
  const all = frame.kind === 'all';
  const { ra, dec } = extent(frame);
  const raStep = all ? 60 : degreeStep(ra[1] - ra[0], width / 60);
  const decStep = all ? 30 : degreeStep(dec[1] - dec[0], height / 60);
  const curves: { name: string; points: [number, number][] }[] = [];
  const labels: ILabel[] = [];
  for (const a of multiples(ra, raStep)) {
    const points = between(dec, d => project(frame, a, d));
    curves.push({ name: `ra ${tidy(a)}`, points });
    const text = `${formatTick(wrap360(a), raStep)}°`;
    if (all && Math.abs(a - frame.ra) < 179) {
      const [x, y] = project(frame, a, 0);
      labels.push({ x, y, text, side: 'equator' });
    } else if (!all) {
      const foot = crossing(points, 1, frame.y[0]);
      if (foot !== null && foot > frame.x[0] && foot < frame.x[1]) {
        labels.push({ x: foot, y: frame.y[0], text, side: 'bottom' });
      }
    }
  }
  for (const d of multiples(dec, decStep)) {
    if (Math.abs(d) >= 90) {
      continue;
    }
    const points = between(ra, a => project(frame, a, d));
    curves.push({ name: `dec ${tidy(d)}`, points });
    const text = `${d > 0 ? '+' : d < 0 ? '−' : ''}${formatTick(Math.abs(d), decStep)}°`;
    if (all && d !== 0) {
      const [x, y] = project(frame, frame.ra + 179.9999, d);
      labels.push({ x, y, text, side: 'left' });
    } else if (!all) {
      // RA grows to the left: the left edge is the largest x
      const foot = crossing(points, 0, frame.x[1]);
      if (foot !== null && foot > frame.y[0] && foot < frame.y[1]) {
        labels.push({ x: frame.x[1], y: foot, text, side: 'left' });
      }
    }
  }
  const lines = plain(curves.map(({ name, points }) => [name, points]));
  return { lines, labels: labels.map(label => ({ ...label, x: tidy(label.x), y: tidy(label.y) })) };
}

/** The outline of what bounds of RA and dec enclose, as points of the plane in order; open where there are none. */
export function outlineOf(frame: ISkyFrame, ra: Range | null, dec: Range | null): Spec[] {
  const [south, north] = [Math.max(-90, dec?.[0] ?? -90), Math.min(90, dec?.[1] ?? 90)];
  const bounded = ra !== null && ra[0] !== -Infinity && ra[1] !== Infinity;
  const west = bounded ? frame.ra + wrap180(ra[0] - frame.ra) : frame.ra - 179.9999;
  const east = bounded ? west + wrap360(ra[1] - ra[0]) : frame.ra + 179.9999;
  const sides: [string, [number, number][]][] = [];
  if (bounded) {
    sides.push(['west', between([south, north], d => project(frame, west, d))]);
    sides.push(['east', between([south, north], d => project(frame, east, d))]);
  }
  if (south > -90) {
    sides.push(['south', between([west, east], a => project(frame, a, south))]);
  }
  if (north < 90) {
    sides.push(['north', between([west, east], a => project(frame, a, north))]);
  }
  return plain(sides);
}

/** Bounds of RA (unwrapped around the frame's centre) and dec that a frame shows, a little widened. */
function extent(frame: ISkyFrame): { ra: [number, number]; dec: [number, number] } {
  if (frame.kind === 'all') {
    return { ra: [frame.ra - 179.9999, frame.ra + 179.9999], dec: [-90, 90] };
  }
  const ra: [number, number] = [Infinity, -Infinity];
  const dec: [number, number] = [Infinity, -Infinity];
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

function plain(curves: readonly [string, [number, number][]][]): Spec[] {
  return curves.flatMap(([line, points]) =>
    points.flatMap(([x, y]) => (Number.isFinite(x) ? [{ line, x: tidy(x), y: tidy(y) }] : []))
  );
}

/** 1, 2 or 5 times a power of ten, or 10, 15, 30, 60 degrees. */
function degreeStep(span: number, about: number): number {
  const step = niceStep(span / Math.max(1, about));
  return step < 10 ? step : step <= 10 ? 10 : step <= 20 ? 15 : step <= 50 ? 30 : 60;
}

function multiples([from, to]: readonly [number, number], step: number): number[] {
  const found: number[] = [];
  for (let i = Math.ceil(from / step - 1e-9); i * step <= to + step * 1e-9; i++) {
    found.push(tidy(i * step));
  }
  return found;
}

function between(
  [from, to]: readonly [number, number],
  at: (value: number) => [number, number]
): [number, number][] {
  return Array.from({ length: POINTS }, (_, i) => at(from + ((to - from) * i) / (POINTS - 1)));
}

/** The other coordinate of a curve where its coordinate `axis` passes a value, or null if it doesn't. */
function crossing(points: readonly [number, number][], axis: 0 | 1, value: number): number | null {
  const other = axis === 0 ? 1 : 0;
  for (let i = 1; i < points.length; i++) {
    const [p, q] = [points[i - 1], points[i]];
    if ((p[axis] - value) * (q[axis] - value) <= 0 && p[axis] !== q[axis]) {
      return p[other] + ((q[other] - p[other]) * (value - p[axis])) / (q[axis] - p[axis]);
    }
  }
  return null;
}
