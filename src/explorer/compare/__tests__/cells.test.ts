import type { IDensityResult, ISkyResult } from '../../../table/requests';
import { divergingRamp, rgbOf, shareRamp } from '../../../ui/plots/shareRamps';
import { cellPair, differenceColour, joinedCell, PALE, shareColour } from '../cells';
import { sampleColours } from '../colours';
import { coverColour, coverOf } from '../sky';

const [BLUE, RED] = ['#4477aa', '#ee6677'];

function density(passed: number[]): IDensityResult {
  return {
    kind: 'density',
    x: 'i',
    y: 'z',
    xRange: [0, 2],
    yRange: [0, 2],
    nx: 2,
    ny: 2,
    all: Uint32Array.from(passed),
    passed: Uint32Array.from(passed),
    missing: 0,
    outside: 0,
    total: passed.reduce((sum, count) => sum + count, 0)
  };
}

/** How much bluer than red a colour is. */
const blueness = (rgba: readonly number[]) => rgba[2] - rgba[0];

describe('the difference of two densities', () => {
  const pair = cellPair([density([300, 100, 1, 0]), density([20, 80, 0, 0])], null, null);
  const colour = differenceColour(pair.joined.difference, divergingRamp(RED, BLUE, false));

  it('has the colour of the sample whose share is larger', () => {
    expect(pair.joined.difference.value[0]).toBeCloseTo(300 / 401 - 0.2, 12);
    expect(blueness(colour(0)!)).toBeGreaterThan(30);
    expect(blueness(colour(1)!)).toBeLessThan(-30);
  });

  it('is as strong to one side as to the other', () => {
    const ramp = divergingRamp(RED, BLUE, false);
    const found = differenceColour(
      { value: Float64Array.of(0.1, -0.1), sure: Uint8Array.of(1, 1), most: 0.1, filled: 2, certain: 2 },
      ramp
    );
    expect(found(0)!.slice(0, 3)).toEqual([...ramp[ramp.length - 1]]);
    expect(found(1)!.slice(0, 3)).toEqual([...ramp[0]]);
  });

  it('draws cells pale that have too few rows to tell, and empty ones not at all', () => {
    expect(colour(0)![3]).toBe(255);
    expect(colour(2)![3]).toBe(PALE);
    expect(PALE).toBeLessThan(128);
    expect(colour(3)).toBeNull();
  });

  it('joins cells where a sample has few rows in each', () => {
    const few = cellPair([density([3, 1, 0, 0]), density([1, 0, 1, 2])], null, null);
    expect([few.joined.factor, few.joined.nx, few.joined.ny]).toEqual([3, 1, 1]);
    expect(few.joined.difference.filled).toBe(1);
    expect([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map(cell => joinedCell(cell, 3, 2))).toEqual([
      0, 0, 1, 0, 0, 1, 2, 2, 3, 2, 2, 3
    ]);
  });

  it('compares the shares of the rows inside a brush', () => {
    // x from 0 to 1: the first and the third cell
    const cut = cellPair([density([300, 100, 1, 0]), density([20, 80, 20, 0])], [0, 1], null);
    expect(cut.totals).toEqual([301, 40]);
    expect(cut.shares[1][0]).toBeCloseTo(0.5, 12);
    expect(cut.joined.difference.value[1]).toBe(0);
  });
});

it('shades both densities on one scale', () => {
  const pair = cellPair([density([30, 10, 0, 0]), density([1, 9, 0, 10])], null, null);
  expect([pair.least, pair.most]).toEqual([1 / 40, 0.75]);
  const ramp = shareRamp(BLUE, false);
  const [a, b] = pair.shares.map(parts => shareColour(parts, pair.least, pair.most, ramp));
  expect(a(0)!.slice(0, 3)).toEqual([...ramp[ramp.length - 1]]);
  // a quarter of A and a half of B: the larger share is the darker
  expect(b(3)![0]).toBeLessThan(a(1)![0]);
  expect(a(2)).toBeNull();
});

it('says on the sky where one is, where the other, and where both', () => {
  const sky = (passed: number[]) =>
    ({
      kind: 'sky',
      nx: 4,
      ny: 1,
      passed: Uint32Array.from(passed),
      frame: { kind: 'field', ra: 0, dec: 0, x: [0, 2], y: [0, 0.5] }
    }) as unknown as ISkyResult;
  const both: [ISkyResult, ISkyResult] = [sky([3, 1, 0, 0]), sky([0, 2, 5, 0])];
  expect(coverOf(both)).toEqual({ onlyA: 1, both: 1, onlyB: 1, area: 0.25, width: 0.5 });
  const colour = coverColour(both, [BLUE, RED], false);
  expect(colour(0)!.slice(0, 3)).toEqual([...rgbOf(BLUE)]);
  expect(colour(2)!.slice(0, 3)).toEqual([...rgbOf(RED)]);
  expect(new Set([0, 1, 2].map(cell => String(colour(cell)))).size).toBe(3);
  expect(colour(3)).toBeNull();
});

it('gives parts of a known meaning their own colours', () => {
  expect(sampleColours(['test', 'train'])).toEqual([RED, BLUE]);
  expect(sampleColours(['VVDS', 'DESI'])).toEqual([BLUE, RED]);
  expect(sampleColours(['train', 'train'])).toEqual([BLUE, RED]);
});
