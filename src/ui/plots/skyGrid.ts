import { niceStep } from '../../table/binning';
import { project, unproject, wrap180, wrap360, type ISkyFrame } from '../../table/sky';
import { formatTick } from '../format';
import type { ITheme } from '../theme';
import { haloText, setFont } from './axes';
import type { IBox } from './canvas';

export type Place = (ra: number, dec: number) => [number, number];

/** Where a position lies in a box that shows a frame. */
export function placeIn(frame: ISkyFrame, box: IBox): Place {
  return (a, d) => {
    const [x, y] = project(frame, a, d);
    return [
      box.left + ((frame.x[1] - x) / (frame.x[1] - frame.x[0])) * (box.right - box.left),
      box.top + ((frame.y[1] - y) / (frame.y[1] - frame.y[0])) * (box.bottom - box.top)
    ];
  };
}

/** The graticule with its labels, and a line around a field. */
export function drawSkyGrid(
  context: CanvasRenderingContext2D,
  theme: ITheme,
  box: IBox,
  frame: ISkyFrame
): void {
  context.save();
  context.beginPath();
  context.rect(box.left, box.top, box.right - box.left, box.bottom - box.top);
  context.clip();
  graticule(context, theme, box, frame, placeIn(frame, box));
  context.restore();
  if (frame.kind === 'field') {
    context.strokeStyle = theme.line;
    context.strokeRect(box.left + 0.5, box.top + 0.5, box.right - box.left - 1, box.bottom - box.top - 1);
  }
}

/** Bounds of RA (unwrapped around the frame's centre) and dec that a frame shows. */
function extent(frame: ISkyFrame): { ra: [number, number]; dec: [number, number] } {
  if (frame.kind === 'all') {
    return { ra: [frame.ra - 180, frame.ra + 180], dec: [-90, 90] };
  }
  const ra: [number, number] = [Infinity, -Infinity];
  const dec: [number, number] = [Infinity, -Infinity];
  for (let i = 0; i <= 20; i++) {
    for (let j = 0; j <= 20; j++) {
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

/** Steps of a graticule in degrees: 1, 2 or 5 times a power of ten, or 10, 15, 30, 60. */
function degreeStep(span: number, about: number): number {
  const step = niceStep(span / Math.max(1, about));
  return step < 10 ? step : step <= 10 ? 10 : step <= 20 ? 15 : step <= 50 ? 30 : 60;
}

function graticule(
  context: CanvasRenderingContext2D,
  theme: ITheme,
  box: IBox,
  frame: ISkyFrame,
  place: Place
): void {
  const bounds = extent(frame);
  const all = frame.kind === 'all';
  const raStep = all ? 60 : degreeStep(bounds.ra[1] - bounds.ra[0], (box.right - box.left) / 90);
  const decStep = all ? 30 : degreeStep(bounds.dec[1] - bounds.dec[0], (box.bottom - box.top) / 55);
  setFont(context, theme);
  const curve = (points: [number, number][]) => {
    context.globalAlpha = 0.6;
    context.beginPath();
    points.forEach(([x, y], i) => (i === 0 ? context.moveTo(x, y) : context.lineTo(x, y)));
    context.stroke();
    context.globalAlpha = 1;
  };
  const label = (text: string, x: number, y: number) => haloText(context, theme, text, x, y);
  const series = (from: number, to: number, step: number) =>
    Array.from({ length: Math.floor(to / step + 1e-9) - Math.ceil(from / step - 1e-9) + 1 }, (_, i) =>
      Number(((Math.ceil(from / step - 1e-9) + i) * step).toPrecision(12))
    );
  const between = (from: number, to: number) =>
    Array.from({ length: 41 }, (_, i) => from + ((to - from) * i) / 40);

  const decs: [number, number] = [Math.max(-90, bounds.dec[0]), Math.min(90, bounds.dec[1])];
  const meridians = series(bounds.ra[0], bounds.ra[1], raStep);
  const parallels = series(decs[0], decs[1], decStep).filter(d => Math.abs(d) < 90);
  meridians.forEach(a => curve(between(...decs).map(d => place(a, d))));
  parallels.forEach(d => curve(between(...bounds.ra).map(a => place(a, d))));

  context.textBaseline = 'bottom';
  context.textAlign = 'center';
  let last = Infinity;
  for (const a of meridians) {
    const text = `${formatTick(wrap360(a), raStep)}°`;
    const half = context.measureText(text).width / 2 + 2;
    const [x] = all ? place(a, 0) : meridianFoot(a, decs, place, box);
    const y = all ? place(a, 0)[1] - 2 : box.bottom - 3;
    // RA grows to the left: each label is left of the one before
    if (x - half > box.left && x + half < box.right && x + half < last) {
      label(text, x, y);
      last = x - half;
    }
  }
  context.textAlign = 'left';
  context.textBaseline = 'bottom';
  for (const d of parallels) {
    if (all && d === 0) {
      // the labels of the meridians stand there
      continue;
    }
    const text = `${d > 0 ? '+' : ''}${formatTick(d, decStep)}°`;
    const edge = all ? place(frame.ra + 179.9, d) : [box.left, parallelFoot(d, bounds.ra, place, box)];
    const [x, y] = edge;
    if (y > box.top + 18 && y < box.bottom - 18) {
      label(text, Math.max(box.left, x) + 4, y - 2);
    }
  }
}

/** Where a meridian meets the lower edge of the box. */
function meridianFoot(ra: number, decs: [number, number], place: Place, box: IBox): [number, number] {
  let best: [number, number] = [NaN, NaN];
  let least = Infinity;
  for (let i = 0; i <= 60; i++) {
    const point = place(ra, decs[0] + ((decs[1] - decs[0]) * i) / 60);
    const distance = Math.abs(point[1] - box.bottom);
    if (distance < least) {
      least = distance;
      best = point;
    }
  }
  return best;
}

/** The height at which a parallel meets the left edge of the box. */
function parallelFoot(dec: number, ras: [number, number], place: Place, box: IBox): number {
  let best = NaN;
  let least = Infinity;
  for (let i = 0; i <= 60; i++) {
    const point = place(ras[0] + ((ras[1] - ras[0]) * i) / 60, dec);
    const distance = Math.abs(point[0] - box.left);
    if (distance < least) {
      least = distance;
      best = point[1];
    }
  }
  return best;
}
