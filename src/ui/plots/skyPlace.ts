import type { Range } from '../../table/selection';
import { project, unproject, wrap180, wrap360, type ISkyFrame } from '../../table/sky';
import type { IRect } from './brushMoves';

/** Between places on a map, in pixels, and positions on the sky. */

export function positionAt(
  frame: ISkyFrame,
  x: number,
  y: number,
  width: number,
  height: number
): [number, number] | null {
  // x grows to the left on the sky
  const px = frame.x[1] - (x / width) * (frame.x[1] - frame.x[0]);
  const py = frame.y[1] - (y / height) * (frame.y[1] - frame.y[0]);
  return unproject(frame, px, py);
}

/** A position in words, with the decimals that a pixel is worth. */
export function positionText(
  frame: ISkyFrame,
  place: { x: number; y: number },
  width: number,
  height: number
): string | null {
  const position = positionAt(frame, place.x, place.y, width, height);
  const wide = frame.x[1] - frame.x[0];
  const decimals = Math.max(0, Math.min(6, 2 - Math.floor(Math.log10(wide))));
  return position === null ? null : `${position[0].toFixed(decimals)}° ${position[1].toFixed(decimals)}°`;
}

/** RA and dec bounds between the corners of a rectangle on the map. */
export function boundsOfRect(
  frame: ISkyFrame,
  rect: IRect,
  width: number,
  height: number
): [Range, Range] | null {
  const middleX = (rect.x0 + rect.x1) / 2;
  const middleY = (rect.y0 + rect.y1) / 2;
  const left = positionAt(frame, rect.x0, middleY, width, height);
  const right = positionAt(frame, rect.x1, middleY, width, height);
  const upper = positionAt(frame, middleX, rect.y0, width, height);
  const lower = positionAt(frame, middleX, rect.y1, width, height);
  const scale = (frame.x[1] - frame.x[0]) / width;
  const decimals = Math.max(0, Math.min(7, 1 - Math.floor(Math.log10(scale))));
  const round = (value: number) => Number(value.toFixed(decimals));
  if (left === null || right === null || lower === null || upper === null) {
    return null;
  }
  return [
    [round(right[0]), round(left[0])],
    [round(Math.min(lower[1], upper[1])), round(Math.max(lower[1], upper[1]))]
  ];
}

/** The rectangle on the map around the middle lines of a selection. */
export function skyRect(
  frame: ISkyFrame,
  ra: Range | null,
  dec: Range | null,
  width: number,
  height: number
): IRect | null {
  const decs: Range = [Math.max(-90, dec?.[0] ?? -90), Math.min(90, dec?.[1] ?? 90)];
  const dec0 = (decs[0] + decs[1]) / 2;
  const range = ra === null || ra[0] === -Infinity || ra[1] === Infinity ? null : ra;
  const span = range === null ? 360 : wrap360(range[1] - range[0]);
  const ra0 = range === null ? frame.ra : wrap360(range[0] + span / 2);
  const place = (a: number, d: number): [number, number] => {
    const [x, y] = project(frame, a, d);
    return [
      ((frame.x[1] - x) / (frame.x[1] - frame.x[0])) * width,
      ((frame.y[1] - y) / (frame.y[1] - frame.y[0])) * height
    ];
  };
  const [xa] = range === null ? [0] : place(range[1], dec0);
  const [xb] = range === null ? [width] : place(range[0], dec0);
  const [, ya] = place(ra0, decs[1]);
  const [, yb] = place(ra0, decs[0]);
  const inside = (value: number, high: number) =>
    Math.max(0, Math.min(high, Number.isNaN(value) ? 0 : value));
  const rect = {
    x0: inside(Math.min(xa, xb), width),
    x1: inside(Math.max(xa, xb), width),
    y0: inside(Math.min(ya, yb), height),
    y1: inside(Math.max(ya, yb), height)
  };
  return rect.x1 > rect.x0 && rect.y1 > rect.y0 && Math.abs(wrap180(ra0 - frame.ra)) < 180 ? rect : null;
}
