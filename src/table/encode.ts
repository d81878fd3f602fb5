import {
  Bool,
  type DataType,
  Dictionary,
  Float32,
  Float64,
  Int16,
  Int32,
  Int64,
  Int8,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  tableToIPC,
  Uint16,
  Uint32,
  Uint64,
  Uint8,
  Utf8,
  Field,
  vectorFromArray,
  type Data
} from 'apache-arrow';
import { columnLength, valueAt, type ColumnData } from '../expr';

/** Encode columns as an Arrow IPC stream of one record batch: the inverse of `decodeColumns`. */
export function encodeColumns(columns: ReadonlyMap<string, ColumnData>): Uint8Array {
  const names = [...columns.keys()];
  const children = names.map(name => encodeColumn(columns.get(name)!));
  const fields = names.map((name, i) => new Field(name, children[i].type as DataType, true));
  const schema = new Schema(fields);
  const length = names.length > 0 ? columnLength(columns.get(names[0])!) : 0;
  const data = makeData({ type: new Struct(fields), length, children, nullCount: 0 });
  return tableToIPC(new Table(schema, [new RecordBatch(schema, data)]), 'stream');
}

/** The name of the Arrow type of a column. */
export function arrowName(column: ColumnData): string {
  return column.type === 'text'
    ? 'string'
    : column.type === 'bool'
      ? 'bool'
      : column.values.constructor.name.replace(/Array$|Big/g, '').toLowerCase();
}

function encodeColumn(column: ColumnData): Data {
  if (column.type === 'text') {
    const texts = Array.from(column.codes, code => (code < 0 ? null : column.dictionary[code]));
    const type = new Dictionary(new Utf8(), new Int32());
    return texts.length === 0 ? makeData({ type: new Utf8() }) : vectorFromArray(texts, type).data[0];
  }
  if (column.type === 'bool') {
    const values = Array.from(column.values, (_, row) => valueAt(column, row) as boolean | null);
    return values.length === 0 ? makeData({ type: new Bool() }) : vectorFromArray(values, new Bool()).data[0];
  }
  const values = column.values;
  const length = values.length;
  const missing = column.valid === null ? 0 : column.valid.reduce((sum, bit) => sum + 1 - bit, 0);
  const nullBitmap = missing === 0 ? undefined : packed(column.valid!);
  const type = numericType(values);
  return makeData({ type, length, nullCount: missing, nullBitmap, data: values } as never) as Data;
}

function numericType(values: ArrayBufferView): DataType {
  switch (values.constructor) {
    case Int8Array:
      return new Int8();
    case Uint8Array:
      return new Uint8();
    case Int16Array:
      return new Int16();
    case Uint16Array:
      return new Uint16();
    case Int32Array:
      return new Int32();
    case Uint32Array:
      return new Uint32();
    case BigInt64Array:
      return new Int64();
    case BigUint64Array:
      return new Uint64();
    case Float32Array:
      return new Float32();
    default:
      return new Float64();
  }
}

function packed(valid: Uint8Array): Uint8Array {
  const bits = new Uint8Array(Math.ceil(valid.length / 64) * 8);
  valid.forEach((bit, i) => {
    bits[i >> 3] |= bit << (i & 7);
  });
  return bits;
}
