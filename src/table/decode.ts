import { type Data, DataType, type Field, tableFromIPC, type Table, type Vector } from 'apache-arrow';
import type { Codes, ColumnData, IBoolColumn, IntArray, ITextColumn } from '../expr';
import { codesOf } from './utf8';

/** Columns of a decoded Arrow stream. */
export interface IColumns {
  readonly rows: number;
  readonly columns: Map<string, ColumnData>;
}

/** Decode an Arrow IPC stream; 64-bit integers stay 64-bit integers. */
export function decodeColumns(ipc: Uint8Array): IColumns {
  const table = tableFromIPC(ipc);
  const columns = new Map<string, ColumnData>();
  table.schema.fields.forEach((field, index) => {
    columns.set(field.name, decodeColumn(field, table, index));
  });
  return { rows: table.numRows, columns };
}

function decodeColumn(field: Field, table: Table, index: number): ColumnData {
  const vector = table.getChildAt(index)!;
  const type = field.type;
  if (DataType.isInt(type)) {
    return { type: 'int', values: joined(vector) as IntArray, valid: validity(vector) };
  }
  if (DataType.isFloat(type)) {
    if (type.precision === 0) {
      return { type: 'float', values: halves(vector), valid: validity(vector) };
    }
    return { type: 'float', values: joined(vector) as Float64Array, valid: validity(vector) };
  }
  if (DataType.isBool(type)) {
    return decodeBool(vector);
  }
  return decodeText(vector);
}

type Numbers = IntArray | Float32Array | Float64Array;

/** The values of a numeric column; of a single batch without a copy. */
function joined(vector: Vector): Numbers {
  const parts = vector.data.map(part => (part.values as Float64Array).subarray(0, part.length));
  if (parts.length === 1) {
    return parts[0] as Numbers;
  }
  const whole = new (vector.ArrayType as Float64ArrayConstructor)(vector.length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function halves(vector: Vector): Float32Array {
  return Float32Array.from({ length: vector.length }, (_, row) => Number(vector.get(row) ?? NaN));
}

/** One byte a row, 0 where the value is null; null where no value is. */
function validity(vector: Vector): Uint8Array | null {
  if (vector.nullCount === 0) {
    return null;
  }
  const valid = new Uint8Array(vector.length);
  let at = 0;
  for (const part of vector.data) {
    setBits(valid, at, part.nullCount > 0 ? part.nullBitmap : null, part);
    at += part.length;
  }
  return valid;
}

function setBits(target: Uint8Array, at: number, bitmap: Uint8Array | null, part: Data): void {
  if (bitmap === null) {
    target.fill(1, at, at + part.length);
    return;
  }
  let i = 0;
  // eight at a time, from the first whole byte on
  const whole = (part.offset & 7) === 0 ? part.length - (part.length & 7) : 0;
  for (let byte = part.offset >> 3; i < whole; byte++, i += 8) {
    const bits = bitmap[byte];
    if (bits === 255) {
      target.fill(1, at + i, at + i + 8);
    } else {
      for (let k = 0; k < 8; k++) {
        target[at + i + k] = (bits >> k) & 1;
      }
    }
  }
  for (; i < part.length; i++) {
    const bit = part.offset + i;
    target[at + i] = (bitmap[bit >> 3] >> (bit & 7)) & 1;
  }
}

function decodeBool(vector: Vector): IBoolColumn {
  const values = new Uint8Array(vector.length);
  let at = 0;
  for (const part of vector.data) {
    setBits(values, at, part.values as Uint8Array, part);
    at += part.length;
  }
  return { type: 'bool', values, valid: validity(vector) };
}

/** Text, dictionaries, and anything else as the text of its values. */
function decodeText(vector: Vector): ITextColumn {
  return ownCodes(vector) ?? translatedCodes(vector);
}

/** A dictionary with a single part is taken as it is: of a column without nulls the codes are those on the wire. */
function ownCodes(vector: Vector): ITextColumn | null {
  const part = vector.data[0];
  if (vector.data.length !== 1 || !DataType.isDictionary(part.type) || !isCodes(part.values)) {
    return null;
  }
  const words = wordsOf(part);
  if (words.includes(null)) {
    return null;
  }
  let codes = part.values.subarray(0, part.length);
  const valid = validity(vector);
  if (valid !== null) {
    codes = codes.slice();
    for (let row = 0; row < codes.length; row++) {
      codes[row] = valid[row] === 0 ? -1 : codes[row];
    }
  }
  return { type: 'text', codes, dictionary: words as string[] };
}

function isCodes(values: unknown): values is Codes {
  return values instanceof Int8Array || values instanceof Int16Array || values instanceof Int32Array;
}

/** The values of a dictionary as text. */
function wordsOf(part: Data): (string | null)[] {
  const words = part.dictionary as Vector;
  return Array.from({ length: words.length }, (_, i) => {
    const word: unknown = words.get(i);
    return word === null || word === undefined ? null : String(word);
  });
}

/** Parts of any kind, with codes of their own. */
function translatedCodes(vector: Vector): ITextColumn {
  const codes = new Int32Array(vector.length);
  const dictionary: string[] = [];
  const known = new Map<string, number>();
  const code = (text: string | null): number => {
    if (text === null) {
      return -1;
    }
    let found = known.get(text);
    if (found === undefined) {
      found = dictionary.length;
      dictionary.push(text);
      known.set(text, found);
    }
    return found;
  };
  let at = 0;
  for (const part of vector.data) {
    let valid: Uint8Array | null = null;
    if (part.nullCount > 0) {
      valid = new Uint8Array(part.length);
      setBits(valid, 0, part.nullBitmap, part);
    }
    if (DataType.isDictionary(part.type)) {
      const translated = wordsOf(part).map(code);
      const indices = part.values as Int32Array;
      for (let i = 0; i < part.length; i++) {
        codes[at + i] = valid !== null && valid[i] === 0 ? -1 : translated[Number(indices[i])];
      }
    } else if (DataType.isUtf8(part.type) || DataType.isLargeUtf8(part.type)) {
      const own = codesOf(part, valid);
      const translated = own.texts.map(code);
      for (let i = 0; i < part.length; i++) {
        codes[at + i] = own.codes[i] < 0 ? -1 : translated[own.codes[i]];
      }
    } else {
      for (let i = 0; i < part.length; i++) {
        const value: unknown = vector.get(at + i);
        codes[at + i] = value === null || value === undefined ? -1 : code(String(value));
      }
    }
    at += part.length;
  }
  return { type: 'text', codes, dictionary };
}
