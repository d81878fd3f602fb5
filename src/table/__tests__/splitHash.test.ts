import { readFileSync } from 'fs';
import { join } from 'path';
import { murmur3, splitPart, splitU } from '../splitHash';

interface IVectors {
  readonly parts: { readonly [part: string]: number };
  readonly cases: { key: string; seed: number; murmur3: number; u: number; part: string }[];
}

const path = join(__dirname, '../../../contract/vectors/split.json');
const { parts, cases } = JSON.parse(readFileSync(path, 'utf-8')) as IVectors;

describe('the split, shared with Python', () => {
  it.each(cases)('key $key with seed $seed goes to $part', ({ key, seed, murmur3: hash, u, part }) => {
    expect(murmur3(BigInt(key), seed)).toBe(hash);
    expect(splitU(BigInt(key), seed)).toBe(u);
    expect(splitPart(BigInt(key), seed, parts)).toBe(part);
  });

  it('leaves the rest unused where the proportions do not add up to one', () => {
    const found = new Set<string>();
    for (let key = 0n; key < 200n; key++) {
      found.add(splitPart(key, 1, { train: 0.5 }));
    }
    expect(found).toEqual(new Set(['train', 'unused']));
  });
});
