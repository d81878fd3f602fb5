/** A seeded random table with all that makes counting hard, the views of it, and brushes that move over it. */

import { columnsOf, compile, parse, toText, type ColumnData } from '../../expr';
import { textColumn } from '../memory';
import type { ITerm, ViewRequest } from '../requests';

export type Random = () => number;

export function randomFrom(seed: number): Random {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

export function randomTable(rows: number, random: Random): Map<string, ColumnData> {
  const doubles = (make: () => number) => Float64Array.from({ length: rows }, make);
  const valid = () => Uint8Array.from({ length: rows }, () => (random() < 0.1 ? 0 : 1));
  const odd = (value: number) => {
    const chance = random();
    return chance < 0.03 ? NaN : chance < 0.04 ? Infinity : chance < 0.05 ? -Infinity : value;
  };
  return new Map<string, ColumnData>([
    ['z', { type: 'float', values: doubles(() => odd(2 * random() * random())), valid: null }],
    // many ties, and a number that stands for none
    [
      'mag',
      {
        type: 'float',
        values: Float32Array.from({ length: rows }, () =>
          random() < 0.1 ? -99 : 18 + Math.round(40 * random()) / 5
        ),
        valid: valid()
      }
    ],
    ['g', { type: 'float', values: doubles(() => odd(19 + 6 * random())), valid: valid() }],
    [
      'count',
      { type: 'int', values: Int16Array.from({ length: rows }, () => 9 * random() - 4), valid: null }
    ],
    [
      'id',
      {
        type: 'int',
        values: BigInt64Array.from(
          { length: rows },
          () => BigInt(Math.floor(200 * random())) + (random() < 0.02 ? 2n ** 60n : 0n)
        ),
        valid: valid()
      }
    ],
    [
      'flag',
      { type: 'float', values: doubles(() => (random() < 0.1 ? NaN : Math.floor(5 * random()))), valid: null }
    ],
    [
      'survey',
      textColumn(Array.from({ length: rows }, () => ['A', 'B', 'C', null][Math.floor(4 * random())]))
    ],
    ['ra', { type: 'float', values: doubles(() => (358 + 4 * random()) % 360), valid: null }],
    ['dec', { type: 'float', values: doubles(() => odd(-1 + 2 * random())), valid: null }]
  ]);
}

export const VIEWS: { readonly [id: string]: ViewRequest } = {
  nz: { kind: 'histogram', column: 'z', bins: 40, by: 'survey' },
  counts: { kind: 'histogram', column: 'count', bins: 40 },
  ids: { kind: 'histogram', column: 'id', bins: 30, range: [0, 200] },
  plane: { kind: 'density', x: 'mag', y: 'z', nx: 30, ny: 25, xRange: [18, 26], yRange: [0, 2] },
  colour: { kind: 'density', x: 'mag', y: 'g - mag', nx: 20, ny: 20 },
  sky: { kind: 'sky', ra: 'ra', dec: 'dec', frame: 'data', width: 100, height: 60, cell: 3, points: 150 },
  flags: { kind: 'categories', column: 'flag', limit: 3 },
  surveys: { kind: 'categories', column: 'survey', limit: 10 }
};

export function term(text: string, axis: string | null): ITerm {
  const expr = parse(text);
  return { text: toText(expr), columns: [...columnsOf(expr)], axis };
}

/** Conditions beside a brush. */
export const OTHERS: readonly ITerm[][] = [
  [],
  [term("survey = 'A'", 'survey')],
  [term('z > 0.3 OR count = 2', null), term('dec > -0.8', 'dec')],
  [term('z BETWEEN 0.1 AND 1', 'z'), term('mag > 19', 'mag'), term('flag IN (1, 2, 3)', 'flag')]
];

/** Counts as text, which is quick to compare; points come in any order. */
export function plain(view: object): object {
  return Object.fromEntries(
    Object.entries(view).map(([key, value]) => {
      if (value instanceof Float32Array) {
        const pairs = Array.from(
          { length: value.length / 2 },
          (_, i) => `${value[2 * i]} ${value[2 * i + 1]}`
        );
        return [key, pairs.sort().join()];
      }
      return [key, value instanceof Uint32Array ? value.join() : value];
    })
  );
}

/** The rows that pass all of these conditions, found by asking of each row. */
export function rowsPassing(
  terms: readonly ITerm[],
  columns: ReadonlyMap<string, ColumnData>,
  rows: number
): number[] {
  const tests = terms.map(({ text }) => compile(parse(text), columns));
  return Array.from({ length: rows }, (_, row) => row).filter(row => tests.every(test => test(row) === true));
}
