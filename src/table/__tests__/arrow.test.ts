import {
  Bool,
  Dictionary,
  Float64,
  Int16,
  Int32,
  Int64,
  Int8,
  LargeUtf8,
  makeData,
  makeVector,
  Table,
  tableFromArrays,
  tableToIPC,
  Utf8,
  vectorFromArray
} from 'apache-arrow';
import {
  compileMask,
  parse,
  valueAt,
  type ColumnData,
  type Columns,
  type ITextColumn,
  type Value
} from '../../expr';
import { categoriesOf } from '../categories';
import { decodeColumns } from '../decode';
import { encodeColumns } from '../encode';
import { textColumn } from '../memory';

function valuesOf(column: ColumnData, rows: number): Value[] {
  return Array.from({ length: rows }, (_, row) => valueAt(column, row));
}

const BIG = 9223372036854775807n;

describe('tables on the wire', () => {
  it('keeps 64-bit ids exact, and nulls apart from NaN', () => {
    const columns = new Map<string, ColumnData>([
      ['id', { type: 'int', values: BigInt64Array.of(BIG, -BIG, 9007199254740993n), valid: null }],
      ['mag', { type: 'float', values: Float64Array.of(22.5, NaN, 0), valid: Uint8Array.of(1, 1, 0) }],
      ['good', { type: 'bool', values: Uint8Array.of(1, 0, 0), valid: Uint8Array.of(1, 1, 0) }],
      ['survey', textColumn(['VVDS', null, 'VVDS'])],
      ['flag', { type: 'int', values: Int16Array.of(1, 2, 3), valid: null }]
    ]);
    const { rows, columns: decoded } = decodeColumns(encodeColumns(columns));
    expect(rows).toBe(3);
    expect(valuesOf(decoded.get('id')!, 3)).toEqual([BIG, -BIG, 9007199254740993n]);
    expect(valuesOf(decoded.get('mag')!, 3)).toEqual([22.5, NaN, null]);
    expect(valuesOf(decoded.get('good')!, 3)).toEqual([true, false, null]);
    expect(valuesOf(decoded.get('survey')!, 3)).toEqual(['VVDS', null, 'VVDS']);
    expect(valuesOf(decoded.get('flag')!, 3)).toEqual([1, 2, 3]);
  });

  it('reads streams of several batches and the text types that other writers use', () => {
    const vectors = (from: number) => ({
      id: vectorFromArray([BigInt(from), null], new Int64()),
      z: vectorFromArray([from / 2, null], new Float64()),
      plain: vectorFromArray([`a${from}`, null], new Utf8()),
      large: vectorFromArray([`b${from}`, null], new LargeUtf8()),
      word: vectorFromArray(['x', null], new Dictionary(new Utf8(), new Int32(), 1)),
      good: vectorFromArray([true, null], new Bool())
    });
    const batches = [1, 2].flatMap(from => new Table(vectors(from)).batches);
    const ipc = tableToIPC(new Table(batches), 'stream');
    const { rows, columns } = decodeColumns(ipc);
    expect(rows).toBe(4);
    expect(valuesOf(columns.get('id')!, 4)).toEqual([1n, null, 2n, null]);
    expect(valuesOf(columns.get('z')!, 4)).toEqual([0.5, null, 1, null]);
    expect(valuesOf(columns.get('plain')!, 4)).toEqual(['a1', null, 'a2', null]);
    expect(valuesOf(columns.get('large')!, 4)).toEqual(['b1', null, 'b2', null]);
    expect(valuesOf(columns.get('word')!, 4)).toEqual(['x', null, 'x', null]);
    expect(valuesOf(columns.get('good')!, 4)).toEqual([true, null, true, null]);
  });

  it.each([
    ['short', new Utf8()],
    ['long', new LargeUtf8()]
  ])('tells many texts apart, whatever their letters: %s offsets', (_, type) => {
    const letters = ['', 'ž', '銀河', 'VVDS', '\u{1f30c}'];
    const texts = Array.from({ length: 20000 }, (_, i) =>
      i % 7 === 0 ? null : `${letters[i % 5]}${i % 11 === 0 ? '' : (i * 7919) % 3001}`
    );
    const ipc = tableToIPC(new Table({ text: vectorFromArray(texts, type) }), 'stream');
    const column = decodeColumns(ipc).columns.get('text')!;
    expect(valuesOf(column, texts.length)).toEqual(texts);
    expect(column.type === 'text' && new Set(column.dictionary).size).toBe(
      new Set(texts.filter(text => text !== null)).size
    );
  });

  describe('text by its codes', () => {
    const column = (texts: (string | null)[], codes: Int8 | Int16 | Int32) => {
      const vector = vectorFromArray(texts, new Dictionary(new Utf8(), codes));
      const ipc = tableToIPC(new Table({ text: vector }), 'stream');
      return decodeColumns(ipc).columns.get('text') as ITextColumn;
    };
    const texts = Array.from({ length: 3000 }, (_, i) => ['VVDS', 'ž', '', '銀河'][(i * i) % 4]);
    const withNulls = texts.map((text, i) => (i % 5 === 2 ? null : text));

    it.each([
      ['int8', new Int8()],
      ['int16', new Int16()],
      ['int32', new Int32()]
    ])('is the text: %s', (name, codes) => {
      for (const wanted of [texts, withNulls]) {
        const found = column(wanted, codes);
        expect(valuesOf(found, wanted.length)).toEqual(wanted);
        // as narrow as they came
        expect(found.codes.constructor.name.toLowerCase()).toBe(`${name}array`);
      }
    });

    it('keeps the bytes that came, if no value is null', () => {
      const vector = vectorFromArray(texts, new Dictionary(new Utf8(), new Int8()));
      const ipc = tableToIPC(new Table({ text: vector }), 'stream');
      const found = decodeColumns(ipc).columns.get('text') as ITextColumn;
      expect(found.codes.buffer).toBe(ipc.buffer);
    });

    it('may hold nothing but nulls, or a value that is null itself', () => {
      const nothing = makeData({
        type: new Dictionary(new Utf8(), new Int8()),
        length: 3,
        nullCount: 3,
        nullBitmap: new Uint8Array(8),
        data: new Int8Array(3),
        dictionary: makeVector(makeData({ type: new Utf8() }))
      });
      const empty = tableToIPC(new Table({ text: makeVector(nothing) }), 'stream');
      expect(valuesOf(decodeColumns(empty).columns.get('text')!, 3)).toEqual([null, null, null]);
      const nullWord = makeData({
        type: new Dictionary(new Utf8(), new Int8()),
        length: 3,
        nullCount: 0,
        data: Int8Array.of(0, 1, 0),
        dictionary: vectorFromArray(['a', null], new Utf8())
      });
      const ipc = tableToIPC(new Table({ text: makeVector(nullWord) }), 'stream');
      expect(valuesOf(decodeColumns(ipc).columns.get('text')!, 3)).toEqual(['a', null, 'a']);
    });

    it.each([
      ["text = 'VVDS'"],
      ["text <> 'VVDS' OR text IS NULL"],
      ["text LIKE '%D%' AND z < 0.5"],
      ["text IN ('ž', '')"]
    ])('is filtered and counted as any text: %s', condition => {
      const codedColumns = (type: Int8 | Int32): Columns =>
        new Map<string, ColumnData>([
          ['text', column(withNulls, type)],
          ['z', { type: 'float', values: Float64Array.from(withNulls, (_, i) => i / 3000), valid: null }]
        ]);
      const plain: Columns = new Map(codedColumns(new Int32())).set('text', textColumn(withNulls));
      const masks = [codedColumns(new Int8()), plain].map(columns =>
        compileMask(parse(condition), columns, withNulls.length)
      );
      expect(masks[0]).toEqual(masks[1]);
      expect(masks[0].reduce((sum, bit) => sum + bit, 0)).toBeGreaterThan(0);
      const [a, b] = [codedColumns(new Int8()), plain].map(columns => categoriesOf(columns.get('text')!));
      expect(a.values).toEqual(b.values);
      expect(a.code).toEqual(b.code);
    });
  });

  it('reads a table without rows', () => {
    const ipc = tableToIPC(tableFromArrays({ z: new Float64Array(0) }), 'stream');
    expect(decodeColumns(ipc).rows).toBe(0);
  });
});
