import { CHUNK } from '../../expr';
import { ALL_SKY, fitFrame, frameOf, project, unproject, wrap180 } from '../sky';

describe('the sky on a plane', () => {
  const positions: [number, number][] = [
    [53.1, -27.8],
    [0.01, 0],
    [359.99, 0.2],
    [180, 45],
    [270, -80],
    [10, 89.9]
  ];

  it.each(positions)('all-sky: %p, %p comes back', (ra, dec) => {
    const [x, y] = project(ALL_SKY, ra, dec);
    const back = unproject(ALL_SKY, x, y)!;
    expect(back[0]).toBeCloseTo(ra, 3);
    expect(back[1]).toBeCloseTo(dec, 3);
  });

  it.each(positions)('a field at %p, %p: its surroundings come back', (ra, dec) => {
    const frame = { ...ALL_SKY, kind: 'field' as const, ra, dec };
    for (const [x, y] of [
      [0.5, 0.25],
      [-2, 1],
      [0, 0]
    ]) {
      const [a, d] = unproject(frame, x, y)!;
      const [px, py] = project(frame, a, d);
      expect(px).toBeCloseTo(x, 6);
      expect(py).toBeCloseTo(y, 6);
    }
  });

  it('keeps areas: a square degree is as large at the pole as at the equator', () => {
    const area = (dec: number) => {
      const side = 0.5;
      const wide = side / Math.cos((dec * Math.PI) / 180);
      const corners = [
        project(ALL_SKY, 20, dec),
        project(ALL_SKY, 20 + wide, dec),
        project(ALL_SKY, 20 + wide, dec + side),
        project(ALL_SKY, 20, dec + side)
      ];
      return Math.abs(
        corners.reduce((sum, [x, y], i) => {
          const [nx, ny] = corners[(i + 1) % 4];
          return sum + (x * ny - nx * y) / 2;
        }, 0)
      );
    };
    expect(area(60) / area(0)).toBeCloseTo(1, 1);
  });

  it('frames a field over RA 0, and several fields as all sky', () => {
    const field = frameOf([359.5, 0.5, 0], [-1, 1, 0]);
    expect(field.kind).toBe('field');
    expect(Math.min(field.ra, 360 - field.ra)).toBeLessThan(0.5);
    expect(frameOf([0, 90, 180, 270], [0, 0, 0, 0]).kind).toBe('all');
    expect(frameOf([], []).kind).toBe('all');
  });

  it('frames as all sky what is wide, wherever in a long table the far positions are', () => {
    const rows = 3 * CHUNK + 7;
    const ra = Float64Array.from({ length: rows }, (_, i) => 150 + (i % 10) / 10);
    const dec = new Float64Array(rows).fill(2);
    expect(frameOf(ra, dec).kind).toBe('field');
    for (const at of [0, CHUNK, rows - 1]) {
      const far = ra.slice();
      far[at] = 290;
      expect(frameOf(far, dec).kind).toBe('all');
    }
  });

  it.each([
    [0, 0],
    [179.5, 179.5],
    [180, -180],
    [359.75, -0.25],
    [540, -180],
    [-180, -180],
    [-200, 160],
    [725, 5]
  ])('a difference of longitudes of %p is %p', (degrees, wrapped) => {
    expect(wrap180(degrees)).toBe(wrapped);
  });

  it('a single position has a frame to be seen in', () => {
    const frame = fitFrame(frameOf([150], [2]), 300, 100);
    expect(frame.x[1] - frame.x[0]).toBeGreaterThan(0);
    expect((frame.x[1] - frame.x[0]) / (frame.y[1] - frame.y[0])).toBeCloseTo(3);
  });

  it('leaves out what is no position', () => {
    const frame = frameOf([150, NaN, 150.1, 12], [2, 2, 2.1, -999]);
    expect(frame.kind).toBe('field');
    expect(frame.ra).toBeCloseTo(150.05, 1);
  });
});
