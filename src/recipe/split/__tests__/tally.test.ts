import { readFileSync } from 'fs';
import { join } from 'path';

import { makeTable, tableToIPC } from 'apache-arrow';

import { binRows, type ISplitRows } from '../bins';
import { Counting, rowsOf } from '../counting';
import { countParts, firstRows, hashOrder, HashTally } from '../tally';
import { murmur3, splitPart } from '../../../table/splitHash';

interface ITableCase {
  readonly method: string;
  readonly seed: number;
  readonly parts: { readonly [name: string]: number };
  readonly keys: string[];
  readonly split: string[];
  readonly counts: { readonly [name: string]: number };
  readonly objects: { readonly [name: string]: number };
}

const path = join(__dirname, '../../../../contract/vectors/split.json');
const { tables } = JSON.parse(readFileSync(path, 'utf-8')) as { tables: ITableCase[] };

const BLOCKS = 4096;

/** Rows with keys that repeat, redshifts of which some are missing, and a field on the sky. */
function randomRows(count: number): ISplitRows {
  let state = 12345;
  const draw = () => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) / 2 ** 32;
  const key = BigInt64Array.from({ length: count }, () => BigInt(Math.floor(draw() * count)) * 7919n - 5n);
  const some = (make: () => number) => Float32Array.from({ length: count }, make);
  return {
    key,
    redshift: some(() => (draw() < 0.1 ? NaN : 3 * draw())),
    magnitude: some(() => 20 + 6 * draw()),
    ra: some(() => 150 + draw()),
    dec: some(() => 2 + draw())
  };
}

describe('the preview of a split', () => {
  it.each(tables)('$method of a table, seed $seed, is what the run gives', one => {
    const key = BigInt64Array.from(one.keys, BigInt);
    const names = Object.keys(one.parts);
    const tally = new HashTally(hashOrder(binRows({ key }), one.seed)).count(Object.values(one.parts));
    expect(Object.fromEntries(names.map((name, i) => [name, tally.rows[i]]))).toEqual(one.counts);
    expect(Object.fromEntries(names.map((name, i) => [name, tally.objects[i]]))).toEqual(one.objects);
    expect(one.keys.map(text => splitPart(BigInt(text), one.seed, one.parts))).toEqual(one.split);
  });

  it('counts every bin of every part as a count of the rows one by one does', () => {
    const rows = randomRows(3 * BLOCKS + 17);
    const binned = binRows(rows);
    const hashed = new HashTally(hashOrder(binned, 99));
    for (const shares of [
      [0.7, 0.15, 0.15],
      [0, 1],
      [0.333, 0.333, 0.334],
      [1, 0]
    ]) {
      const number = Int8Array.from(rows.key, key => {
        const u = murmur3(key, 99) / 2 ** 32;
        let sum = 0;
        const part = shares.findIndex(share => u < (sum += share));
        return part < 0 ? shares.length - 1 : part;
      });
      expect(hashed.count(shares)).toEqual(countParts(binned, firstRows(rows.key), number, shares.length));
    }
  });

  it('counts each object once, and leaves rows out that lack a value', () => {
    const key = BigInt64Array.from([5n, 5n, 6n, -7n]);
    const redshift = Float32Array.from([0.1, 0.2, NaN, 0.3]);
    const tally = new HashTally(hashOrder(binRows({ key, redshift }), 1)).count([1]);
    expect([tally.rows[0], tally.objects[0]]).toEqual([4, 3]);
    expect(tally.redshift.reduce((sum, count) => sum + count, 0)).toBe(3);
  });

  it('puts values beyond an axis into its outer bins', () => {
    const magnitude = Float32Array.from({ length: 5000 }, (_, i) => (i === 0 ? -40 : 20 + (i % 500) / 100));
    const binned = binRows({ key: new BigInt64Array(5000), magnitude });
    expect(binned.magnitude!.low).toBeGreaterThan(19);
    expect(binned.magnitudeBin[0]).toBe(0);
  });

  it('places the largest RA at the left, the north at the top', () => {
    const ra = Float32Array.from([150.9, 150.1, 150.5]);
    const dec = Float32Array.from([2, 2, 2.6]);
    const { cell } = binRows({ key: new BigInt64Array(3), ra, dec });
    expect(cell[0] % 72).toBeLessThan(cell[1] % 72);
    expect(Math.floor(cell[2] / 72)).toBeLessThan(Math.floor(cell[0] / 72));
  });

  it('reads what the engine sends, and refuses parts of other rows', () => {
    const stream = (columns: Parameters<typeof makeTable>[0]) => tableToIPC(makeTable(columns), 'stream');
    const ipc = stream({
      key: BigInt64Array.from([1n, 2n]) as unknown as Int32Array,
      redshift: Float32Array.from([0.5, NaN])
    });
    expect(rowsOf(ipc).redshift).toEqual(Float32Array.from([0.5, NaN]));
    expect(rowsOf(ipc).magnitude).toBeUndefined();
    const counting = new Counting();
    expect(counting.answer({ id: 1, kind: 'rows', ipc }).grounds!.rows).toBe(2);
    const parts = stream({ part: Int8Array.from([1, -1]) });
    expect(counting.answer({ id: 2, kind: 'parts', ipc: parts, parts: 2 }).tally!.rows).toEqual(
      Float64Array.from([0, 1])
    );
    const other = stream({ part: Int8Array.from([1]) });
    expect(() => counting.answer({ id: 3, kind: 'parts', ipc: other, parts: 2 })).toThrow('1 rows, and 2');
  });
});
