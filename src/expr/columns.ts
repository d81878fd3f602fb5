/** Columns as typed arrays: what a compiled condition reads. `valid[row]` is 0 where the value is null. */

export type IntArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

export type Codes = Int8Array | Int16Array | Int32Array;

export interface IFloatColumn {
  readonly type: 'float';
  readonly values: Float32Array | Float64Array;
  readonly valid: Uint8Array | null;
}

export interface IIntColumn {
  readonly type: 'int';
  readonly values: IntArray;
  readonly valid: Uint8Array | null;
}

export interface IBoolColumn {
  readonly type: 'bool';
  /** 0 or 1. */
  readonly values: Uint8Array;
  readonly valid: Uint8Array | null;
}

/** Text by code into a list of values, mostly distinct ones; -1 is null. */
export interface ITextColumn {
  readonly type: 'text';
  readonly codes: Codes;
  readonly dictionary: string[];
}

export type ColumnData = IFloatColumn | IIntColumn | IBoolColumn | ITextColumn;

export type Value = bigint | number | string | boolean | null;

export type ValueType = 'int' | 'float' | 'text' | 'bool' | 'null';

export function columnLength(column: ColumnData): number {
  return column.type === 'text' ? column.codes.length : column.values.length;
}

/** The value of one row: ids stay BigInt, null is null. */
export function valueAt(column: ColumnData, row: number): Value {
  if (column.type === 'text') {
    const code = column.codes[row];
    return code < 0 ? null : column.dictionary[code];
  }
  if (column.valid !== null && column.valid[row] === 0) {
    return null;
  }
  return column.type === 'bool' ? column.values[row] !== 0 : column.values[row];
}
