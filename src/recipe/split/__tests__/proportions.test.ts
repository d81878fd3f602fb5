import { freeName, moved, scaled, sumOf } from '../proportions';

const THREE = [
  ['train', 0.7],
  ['validation', 0.1],
  ['test', 0.2]
] as const;

describe('proportions', () => {
  it('keep their sum at 1 and the ratio of the others while one moves', () => {
    expect(moved(THREE, 0, 0.4)).toEqual([
      ['train', 0.4],
      ['validation', 0.2],
      ['test', 0.4]
    ]);
    for (let step = 0; step <= 200; step++) {
      const next = moved(THREE, step % 3, step / 200);
      expect(Math.abs(sumOf(next) - 1)).toBeLessThan(1e-9);
      expect(next[step % 3][1]).toBe(step / 200);
      expect(next.every(([, share]) => share >= 0)).toBe(true);
    }
  });

  it('come back when a part that took all is given back', () => {
    const all = moved(THREE, 0, 1);
    expect(all.map(([, share]) => share)).toEqual([1, 0, 0]);
    expect(moved(all, 0, 0.5).map(([, share]) => share)).toEqual([0.5, 0.25, 0.25]);
  });

  it('are scaled to 1 in their ratio, with what rounding leaves in the largest', () => {
    const thirds = ['a', 'b', 'c'].map(name => [name, 1] as const);
    expect(scaled(thirds).map(([, share]) => share)).toEqual([0.3334, 0.3333, 0.3333]);
    expect(moved([['only', 0.4]], 0, 0.2)).toEqual([['only', 1]]);
  });

  it('get a name that no other part has', () => {
    expect(freeName(THREE)).toBe('calibration');
    expect(freeName([...THREE, ['calibration', 0], ['part5', 0]])).toBe('part6');
  });
});
