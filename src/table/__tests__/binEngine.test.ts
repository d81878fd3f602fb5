import type { ColumnData } from '../../expr';
import { BinEngine } from '../binEngine';
import { textColumn } from '../memory';
import type { ICategoriesResult, IDensityResult, IHistogramResult, ISkyResult, ITerm } from '../requests';

const columns = new Map<string, ColumnData>([
  ['z', { type: 'float', values: Float64Array.of(0.1, 0.2, 0.9, 1.4, NaN, 0.5), valid: null }],
  [
    'mag',
    { type: 'float', values: Float64Array.of(20, 21, 22, 23, 24, 0), valid: Uint8Array.of(1, 1, 1, 1, 1, 0) }
  ],
  ['flag', { type: 'int', values: Int32Array.of(4, 3, 4, 4, 1, 3), valid: null }],
  ['survey', textColumn(['A', 'A', 'B', 'B', 'B', null])],
  ['ra', { type: 'float', values: Float64Array.of(359.9, 0.1, 0, 0.05, 359.95, 0.02), valid: null }],
  ['dec', { type: 'float', values: Float64Array.of(0, 0.1, -0.1, 0, 0.05, 0), valid: null }]
]);

const lowZ: ITerm = { text: 'z BETWEEN 0 AND 1', columns: ['z'], axis: 'z' };
const flag4: ITerm = { text: 'flag = 4', columns: ['flag'], axis: 'flag' };

function engine(): BinEngine {
  const made = new BinEngine();
  made.hold(columns);
  return made;
}

function histogram(by?: string) {
  return { nz: { kind: 'histogram' as const, column: 'z', bins: 16, by } };
}

const total = (counts: Uint32Array) => counts.reduce((sum, count) => sum + count, 0);

describe('counting', () => {
  it('counts all rows, and says how many have no value', () => {
    const nz = engine().update({ terms: [], views: histogram() }).views.nz as IHistogramResult;
    expect(total(nz.all)).toBe(5);
    expect(nz.missing).toBe(1);
    expect(nz.range[0]).toBeLessThanOrEqual(0.1);
    expect(nz.range[1]).toBeGreaterThanOrEqual(1.4);
  });

  it('a brush filters every view but its own', () => {
    const views = { ...histogram(), flags: { kind: 'categories' as const, column: 'flag', limit: 10 } };
    const { views: found, passed } = engine().update({ terms: [lowZ], views });
    expect(passed).toBe(4);
    expect((found.nz as IHistogramResult).total).toBe(5);
    const flags = found.flags as ICategoriesResult;
    expect(flags.values).toEqual([4, 3, 1]);
    expect([...flags.all]).toEqual([3, 2, 1]);
    expect([...flags.passed]).toEqual([2, 2, 0]);
  });

  it('brushes add up, and come off again', () => {
    const made = engine();
    expect(made.update({ terms: [lowZ, flag4], views: {} }).passed).toBe(2);
    expect(made.update({ terms: [flag4], views: {} }).passed).toBe(3);
    expect(made.update({ terms: [], views: {} }).passed).toBe(6);
  });

  it('counts what is left right when a brush moves', () => {
    const made = engine();
    const views = { flags: { kind: 'categories' as const, column: 'flag', limit: 10 } };
    made.update({ terms: [lowZ], views });
    const moved = { ...lowZ, text: 'z > 1' };
    const flags = made.update({ terms: [moved], views }).views.flags as ICategoriesResult;
    expect([...flags.passed]).toEqual([1, 0, 0]);
  });

  it('holds more terms than there are bits', () => {
    const terms = Array.from({ length: 40 }, (_, i) => ({
      text: `mag > ${i / 2}`,
      columns: ['mag'],
      axis: 'mag'
    }));
    // the last is mag > 19.5
    expect(engine().update({ terms, views: {} }).passed).toBe(5);
    const harder = [...terms, { text: 'mag > 21.5', columns: ['mag'], axis: 'mag' }];
    expect(engine().update({ terms: harder, views: {} }).passed).toBe(3);
  });

  it('stacks the categories up to the whole', () => {
    const nz = engine().update({ terms: [], views: histogram('survey') }).views.nz as IHistogramResult;
    expect(nz.groups).toEqual(['B', 'A', null]);
    const sums = nz.groups.map((_, i) => total(nz.grouped.slice(i * nz.bins, (i + 1) * nz.bins)));
    expect(sums).toEqual([2, 2, 1]);
  });

  it('gives whole numbers a bin each', () => {
    const views = { h: { kind: 'histogram' as const, column: 'flag', bins: 80 } };
    const found = engine().update({ terms: [], views }).views.h as IHistogramResult;
    expect(found.whole).toBe(true);
    expect([...found.all]).toEqual([1, 0, 2, 3]);
  });

  it('counts the most frequent values, and the others together', () => {
    const views = { c: { kind: 'categories' as const, column: 'flag', limit: 1 } };
    const found = engine().update({ terms: [lowZ], views }).views.c as ICategoriesResult;
    expect(found.values).toEqual([4]);
    expect([found.others, found.othersAll, found.othersPassed]).toEqual([2, 3, 2]);
  });

  it('counts the cells of two columns', () => {
    const views = { d: { kind: 'density' as const, x: 'mag', y: 'z', nx: 10, ny: 10 } };
    const found = engine().update({ terms: [flag4], views }).views.d as IDensityResult;
    expect(total(found.all)).toBe(4);
    expect(found.total).toBe(3);
    expect(found.missing).toBe(2);
  });

  it('finds a field across RA 0', () => {
    const views = {
      s: {
        kind: 'sky' as const,
        ra: 'ra',
        dec: 'dec',
        frame: 'data' as const,
        width: 200,
        height: 100,
        cell: 2
      }
    };
    const found = engine().update({ terms: [], views }).views.s as ISkyResult;
    expect(found.frame.kind).toBe('field');
    expect(found.frame.x[1] - found.frame.x[0]).toBeLessThan(1);
    expect(total(found.all)).toBe(6);
  });

  it('a condition that cannot be compiled leaves the counts as they were', () => {
    const made = engine();
    made.update({ terms: [lowZ], views: {} });
    expect(() =>
      made.update({ terms: [{ text: 'nothing > 1', columns: ['nothing'], axis: 'nothing' }], views: {} })
    ).toThrow(/nothing/);
    expect(made.update({ terms: [lowZ], views: {} }).passed).toBe(4);
  });

  it('keeps far outliers from squeezing the rest, and counts them', () => {
    const values = Float64Array.from({ length: 1000 }, (_, i) => (i === 0 ? -9999 : 20 + (i % 100) / 20));
    const made = new BinEngine();
    made.hold(new Map([['mag', { type: 'float', values, valid: null }]]));
    const views = { h: { kind: 'histogram' as const, column: 'mag', bins: 50 } };
    const found = made.update({ terms: [], views }).views.h as IHistogramResult;
    expect(found.range[0]).toBeGreaterThan(10);
    expect(found.outside).toBe(1);
  });

  it('keeps numbers that stand for no value out of the bounds, however many there are', () => {
    const values = Float64Array.from({ length: 1000 }, (_, i) =>
      i % 8 === 0 ? 9.9999 : i % 8 === 1 ? -99 : i % 50 === 7 ? 99 : (i % 100) / 80
    );
    const made = new BinEngine();
    made.hold(new Map([['z', { type: 'float', values, valid: null }]]));
    const views = { h: { kind: 'histogram' as const, column: 'z', bins: 50 } };
    const found = made.update({ terms: [], views }).views.h as IHistogramResult;
    expect(found.range[0]).toBeGreaterThanOrEqual(-0.1);
    expect(found.range[1]).toBeLessThan(2);
    expect(found.outside).toBe(values.filter(value => value > 2 || value < 0).length);
  });

  it('keeps a value that is frequent but near', () => {
    const values = Float64Array.from({ length: 1000 }, (_, i) => (i % 4 === 0 ? 0 : (i % 100) / 80));
    const made = new BinEngine();
    made.hold(new Map([['z', { type: 'float', values, valid: null }]]));
    const views = { h: { kind: 'histogram' as const, column: 'z', bins: 50 } };
    expect((made.update({ terms: [], views }).views.h as IHistogramResult).outside).toBe(0);
  });
});
