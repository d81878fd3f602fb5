import { readExplanation, type IMeasurement } from '../explanation';
import { axisOf, placeOn, rangeOn, skyOf } from '../geometry';
import { measurement, why } from './fixture';

function measured(...parts: Partial<IMeasurement>[]): IMeasurement[] {
  const [one] = readExplanation(why(measurement(6).row_id)).measurements;
  return parts.map((part, i) => ({ ...one, number: i + 1, rowId: String(i), isBest: i === 0, ...part }));
}

describe('the sky', () => {
  it('has north up, east to the left, one scale, and the radius around the best', () => {
    const sky = skyOf(measured({ east: 0, north: 0 }, { east: 0.3, north: 0.4 }), 0.75, 200)!;
    const [best, other] = sky.points;
    expect(other.x).toBeLessThan(best.x);
    expect(other.y).toBeLessThan(best.y);
    const pixels = Math.hypot(other.x - best.x, other.y - best.y);
    expect(sky.circle!.radius / pixels).toBeCloseTo(0.75 / 0.5);
    expect([sky.circle!.x, sky.circle!.y]).toEqual([best.x, best.y]);
    expect(sky.bar.length / sky.bar.arcsec).toBeCloseTo(pixels / 0.5);
    expect(sky.circle!.radius).toBeLessThan(100);
  });

  it('leaves a circle out that would shrink the group to a spot', () => {
    const close = measured({ east: 0, north: 0 }, { east: 0.01, north: 0 });
    expect(skyOf(close, 2, 200)!.circle).toBeNull();
    expect(skyOf(measured({ east: 0, north: 0 }, { east: 0, north: 0 }), 2, 200)!.circle).not.toBeNull();
  });

  it('gives marks that cover each other one label, and needs a position', () => {
    const sky = skyOf(
      measured({ east: 0, north: 0 }, { east: 0, north: 0 }, { east: 0.5, north: 0 }),
      0.75,
      200
    )!;
    expect(sky.labels.map(({ text }) => text)).toEqual(['1 2', '3']);
    expect(skyOf(measured({ east: null, north: null }), 0.75, 200)).toBeNull();
  });
});

describe('the axis', () => {
  const zs = (...redshifts: number[]) => measured(...redshifts.map(redshift => ({ redshift, error: null })));

  it('is whole as long as redshifts can be told apart on it', () => {
    const axis = axisOf(zs(0.66, 0.68), 0.005, 0, 300)!;
    expect(axis.isBroken).toBe(false);
    expect(placeOn(axis, 0.66)! + 20).toBeLessThan(placeOn(axis, 0.68)!);
  });

  it('is broken before what lies far off, with one scale for all parts', () => {
    const axis = axisOf(zs(0.6642, 1.9, 0.6672), 0.005, 0, 300)!;
    expect(axis.segments).toHaveLength(2);
    const [near, far] = axis.segments;
    expect(far.high - far.low).toBeCloseTo(near.high - near.low);
    expect(far.right - far.left).toBeCloseTo(near.right - near.left);
    expect(placeOn(axis, 0.6642)! + 4).toBeLessThan(placeOn(axis, 0.6672)!);
    expect(placeOn(axis, 1.9)).toBeGreaterThan(near.right);
    expect(placeOn(axis, 1.2)).toBeNull();
    expect(near.ticks.length).toBeGreaterThan(0);
  });

  it('is not broken into more parts than can be read', () => {
    expect(axisOf(zs(0.1, 0.5, 1, 2, 3, 4), 0.005, 0, 300)!.isBroken).toBe(false);
    expect(axisOf(measured({ redshift: null }), 0.005, 0, 300)).toBeNull();
  });

  it('cuts an error off at the end of its part', () => {
    const [first, second] = measured({ redshift: 0.66, error: 0.3, type: 'p' }, { redshift: 2 });
    const axis = axisOf([first, second], 0.005, 0, 300)!;
    const range = rangeOn(axis, 0.66, 0.36, 0.96)!;
    expect(range).toMatchObject({ cutLow: true, cutHigh: true, from: axis.segments[0].left });
    expect(rangeOn(axis, 2, 1.999, 2.001)).toMatchObject({ cutLow: false, cutHigh: false });
  });
});
