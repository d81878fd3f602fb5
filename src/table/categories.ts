/** A column's values as categories. */

import {
  CHUNK,
  columnLength,
  columnNumbers,
  valueAt,
  type Codes,
  type ColumnData,
  type Value
} from '../expr';
import type { Cells } from './tally';

/** Categories that are told apart at most. */
export const MOST_CATEGORIES = 65534;

/** The code of each row, in the order of `values`. */
export interface ICategories {
  readonly code: Cells;
  readonly values: Value[];
  /** Values beyond what can be told apart; their rows have the code `values.length`. */
  readonly others: number;
}

/** The distinct values, numbers in order, texts by frequency; null is a value. At most 65,534. */
export function categoriesOf(column: ColumnData): ICategories {
  const found =
    column.type === 'text'
      ? ofCodes(column.codes, column.dictionary)
      : (ofWholes(column) ?? ofAny(columnLength(column), row => valueAt(column, row)));
  const { values, counts = [] } = found;
  const order = values.map((_, code) => code).sort((a, b) => compareValues(values, counts, a, b));
  const kept = Math.min(values.length, MOST_CATEGORIES);
  const place = new Uint32Array(values.length);
  order.forEach((code, index) => {
    place[code] = Math.min(kept, index);
  });
  const length = columnLength(column);
  const code = kept < 256 ? new Uint8Array(length) : new Uint16Array(length);
  found.write(place, code);
  return { code, values: order.slice(0, kept).map(old => values[old]), others: values.length - kept };
}

/** Values in the order in which they were met, and for texts, how many rows have each. */
interface IFound {
  readonly values: Value[];
  readonly counts?: number[];
  /** Write each row's place, given by value. */
  write(place: Uint32Array, code: Cells): void;
}

/** Texts, by their codes: the values may stand in the list more than once. */
function ofCodes(codes: Codes, dictionary: string[]): IFound {
  const { values, counts, codeOf } = collector();
  // one more for null, whose code is -1
  const known = new Int32Array(dictionary.length + 1).fill(-1);
  const tally = new Uint32Array(dictionary.length + 1);
  for (let row = 0; row < codes.length; row++) {
    const own = codes[row] + 1;
    tally[own] += 1;
    if (known[own] < 0) {
      known[own] = codeOf(own === 0 ? null : dictionary[own - 1]);
    }
  }
  known.forEach((code, own) => {
    if (code >= 0) {
      counts[code] += tally[own];
    }
  });
  return {
    values,
    counts,
    write(place, code) {
      const places = Uint32Array.from(known, value => (value < 0 ? 0 : place[value]));
      for (let row = 0; row < code.length; row++) {
        code[row] = places[codes[row] + 1];
      }
    }
  };
}

/** Whole numbers that lie close together, such as flags, be their type a float: by a table instead of a map. */
function ofWholes(column: Exclude<ColumnData, { type: 'text' }>): IFound | null {
  const numbers = columnNumbers(column);
  const chunk = new Float64Array(CHUNK);
  const { values, codeOf } = collector();
  // one for null, then the whole numbers from -SPAN to SPAN
  const known = new Int32Array(2 * SPAN + 2).fill(-1);
  for (let from = 0; from < numbers.rows; from += CHUNK) {
    const count = Math.min(CHUNK, numbers.rows - from);
    numbers.read(from, from + count, chunk);
    for (let i = 0; i < count; i++) {
      const value = chunk[i];
      let own = 0;
      if (value === value) {
        if (!(value >= -SPAN && value <= SPAN && value === (value | 0))) {
          return null;
        }
        own = value + SPAN + 1;
      }
      if (known[own] < 0) {
        const exact = valueAt(column, from + i);
        known[own] = codeOf(exact !== exact ? null : exact);
      }
    }
  }
  return {
    values,
    write(place, code) {
      const places = Uint32Array.from(known, value => (value < 0 ? 0 : place[value]));
      for (let from = 0; from < numbers.rows; from += CHUNK) {
        const count = Math.min(CHUNK, numbers.rows - from);
        numbers.read(from, from + count, chunk);
        for (let i = 0; i < count; i++) {
          const value = chunk[i];
          code[from + i] = places[value === value ? value + SPAN + 1 : 0];
        }
      }
    }
  };
}

const SPAN = 65536;

function ofAny(length: number, valueOf: (row: number) => Value): IFound {
  const { values, counts, codeOf } = collector();
  const raw = new Uint32Array(length);
  for (let row = 0; row < length; row++) {
    const value = valueOf(row);
    const code = codeOf(value !== value ? null : value);
    raw[row] = code;
    counts[code] += 1;
  }
  return {
    values,
    counts,
    write(place, code) {
      for (let row = 0; row < length; row++) {
        code[row] = place[raw[row]];
      }
    }
  };
}

function collector() {
  const values: Value[] = [];
  const counts: number[] = [];
  const known = new Map<Value, number>();
  const codeOf = (value: Value): number => {
    let code = known.get(value);
    if (code === undefined) {
      code = values.length;
      known.set(value, code);
      // -0 is shown as 0
      values.push(value === 0 ? 0 : value);
      counts.push(0);
    }
    return code;
  };
  return { values, counts, codeOf };
}

function compareValues(values: Value[], counts: number[], a: number, b: number): number {
  const [left, right] = [values[a], values[b]];
  if (left === null || right === null) {
    return left === right ? 0 : left === null ? 1 : -1;
  }
  if (typeof left === 'string') {
    return counts[b] - counts[a] || (left < String(right) ? -1 : 1);
  }
  return left < right ? 1 : -1;
}
