/**
 * Numbers of a column or of a numeric expression, a chunk of rows at a time: what is computed or converted is thrown
 * away again, since a copy of a column would cost more memory than the column. What has no value is NaN.
 */

import { columnsOf, type Expr } from './ast';
import { typeOf } from './check';
import type { ColumnData, IFloatColumn, IIntColumn } from './columns';
import { compileExpression, schemaOf, type Columns } from './compile';
import { ExprError } from './error';
import { toText } from './toText';
import { CHUNK, vectorised } from './vector';

export { CHUNK };

export interface INumbers {
  readonly rows: number;
  /** Whether all are whole numbers by their type. */
  readonly whole: boolean;
  /** Write the numbers of the rows `from` up to `to`, at most a chunk, to the start of `out`. */
  read(from: number, to: number, out: Float64Array): void;
  /** The same of the rows listed at the places `from` up to `to` of a list. */
  gather(list: Uint32Array, from: number, to: number, out: Float64Array): void;
}

/**
 * The numbers of an expression over these columns.
 *
 * @throws ExprError for an unknown column, and for what is no number.
 */
export function compileNumbers(expr: Expr, columns: Columns, rows: number): INumbers {
  if (expr.kind === 'column' && columns.has(expr.name)) {
    return columnNumbers(columns.get(expr.name)!);
  }
  const type = typeOf(expr, schemaOf(columns));
  if (type === 'text' || type === 'bool') {
    throw new ExprError(`'${toText(expr)}' is no number.`, expr.at);
  }
  const parts = new Map([...columnsOf(expr)].map(name => [name, columnNumbers(columns.get(name)!)]));
  const vector = vectorised(expr, columns, parts);
  const single = compileExpression(expr, columns);
  const one = (row: number) => {
    const value = single(row);
    return value === null ? NaN : Number(value);
  };
  return {
    rows,
    whole: type === 'int',
    read(from, to, out) {
      if (vector === null || !vector(to - from, (part, into) => part.read(from, to, into), out)) {
        for (let row = from; row < to; row++) {
          out[row - from] = one(row);
        }
      }
    },
    gather(list, from, to, out) {
      if (vector === null || !vector(to - from, (part, into) => part.gather(list, from, to, into), out)) {
        for (let i = from; i < to; i++) {
          out[i - from] = one(list[i]);
        }
      }
    }
  };
}

/** The numbers of a column; of a text none. */
export function columnNumbers(column: ColumnData): INumbers {
  if (column.type === 'text') {
    return {
      rows: column.codes.length,
      whole: false,
      read: (from, to, out) => void out.fill(NaN, 0, to - from),
      gather: (_, from, to, out) => void out.fill(NaN, 0, to - from)
    };
  }
  const { values, valid } = column;
  const big = values instanceof BigInt64Array || values instanceof BigUint64Array;
  const plain = big ? wide(values) : narrow(values as Exclude<typeof values, BigInt64Array | BigUint64Array>);
  const whole = column.type === 'int';
  if (valid === null) {
    return { rows: values.length, whole, ...plain };
  }
  return {
    rows: values.length,
    whole,
    read(from, to, out) {
      plain.read(from, to, out);
      for (let row = from; row < to; row++) {
        if (valid[row] === 0) {
          out[row - from] = NaN;
        }
      }
    },
    gather(list, from, to, out) {
      plain.gather(list, from, to, out);
      for (let i = from; i < to; i++) {
        if (valid[list[i]] === 0) {
          out[i - from] = NaN;
        }
      }
    }
  };
}

type Reader = Pick<INumbers, 'read' | 'gather'>;

function narrow(
  values: Exclude<(IFloatColumn | IIntColumn)['values'], BigInt64Array | BigUint64Array>
): Reader {
  return {
    read: (from, to, out) => out.set(values.subarray(from, to)),
    // a function for each of the common kinds: one function for all of them is several times slower
    gather:
      values instanceof Float64Array
        ? (list, from, to, out) => gatherDoubles(values, list, from, to, out)
        : values instanceof Float32Array
          ? (list, from, to, out) => gatherSingles(values, list, from, to, out)
          : (list, from, to, out) => gatherOthers(values, list, from, to, out)
  };
}

function gatherDoubles(
  values: Float64Array,
  list: Uint32Array,
  from: number,
  to: number,
  out: Float64Array
): void {
  for (let i = from; i < to; i++) {
    out[i - from] = values[list[i]];
  }
}

function gatherSingles(
  values: Float32Array,
  list: Uint32Array,
  from: number,
  to: number,
  out: Float64Array
): void {
  for (let i = from; i < to; i++) {
    out[i - from] = values[list[i]];
  }
}

function gatherOthers(
  values: ArrayLike<number>,
  list: Uint32Array,
  from: number,
  to: number,
  out: Float64Array
): void {
  for (let i = from; i < to; i++) {
    out[i - from] = values[list[i]];
  }
}

/** 64-bit integers by their halves: no BigInt a row. The sum is rounded once, as `Number` does. */
function wide(values: BigInt64Array | BigUint64Array): Reader {
  const { buffer, byteOffset, length } = values;
  const lower = new Uint32Array(buffer, byteOffset, 2 * length);
  const upper = values instanceof BigInt64Array ? new Int32Array(buffer, byteOffset, 2 * length) : lower;
  return {
    read(from, to, out) {
      for (let row = from; row < to; row++) {
        out[row - from] = upper[2 * row + 1] * 4294967296 + lower[2 * row];
      }
    },
    gather(list, from, to, out) {
      for (let i = from; i < to; i++) {
        const at = 2 * list[i];
        out[i - from] = upper[at + 1] * 4294967296 + lower[at];
      }
    }
  };
}
