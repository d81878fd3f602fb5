/** Equal-area projections of the sky: a field around its centre, or all of it. RA grows to the left. */

export { frameOf } from './skyFrame';

const RAD = Math.PI / 180;

/** A window of the projected plane, in degrees at its centre. */
export interface ISkyFrame {
  /** `field`: zenithal (Lambert) around the centre; `all`: Mollweide. */
  readonly kind: 'field' | 'all';
  readonly ra: number;
  readonly dec: number;
  /** Bounds of the plane; x grows to the left on the sky, that is with RA. */
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

export const ALL_SKY: ISkyFrame = {
  kind: 'all',
  ra: 0,
  dec: 0,
  x: [-((2 * Math.SQRT2) / RAD), (2 * Math.SQRT2) / RAD],
  y: [-(Math.SQRT2 / RAD), Math.SQRT2 / RAD]
};

/** A longitude difference in [-180, 180). */
export function wrap180(degrees: number): number {
  // what is mostly asked for, exactly and without a division
  if (degrees >= -180 && degrees < 540) {
    return degrees < 180 ? degrees : degrees - 360;
  }
  return ((((degrees + 180) % 360) + 360) % 360) - 180;
}

export function wrap360(degrees: number): number {
  const wrapped = ((degrees % 360) + 360) % 360;
  return wrapped === 360 ? 0 : wrapped;
}

/** Place of a position in the plane; NaN where it has none. */
export function project(frame: ISkyFrame, ra: number, dec: number): [number, number] {
  if (frame.kind === 'all') {
    return mollweide(wrap180(ra - frame.ra), dec);
  }
  const dl = (ra - frame.ra) * RAD;
  const b = dec * RAD;
  const b0 = frame.dec * RAD;
  const cosC = Math.sin(b0) * Math.sin(b) + Math.cos(b0) * Math.cos(b) * Math.cos(dl);
  if (cosC <= -1 + 1e-12) {
    return [NaN, NaN];
  }
  const k = Math.sqrt(2 / (1 + cosC)) / RAD;
  return [
    k * Math.cos(b) * Math.sin(dl),
    k * (Math.cos(b0) * Math.sin(b) - Math.sin(b0) * Math.cos(b) * Math.cos(dl))
  ];
}

/** The position at a place of the plane, or null outside the sky. */
export function unproject(frame: ISkyFrame, x: number, y: number): [number, number] | null {
  if (frame.kind === 'all') {
    const s = (y * RAD) / Math.SQRT2;
    if (Math.abs(s) > 1) {
      return null;
    }
    const theta = Math.asin(s);
    const dec = Math.asin((2 * theta + Math.sin(2 * theta)) / Math.PI) / RAD;
    const lon = (Math.PI * x * RAD) / (2 * Math.SQRT2 * Math.cos(theta)) / RAD;
    return Math.abs(lon) > 180 ? null : [wrap360(frame.ra + lon), dec];
  }
  const rho = Math.hypot(x, y) * RAD;
  if (rho > 2) {
    return null;
  }
  if (rho === 0) {
    return [frame.ra, frame.dec];
  }
  const c = 2 * Math.asin(rho / 2);
  const b0 = frame.dec * RAD;
  const sine = Math.cos(c) * Math.sin(b0) + (y * RAD * Math.sin(c) * Math.cos(b0)) / rho;
  const lon = Math.atan2(
    x * RAD * Math.sin(c),
    rho * Math.cos(b0) * Math.cos(c) - y * RAD * Math.sin(b0) * Math.sin(c)
  );
  return [wrap360(frame.ra + lon / RAD), Math.asin(Math.max(-1, Math.min(1, sine))) / RAD];
}

function mollweide(lon: number, dec: number): [number, number] {
  const target = Math.PI * Math.sin(dec * RAD);
  let theta = dec * RAD;
  if (Math.abs(dec) > 89.999) {
    theta = Math.sign(dec) * (Math.PI / 2);
  } else {
    // a few steps everywhere but next to the poles
    for (let i = 0; i < 40; i++) {
      const step = (2 * theta + Math.sin(2 * theta) - target) / (2 + 2 * Math.cos(2 * theta));
      theta -= step;
      if (Math.abs(step) < 1e-9) {
        break;
      }
    }
  }
  return [((2 * Math.SQRT2) / Math.PI) * lon * Math.cos(theta), (Math.SQRT2 / RAD) * Math.sin(theta)];
}

export function isPosition(ra: number, dec: number): boolean {
  return Number.isFinite(ra) && dec >= -90 && dec <= 90;
}

/** Grow a frame so that a plot of this width and height shows it without stretching. */
export function fitFrame(frame: ISkyFrame, width: number, height: number): ISkyFrame {
  const dx = frame.x[1] - frame.x[0];
  const dy = frame.y[1] - frame.y[0];
  const scale = Math.max(dx / Math.max(width, 1), dy / Math.max(height, 1));
  const grow = ([low, high]: readonly [number, number], size: number): [number, number] => {
    const middle = (low + high) / 2;
    return [middle - size / 2, middle + size / 2];
  };
  return { ...frame, x: grow(frame.x, scale * width), y: grow(frame.y, scale * height) };
}
