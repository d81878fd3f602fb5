import { coverage, covers, middle, reach, separation } from '../footprint';

it('covers what lies in a circle, over the pole and through RA 0 too', () => {
  const field = [{ ra: 359.5, dec: 0, radius_deg: 1 }];
  expect(covers(field, 0.3, 0)).toBe(true);
  expect(covers(field, 0.6, 0)).toBe(false);
  const pole = [{ ra: 0, dec: 89.5, radius_deg: 1 }];
  expect(covers(pole, 180, 89.7)).toBe(true);
  expect(separation(10, 0, 10.5, 0)).toBeCloseTo(0.5, 10);
});

it('covers what lies in a box, through RA 0 and all around', () => {
  const stripe = [{ ra: [330, 30], dec: [-5, 5] }];
  expect([covers(stripe, 350, 0), covers(stripe, 10, 5), covers(stripe, 180, 0)]).toEqual([
    true,
    true,
    false
  ]);
  expect(covers([{ ra: [0, 360], dec: [30, 60] }], 123, 45)).toBe(true);
  expect(middle({ ra: [330, 30], dec: [-5, 5] })).toEqual([0, 0]);
  expect(reach({ ra: [330, 30], dec: [-5, 5] })).toBe(5);
});

it('counts how many cover a cell, and none outside the sky', () => {
  const footprints = [[{ ra: 0, dec: 0, radius_deg: 1 }], [{ ra: [359, 2], dec: [-1, 1] }]];
  const at = (column: number) =>
    ([[0, 0], [1.5, 0], [90, 0], null] as const)[column] as [number, number] | null;
  expect([...coverage(footprints, 4, 1, at)]).toEqual([2, 1, 0, -1]);
});
