import type { Range } from '../../table/selection';
import { project, wrap180, wrap360, type ISkyFrame } from '../../table/sky';
import { between, graticule as linesOf, type Point } from '../../ui/plots/graticule';
import { type Spec, tidy } from './paper';

interface ILabel {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly side: 'bottom' | 'left' | 'equator';
}

/** Meridians and parallels of a frame as points of the plane, in order, and what stands at their ends. */
export function graticule(
  frame: ISkyFrame,
  width: number,
  height: number
): { lines: Spec[]; labels: ILabel[] } {
  const found = linesOf(frame, { ra: width / 60, dec: height / 60 });
  const meridianSide = frame.kind === 'all' ? 'equator' : 'bottom';
  return {
    lines: plain(found.map(({ kind, value, points }) => [`${kind} ${tidy(value)}`, points])),
    labels: found.flatMap(({ kind, text, foot }) =>
      foot === null
        ? []
        : [{ x: tidy(foot[0]), y: tidy(foot[1]), text, side: kind === 'ra' ? meridianSide : 'left' }]
    )
  };
}

/** The outline of what bounds of RA and dec enclose, as points of the plane in order; open where there are none. */
export function outlineOf(frame: ISkyFrame, ra: Range | null, dec: Range | null): Spec[] {
  const [south, north] = [Math.max(-90, dec?.[0] ?? -90), Math.min(90, dec?.[1] ?? 90)];
  const bounded = ra !== null && ra[0] !== -Infinity && ra[1] !== Infinity;
  const west = bounded ? frame.ra + wrap180(ra[0] - frame.ra) : frame.ra - 179.9999;
  const east = bounded ? west + wrap360(ra[1] - ra[0]) : frame.ra + 179.9999;
  const sides: [string, Point[]][] = [];
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

function plain(curves: readonly [string, Point[]][]): Spec[] {
  return curves.flatMap(([line, points]) => points.map(([x, y]) => ({ line, x: tidy(x), y: tidy(y) })));
}
