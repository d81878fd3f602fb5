/** The part of the sky that a table covers. */

import { CHUNK, columnNumbers, type INumbers } from '../expr';
import { ALL_SKY, wrap360, type ISkyFrame } from './sky';
import { cosine, eachPosition, sine } from './skyCells';

const RAD = Math.PI / 180;
/** Rows that are enough to find the middle; the bounds are those of all. */
const ENOUGH = 100000;
/** A field as wide as this, in degrees of its plane, is shown as all sky. */
const WIDEST = 90;

/** A frame around these positions: the field that they cover, or all sky where that is wide. */
export function frameAround(
  ra: INumbers,
  dec: INumbers,
  use: ((row: number) => boolean) | null = null
): ISkyFrame {
  const step = use === null ? Math.max(1, Math.floor(ra.rows / ENOUGH)) : 1;
  let centre = centreOf(ra, dec, use, step);
  if (centre.count === 0 && step > 1) {
    centre = centreOf(ra, dec, use, 1);
  }
  const { x: cx, y: cy, z: cz, count } = centre;
  const length = Math.hypot(cx, cy, cz);
  if (count === 0 || length < 0.3 * count) {
    return ALL_SKY;
  }
  const ra0 = wrap360(Math.atan2(cy, cx) / RAD);
  const dec0 = Math.asin(Math.max(-1, Math.min(1, cz / length))) / RAD;
  const start: ISkyFrame = { kind: 'field', ra: ra0, dec: dec0, x: [0, 0], y: [0, 0] };
  let [x0, x1, y0, y1] = [Infinity, -Infinity, Infinity, -Infinity];
  eachPosition(ra, dec, start, (x, y, from, rows) => {
    for (let i = 0; i < rows; i++) {
      // what is no position has no place, and changes nothing
      if (use === null || use(from + i)) {
        x0 = x[i] < x0 ? x[i] : x0;
        x1 = x[i] > x1 ? x[i] : x1;
        y0 = y[i] < y0 ? y[i] : y0;
        y1 = y[i] > y1 ? y[i] : y1;
      }
    }
    return Math.max(x1 - x0, y1 - y0) < WIDEST;
  });
  if (!(Math.max(x1 - x0, y1 - y0) < WIDEST)) {
    return ALL_SKY;
  }
  return { ...start, x: padded(x0, x1), y: padded(y0, y1) };
}

/** The same of some positions. */
export function frameOf(ra: ArrayLike<number>, dec: ArrayLike<number>): ISkyFrame {
  const numbers = (values: ArrayLike<number>) =>
    columnNumbers({ type: 'float', values: Float64Array.from(values), valid: null });
  return frameAround(numbers(ra), numbers(dec));
}

/** The sum of the positions' unit vectors, of every so many rows. */
function centreOf(
  ra: INumbers,
  dec: INumbers,
  use: ((row: number) => boolean) | null,
  step: number
): { x: number; y: number; z: number; count: number } {
  const total = { x: 0, y: 0, z: 0, count: 0 };
  const [a, d] = [new Float64Array(CHUNK), new Float64Array(CHUNK)];
  for (let from = 0; from < ra.rows; from += CHUNK) {
    const rows = Math.min(CHUNK, ra.rows - from);
    ra.read(from, from + rows, a);
    dec.read(from, from + rows, d);
    for (let i = 0; i < rows; i += step) {
      if (d[i] >= -90 && d[i] <= 90 && a[i] - a[i] === 0 && (use === null || use(from + i))) {
        const turn = wrap360(a[i]);
        const up = d[i] < 0 ? -d[i] : d[i];
        const cos = cosine(up);
        total.x += cos * cosine(turn);
        total.y += cos * sine(turn);
        total.z += d[i] < 0 ? -sine(up) : sine(up);
        total.count += 1;
      }
    }
  }
  return total;
}

function padded(low: number, high: number): [number, number] {
  const pad = Math.max((high - low) * 0.05, 5 / 3600);
  return [low - pad, high + pad];
}
