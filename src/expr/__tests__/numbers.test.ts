import { compileExpression, compileNumbers, parse, type ColumnData } from '..';

const ROWS = 10000;
const big = 2n ** 60n;
const columns = new Map<string, ColumnData>([
  [
    'a',
    {
      type: 'float',
      values: Float64Array.from({ length: ROWS }, (_, i) => (i % 7 ? i / 3 : NaN)),
      valid: null
    }
  ],
  [
    'b',
    {
      type: 'float',
      values: Float32Array.from({ length: ROWS }, (_, i) => (i % 5) - 2),
      valid: Uint8Array.from({ length: ROWS }, (_, i) => (i % 11 ? 1 : 0))
    }
  ],
  ['n', { type: 'int', values: Int32Array.from({ length: ROWS }, (_, i) => i - 5000), valid: null }],
  [
    'id',
    {
      type: 'int',
      values: BigInt64Array.from({ length: ROWS }, (_, i) => (i === 7000 ? big + 1n : -BigInt(i))),
      valid: Uint8Array.from({ length: ROWS }, (_, i) => (i % 13 ? 1 : 0))
    }
  ],
  [
    'word',
    { type: 'text', codes: Int32Array.from({ length: ROWS }, (_, i) => (i % 3) - 1), dictionary: ['3b', 'x'] }
  ]
]);

describe('numbers of an expression are those of each row', () => {
  it.each([
    'a',
    'id',
    'a - b',
    '-a * 2 + n / b',
    'n / 0',
    'id - 1',
    'id + n * id',
    `id - ${big}`,
    'id / 3',
    'ABS(id)',
    'LOG10(a - 1000)',
    'FLOOR(a) + ROUND(b / 3, 2)',
    'MOD(n, 7) - MOD(a, b)',
    'MOD(id, 1000)',
    'ROUND(id)',
    'DIGIT(word) + n',
    'a - a'
  ])('%s', text => {
    const numbers = compileNumbers(parse(text), columns, ROWS);
    const value = compileExpression(parse(text), columns);
    const wanted = (row: number) => {
      const found = value(row);
      return found === null ? NaN : Number(found);
    };
    const out = new Float64Array(4096);
    for (const [from, to] of [
      [0, 4096],
      [4096, 8192],
      [8192, ROWS]
    ]) {
      numbers.read(from, to, out);
      // -0 is as good as 0
      expect(Array.from(out.subarray(0, to - from), x => x + 0)).toEqual(
        Array.from({ length: to - from }, (_, i) => wanted(from + i) + 0)
      );
    }
    const list = Uint32Array.from({ length: 1000 }, (_, i) => (i * 7919) % ROWS);
    numbers.gather(list, 100, 1000, out);
    expect(Array.from(out.subarray(0, 900), x => x + 0)).toEqual(
      Array.from(list.subarray(100), row => wanted(row) + 0)
    );
  });

  it('refuses what is no number', () => {
    expect(() => compileNumbers(parse('UPPER(word)'), columns, ROWS)).toThrow('no number');
    expect(() => compileNumbers(parse('a > 1'), columns, ROWS)).toThrow('no number');
    expect(() => compileNumbers(parse('a - c'), columns, ROWS)).toThrow("'c'");
  });
});
