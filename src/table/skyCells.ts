/** Many positions on a plane: the projections of `sky`, quick enough for millions of rows. */

import { CHUNK, type INumbers } from '../expr';
import { MOST_BINS, type IBinned } from './binning';
import { ALL_SKY, isPosition, project, wrap180, wrap360, type ISkyFrame } from './sky';

const RAD = Math.PI / 180;
/** Sines in steps of 1/16 of a degree; what remains is small enough for a few terms of its series. */
const STEPS = 16;
const SINES = Float64Array.from({ length: 450 * STEPS + 2 }, (_, i) => Math.sin((i / STEPS) * RAD));

/** The sine of an angle in degrees from 0 to 360, as good as `Math.sin` to within its last digits. */
export function sine(degrees: number): number {
  const near = (degrees * STEPS + 0.5) | 0;
  const rest = (degrees - near / STEPS) * RAD;
  const square = rest * rest;
  return (
    SINES[near] * (1 - square * (0.5 - square / 24)) +
    SINES[near + 90 * STEPS] * rest * (1 - square * (1 / 6 - square / 120))
  );
}

/** The same for the cosine. */
export function cosine(degrees: number): number {
  const near = (degrees * STEPS + 0.5) | 0;
  const rest = (degrees - near / STEPS) * RAD;
  const square = rest * rest;
  return (
    SINES[near + 90 * STEPS] * (1 - square * (0.5 - square / 24)) -
    SINES[near] * rest * (1 - square * (1 / 6 - square / 120))
  );
}

/** Places of positions in the plane of a frame; NaN for what is no position, or has no place. */
export function projectAll(
  frame: ISkyFrame,
  ra: Float64Array,
  dec: Float64Array,
  count: number,
  x: Float64Array,
  y: Float64Array
): void {
  if (frame.kind === 'all') {
    projectAllSky(frame, ra, dec, count, x, y);
    return;
  }
  const sin0 = Math.sin(frame.dec * RAD);
  const cos0 = Math.cos(frame.dec * RAD);
  for (let i = 0; i < count; i++) {
    const d = dec[i];
    let turn = ra[i] - frame.ra;
    if (!(d >= -90 && d <= 90 && turn - turn === 0)) {
      x[i] = y[i] = NaN;
      continue;
    }
    if (turn < 0 || turn > 360) {
      turn = wrap360(turn);
    }
    const sinB = d < 0 ? -sine(-d) : sine(d);
    const cosB = cosine(d < 0 ? -d : d);
    const cosL = cosine(turn);
    const cosC = sin0 * sinB + cos0 * cosB * cosL;
    // opposite to the centre there is no one place
    const k = cosC <= -1 + 1e-12 ? NaN : Math.sqrt(2 / (1 + cosC)) / RAD;
    x[i] = k * cosB * sine(turn);
    y[i] = k * (cos0 * sinB - sin0 * cosB * cosL);
  }
}

/** Steps a degree, and the declinations between which the table of the whole sky is good. */
const FINE = 64;
const TABLED = 85;

/** Places at longitude 1 by declination, across and upwards in turn: an equation to solve each, thus kept. */
let allSkyPlaces = new Float64Array(0);

function projectAllSky(
  frame: ISkyFrame,
  ra: Float64Array,
  dec: Float64Array,
  count: number,
  x: Float64Array,
  y: Float64Array
): void {
  if (allSkyPlaces.length === 0) {
    const size = 2 * TABLED * FINE + 2;
    allSkyPlaces = Float64Array.from(
      { length: 2 * size },
      (_, i) => project(ALL_SKY, 1, (i >> 1) / FINE - TABLED)[i & 1]
    );
  }
  const places = allSkyPlaces;
  const centre = frame.ra;
  for (let i = 0; i < count; i++) {
    const d = dec[i];
    const turn = ra[i] - centre;
    if (d >= -TABLED && d <= TABLED && turn - turn === 0) {
      const place = (d + TABLED) * FINE;
      const low = place | 0;
      const rest = place - low;
      const at = 2 * low;
      const lon = turn >= -180 && turn < 180 ? turn : wrap180(turn);
      x[i] = lon * (places[at] + rest * (places[at + 2] - places[at]));
      y[i] = places[at + 1] + rest * (places[at + 3] - places[at + 1]);
    } else if (isPosition(ra[i], d)) {
      [x[i], y[i]] = project(frame, ra[i], d);
    } else {
      x[i] = y[i] = NaN;
    }
  }
}

export function binSky(ra: INumbers, dec: INumbers, frame: ISkyFrame, nx: number, ny: number): IBinned {
  const bins = nx * ny;
  const bin = new Uint16Array(ra.rows);
  const [x0, y0] = [frame.x[0], frame.y[0]];
  const sx = nx / (frame.x[1] - frame.x[0]);
  const sy = ny / (frame.y[1] - frame.y[0]);
  eachPosition(ra, dec, frame, (x, y, from, count) => {
    for (let row = 0; row < count; row++) {
      const i = (x[row] - x0) * sx;
      const j = (y[row] - y0) * sy;
      bin[from + row] =
        i >= 0 && i < nx && j >= 0 && j < ny ? (j | 0) * nx + (i | 0) : i === i ? bins + 1 : bins;
    }
  });
  return { bin, bins };
}

/** Visit all positions as places in a plane, a chunk at a time; no more of them once it is told `false`. */
export function eachPosition(
  ra: INumbers,
  dec: INumbers,
  frame: ISkyFrame,
  visit: (x: Float64Array, y: Float64Array, from: number, count: number) => boolean | void
): void {
  const [a, d, x, y] = Array.from({ length: 4 }, () => new Float64Array(CHUNK));
  for (let from = 0; from < ra.rows; from += CHUNK) {
    const count = Math.min(CHUNK, ra.rows - from);
    ra.read(from, from + count, a);
    dec.read(from, from + count, d);
    projectAll(frame, a, d, count, x, y);
    if (visit(x, y, from, count) === false) {
      return;
    }
  }
}

/** Places in the plane of the rows of a list, x and y in turn. */
export function placesOf(ra: INumbers, dec: INumbers, frame: ISkyFrame, rows: Uint32Array): Float32Array {
  const [a, d, x, y] = Array.from({ length: 4 }, () => new Float64Array(CHUNK));
  const places = new Float32Array(2 * rows.length);
  for (let from = 0; from < rows.length; from += CHUNK) {
    const to = Math.min(rows.length, from + CHUNK);
    ra.gather(rows, from, to, a);
    dec.gather(rows, from, to, d);
    projectAll(frame, a, d, to - from, x, y);
    for (let i = from; i < to; i++) {
      places[2 * i] = x[i - from];
      places[2 * i + 1] = y[i - from];
    }
  }
  return places;
}

/** Cells across and upwards of a map; one of any size has no more cells than can be numbered. */
export function cellsOfMap(width: number, height: number, cell: number): [number, number] {
  const coarse = Math.max(cell, Math.sqrt((width * height) / (MOST_BINS - 1000)));
  return [Math.max(1, Math.floor(width / coarse)), Math.max(1, Math.floor(height / coarse))];
}
