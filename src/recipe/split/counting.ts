/** What a split's counter does: rows are binned and parts counted. In a file of its own, as the worker needs no more. */
import { decodeColumns } from '../../table/decode';
import { binRows, type IBinned, type IGrounds, type ISplitRows } from './bins';
import { countParts, firstRows, hashOrder, type IHashOrder, type ITally } from './tally';

export type CounterRequest =
  | { readonly id: number; readonly kind: 'rows'; readonly ipc: Uint8Array }
  | { readonly id: number; readonly kind: 'order'; readonly seed: number }
  | { readonly id: number; readonly kind: 'parts'; readonly ipc: Uint8Array; readonly parts: number }
  | { readonly id: number; readonly kind: 'numbers'; readonly number: Int8Array; readonly parts: number };

export type CounterAnswer = {
  readonly id: number;
  readonly grounds?: IGrounds;
  readonly order?: IHashOrder;
  readonly tally?: ITally;
  readonly error?: string;
};

/** The work itself, wherever it is done; holds the rows. */
export class Counting {
  answer(request: CounterRequest): Omit<CounterAnswer, 'id'> {
    switch (request.kind) {
      case 'rows': {
        this._binned = binRows(rowsOf(request.ipc));
        this._first = null;
        const { rows, redshift, magnitude, sky } = this._binned;
        return { grounds: { rows, redshift, magnitude, sky } };
      }
      case 'order':
        return { order: hashOrder(this._rows(), request.seed) };
      case 'parts':
        return { tally: this._count(numbersOf(request.ipc), request.parts) };
      case 'numbers':
        return { tally: this._count(request.number, request.parts) };
    }
  }

  private _count(number: Int8Array, parts: number): ITally {
    const binned = this._rows();
    if (number.length !== binned.rows) {
      throw new Error(`There are parts for ${number.length} rows, and ${binned.rows} rows.`);
    }
    this._first ??= firstRows(binned.key);
    return countParts(binned, this._first, number, parts);
  }

  private _rows(): IBinned {
    if (this._binned === null) {
      throw new Error('There are no rows yet.');
    }
    return this._binned;
  }

  private _binned: IBinned | null = null;
  private _first: Uint8Array | null = null;
}

/** Columns `key`, `redshift`, `magnitude`, `ra`, `dec` of an Arrow stream; all but the first may be missing. */
export function rowsOf(ipc: Uint8Array): ISplitRows {
  const { columns } = decodeColumns(ipc);
  const key = columns.get('key');
  if (key?.type !== 'int' || !(key.values instanceof BigInt64Array)) {
    throw new Error('The preview has no 64-bit keys.');
  }
  const numbers = (name: string) => {
    const column = columns.get(name);
    return column?.type === 'float' ? Float32Array.from(column.values) : undefined;
  };
  return {
    key: key.values,
    redshift: numbers('redshift'),
    magnitude: numbers('magnitude'),
    ra: numbers('ra'),
    dec: numbers('dec')
  };
}

function numbersOf(ipc: Uint8Array): Int8Array {
  const column = decodeColumns(ipc).columns.get('part');
  if (column?.type !== 'int') {
    throw new Error('The preview has no parts.');
  }
  return Int8Array.from(column.values as Int8Array);
}
