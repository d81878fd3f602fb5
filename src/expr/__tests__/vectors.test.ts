import { readFileSync } from 'fs';
import { join } from 'path';
import { check, columnLength, compile, compileMask, parse, schemaOf, toText, type ColumnData } from '..';

interface IVectors {
  readonly columns: { readonly [name: string]: string };
  readonly rows: { readonly [name: string]: unknown }[];
  readonly cases: { readonly text: string; readonly result?: (boolean | null)[]; readonly error?: boolean }[];
}

const path = join(__dirname, '../../../contract/vectors/expr.json');
const vectors = JSON.parse(readFileSync(path, 'utf-8')) as IVectors;

/** A column of the vectors: whole numbers beyond 2**53 and NaN are written as text. */
function column(type: string, values: unknown[]): ColumnData {
  const missing = values.map(value => value === null || value === undefined);
  const valid = missing.includes(true) ? Uint8Array.from(missing, absent => (absent ? 0 : 1)) : null;
  const number = (value: unknown) => (value === null || value === undefined ? 0 : Number(value));
  switch (type) {
    case 'int64':
      return {
        type: 'int',
        values: BigInt64Array.from(values, value => BigInt((value ?? 0) as string | number)),
        valid
      };
    case 'int8':
    case 'int16':
    case 'int32':
      return { type: 'int', values: Int32Array.from(values, number), valid };
    case 'float32':
      return { type: 'float', values: Float32Array.from(values, number), valid };
    case 'float64':
    case 'double':
      return { type: 'float', values: Float64Array.from(values, number), valid };
    case 'bool':
      return { type: 'bool', values: Uint8Array.from(values, value => (value === true ? 1 : 0)), valid };
    case 'string': {
      const dictionary = [...new Set(values.filter(value => typeof value === 'string'))];
      return {
        type: 'text',
        codes: Int32Array.from(values, value => (typeof value === 'string' ? dictionary.indexOf(value) : -1)),
        dictionary
      };
    }
    default:
      throw new Error(`no column of type ${type} in these tests`);
  }
}

const columns = new Map(
  Object.entries(vectors.columns).map(([name, type]) => [
    name,
    column(
      type,
      vectors.rows.map(row => row[name])
    )
  ])
);
const rows = columnLength(columns.values().next().value!);

describe('the vectors shared with Python', () => {
  const good = vectors.cases.filter(({ error }) => error !== true);
  const bad = vectors.cases.filter(({ error }) => error === true);

  it.each(good)('$text', ({ text, result }) => {
    const test = compile(parse(text), columns);
    expect(Array.from({ length: rows }, (_, row) => test(row))).toEqual(result);
  });

  it.each(good)('the rows that pass: $text', ({ text, result }) => {
    expect(Array.from(compileMask(parse(text), columns, rows))).toEqual(
      result!.map(value => (value === true ? 1 : 0))
    );
  });

  it.each(good)('written back and read again: $text', ({ text, result }) => {
    const again = toText(parse(text));
    const test = compile(parse(again), columns);
    expect(Array.from({ length: rows }, (_, row) => test(row))).toEqual(result);
    expect(toText(parse(again))).toBe(again);
  });

  it.each(bad)('refused: $text', ({ text }) => {
    expect(() => check(parse(text), schemaOf(columns))).toThrow();
  });
});
