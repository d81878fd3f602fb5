import { niceStep } from '../../table/binning';
import { ticksOf, type ITick } from '../../ui/plots/axes';
import type { IMeasurement } from './explanation';

/** Where the measurements of an object stand on a small chart of the sky, to scale. */
export interface ISky {
  /** North up, east to the left; pixels. */
  readonly points: readonly { readonly measurement: IMeasurement; readonly x: number; readonly y: number }[];
  /** Numbers of measurements that lie so close that they share a label. */
  readonly labels: readonly { readonly text: string; readonly x: number; readonly y: number }[];
  /** The radius within which measurements are paired, around the best one, else around the centre. */
  readonly circle: { readonly x: number; readonly y: number; readonly radius: number } | null;
  readonly bar: { readonly arcsec: number; readonly length: number };
}

/** Marks nearer than this, in pixels, share a label. */
const CLOSE = 10;

/** Null where nothing has a position. */
export function skyOf(
  measurements: readonly IMeasurement[],
  radius: number | null,
  size: number,
  margin = 14
): ISky | null {
  const placed = measurements.filter(({ east, north }) => east !== null && north !== null);
  if (placed.length === 0) {
    return null;
  }
  const best = placed.find(({ isBest }) => isBest);
  const centre = { east: best?.east ?? 0, north: best?.north ?? 0 };
  const spread = Math.max(0, ...placed.map(({ east, north }) => Math.hypot(east!, north!)));
  const around = (radius ?? 0) + Math.hypot(centre.east, centre.north);
  // a circle much wider than the group would leave one spot of it
  const fits = radius !== null && (spread === 0 || around <= 5 * spread);
  const reach = Math.max(spread * 1.1, fits ? around : spread * 1.6) || radius || 1;
  const scale = (size / 2 - margin) / reach;
  const x = (east: number) => size / 2 - east * scale;
  const y = (north: number) => size / 2 - north * scale;
  const points = placed.map(measurement => ({
    measurement,
    x: x(measurement.east!),
    y: y(measurement.north!)
  }));
  const arcsec = niceStep((0.18 * size) / scale);
  return {
    points,
    labels: labelsOf(points),
    circle: fits ? { x: x(centre.east), y: y(centre.north), radius: radius * scale } : null,
    bar: { arcsec, length: arcsec * scale }
  };
}

function labelsOf(points: ISky['points']): ISky['labels'] {
  const groups: { x: number; y: number; numbers: number[] }[] = [];
  for (const { measurement, x, y } of points) {
    const near = groups.find(group => Math.hypot(group.x - x, group.y - y) < CLOSE);
    if (near === undefined) {
      groups.push({ x, y, numbers: [measurement.number] });
    } else {
      near.numbers.push(measurement.number);
    }
  }
  return groups.map(({ x, y, numbers }) => ({
    x,
    y,
    text: numbers.length > 4 ? `${numbers.slice(0, 3).join(' ')} …` : numbers.join(' ')
  }));
}

/** A part of an axis of redshifts that is drawn without a break. */
export interface ISegment {
  readonly low: number;
  readonly high: number;
  readonly left: number;
  readonly right: number;
  readonly ticks: readonly ITick[];
}

export interface IAxis {
  readonly segments: readonly ISegment[];
  /** Each segment has the same scale, and what lies between them is left out. */
  readonly isBroken: boolean;
}

const GAP = 16;
const MOST_SEGMENTS = 4;
const LEAST_SEGMENT = 44;

/**
 * An axis on which redshifts that agree can be told apart although others are far from them: broken where it has to be.
 *
 * `tolerance`: |dz|/(1+z) within which redshifts agree. Null where there is no redshift.
 */
export function axisOf(
  measurements: readonly IMeasurement[],
  tolerance: number,
  left: number,
  right: number
): IAxis | null {
  const found = measurements
    .filter(({ redshift }) => redshift !== null)
    .sort((a, b) => a.redshift! - b.redshift!);
  if (found.length === 0) {
    return null;
  }
  const clusters: IMeasurement[][] = [];
  for (const one of found) {
    const last = clusters.at(-1)?.at(-1)?.redshift ?? null;
    if (last === null || one.redshift! - last > 6 * tolerance * (1 + last)) {
      clusters.push([one]);
    } else {
      clusters.at(-1)!.push(one);
    }
  }
  const extents = clusters.map(cluster => extentOf(cluster, tolerance));
  const widest = Math.max(...extents.map(([low, high]) => high - low));
  const whole = [Math.min(...extents.map(([low]) => low)), Math.max(...extents.map(([, high]) => high))];
  const width = (right - left - GAP * (clusters.length - 1)) / clusters.length;
  const isBroken =
    clusters.length > 1 &&
    clusters.length <= MOST_SEGMENTS &&
    width >= LEAST_SEGMENT &&
    whole[1] - whole[0] > 2 * clusters.length * widest;
  const parts = isBroken
    ? extents.map(([low, high]) => [(low + high - widest) / 2, (low + high + widest) / 2])
    : [whole];
  const each = isBroken ? width : right - left;
  return {
    isBroken,
    segments: parts.map(([low, high], i) => {
      const start = left + i * (each + GAP);
      return {
        low,
        high,
        left: start,
        right: start + each,
        ticks: ticksOf(low, high, Math.max(1, Math.floor(each / 64)))
      };
    })
  };
}

/** Where a redshift lies; null in what is left out. */
export function placeOn({ segments }: IAxis, z: number): number | null {
  const on = segments.find(({ low, high }) => z >= low && z <= high);
  return on === undefined ? null : on.left + ((z - on.low) / (on.high - on.low || 1)) * (on.right - on.left);
}

/** A range as it can be drawn in the segment that holds `z`, and whether its ends were cut off. */
export function rangeOn(
  { segments }: IAxis,
  z: number,
  low: number,
  high: number
): { from: number; to: number; cutLow: boolean; cutHigh: boolean } | null {
  const on = segments.find(segment => z >= segment.low && z <= segment.high);
  if (on === undefined) {
    return null;
  }
  const x = (value: number) => on.left + ((value - on.low) / (on.high - on.low || 1)) * (on.right - on.left);
  return {
    from: x(Math.max(low, on.low)),
    to: x(Math.min(high, on.high)),
    cutLow: low < on.low,
    cutHigh: high > on.high
  };
}

/** Of redshifts that lie together: with room for the tolerance, and for the errors of spectra. */
function extentOf(cluster: readonly IMeasurement[], tolerance: number): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const { redshift, error, type } of cluster) {
    const room = Math.max(1.3 * tolerance * (1 + redshift!), type === 'p' ? 0 : (error ?? 0));
    low = Math.min(low, redshift! - room);
    high = Math.max(high, redshift! + room);
  }
  return [low, high];
}
