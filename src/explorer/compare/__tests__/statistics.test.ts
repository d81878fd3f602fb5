import {
  binsWithin,
  difference,
  joined,
  kolmogorov,
  largest,
  only,
  quantile,
  shares,
  SIGMAS
} from '../statistics';
import { noise } from './data';

function sample(seed: number, rows: number, stretch: number): number[] {
  const random = noise(seed);
  return Array.from({ length: rows }, () => random() ** stretch);
}

function binned(values: number[], bins: number): Uint32Array {
  const counts = new Uint32Array(bins);
  values.forEach(value => (counts[Math.min(bins - 1, Math.floor(value * bins))] += 1));
  return counts;
}

/** The largest distance of two cumulative distributions, by the definition: at each value of either. */
function bruteDistance(a: number[], b: number[]): number {
  const upTo = (values: number[], x: number) => values.filter(value => value <= x).length / values.length;
  return Math.max(...[...a, ...b].map(x => Math.abs(upTo(a, x) - upTo(b, x))));
}

describe('statistics of two samples', () => {
  const [a, b] = [sample(1, 700, 1), sample(2, 300, 1.4)];

  it('gives the Kolmogorov-Smirnov distance of the rows, to within a bin', () => {
    const found = kolmogorov(binned(a, 8192), binned(b, 8192))!;
    const exact = bruteDistance(a, b);
    expect(exact).toBeGreaterThan(0.08);
    // rows that share a bin can't be told apart: never more than the exact one, and at most a few rows less
    expect(found.distance).toBeLessThanOrEqual(exact + 1e-12);
    expect(found.distance).toBeGreaterThan(exact - 2 / 300);
    expect(found.effective).toBeCloseTo((700 * 300) / 1000, 9);
  });

  it('gives exactly the distance of rows that lie on the edges of bins', () => {
    const onBins = (values: number[]) => values.map(value => Math.floor(value * 64) / 64);
    const found = kolmogorov(binned(onBins(a), 64), binned(onBins(b), 64))!;
    expect(found.distance).toBeCloseTo(bruteDistance(onBins(a), onBins(b)), 12);
  });

  it('has no distance to a sample without rows, and none between equals', () => {
    expect(kolmogorov([0, 0], [1, 2])).toBeNull();
    expect(kolmogorov([2, 4], [1, 2])!.distance).toBe(0);
  });

  it('gives shares that sum to one, and none of nothing', () => {
    const parts = shares(binned(a, 20));
    expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(1, 12);
    expect(parts[3]).toBeCloseTo(a.filter(value => value >= 0.15 && value < 0.2).length / 700, 12);
    expect([...shares([0, 0])]).toEqual([0, 0]);
  });

  it('gives the median to within a bin', () => {
    const sorted = [...b].sort((x, y) => x - y);
    const middle = (sorted[149] + sorted[150]) / 2;
    expect(Math.abs(quantile(binned(b, 4096), [0, 1], 0.5)! - middle)).toBeLessThan(0.01);
    expect(quantile([0, 0], [0, 1], 0.5)).toBeNull();
  });

  it('joins fine bins into those that are drawn', () => {
    expect([...joined(binned(a, 200), 20)]).toEqual([...binned(a, 20)]);
  });

  it('keeps the bins inside a brush', () => {
    expect(binsWithin([0, 1], 10, [0.2, 0.5])).toEqual([2, 5]);
    expect(binsWithin([0, 1], 10, [-Infinity, 0.5])).toEqual([0, 5]);
    expect(binsWithin([0, 1], 10, [2, 3])).toEqual([10, 10]);
    expect([...only([1, 2, 3, 4], [1, 3])]).toEqual([0, 2, 3, 0]);
  });
});

describe('the difference of two samples', () => {
  // 100 rows in A, 200 in B
  const a = [60, 10, 1, 0, 29];
  const b = [40, 20, 0, 0, 140];
  const found = difference(a, b);

  it('is positive where A has the larger share', () => {
    expect(found.value[0]).toBeCloseTo(0.6 - 0.2, 12);
    expect(found.value[4]).toBeCloseTo(0.29 - 0.7, 12);
    expect(Math.sign(difference(b, a).value[0])).toBe(-1);
  });

  it('marks cells that counting alone explains', () => {
    a.forEach((count, i) => {
      const error = Math.sqrt(count / 100 ** 2 + b[i] / 200 ** 2);
      const apart = Math.abs(count / 100 - b[i] / 200);
      expect(found.sure[i]).toBe(apart > 0 && apart >= SIGMAS * error ? 1 : 0);
    });
    // equal shares, and a single row
    expect([...found.sure]).toEqual([1, 0, 0, 0, 1]);
    expect(found).toMatchObject({ filled: 4, certain: 2 });
  });

  it('has a scale as wide as the largest sure difference, and says where that is', () => {
    expect(found.most).toBeCloseTo(0.41, 12);
    expect(largest(found)).toBe(4);
    expect(largest(difference([1, 0], [0, 1]))).toBeNull();
  });

  it('does not call equal samples different', () => {
    expect(difference([5, 0, 7], [10, 0, 14]).certain).toBe(0);
    expect(difference([0, 0], [3, 4])).toMatchObject({ filled: 0, most: 0 });
  });
});
