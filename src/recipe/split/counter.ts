/** Counts the parts of a split: rows are binned in a worker, proportions by hash are counted on the page, at once. */
import { alive } from '../../table/alive';
import { decodeColumns } from '../../table/decode';
import { binRows, type IBinned, type IGrounds, type ISplitRows } from './bins';
import { countParts, firstRows, hashOrder, HashTally, type IHashOrder, type ITally } from './tally';

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

/** Asks a worker, or works on the page where none can be started. */
export class Counter {
  constructor(private readonly _start: () => Worker = startWorker) {}

  async rows(ipc: Uint8Array): Promise<IGrounds> {
    return (await this._ask({ id: 0, kind: 'rows', ipc })).grounds!;
  }

  /** To count any proportions by hash, as `random` and `kfold` divide. */
  async byHash(seed: number): Promise<HashTally> {
    return new HashTally((await this._ask({ id: 0, kind: 'order', seed })).order!);
  }

  async parts(ipc: Uint8Array, parts: number): Promise<ITally> {
    return (await this._ask({ id: 0, kind: 'parts', ipc, parts })).tally!;
  }

  async numbers(number: Int8Array, parts: number): Promise<ITally> {
    return (await this._ask({ id: 0, kind: 'numbers', number, parts })).tally!;
  }

  dispose(): void {
    void this._worker?.then(worker => worker?.terminate());
    this._worker = Promise.resolve(null);
    this._here = null;
    this._waiting.clear();
  }

  private async _ask(request: CounterRequest): Promise<CounterAnswer> {
    this._worker ??= this._started();
    const worker = await this._worker;
    const id = (this._last += 1);
    if (worker === null) {
      this._here ??= new Counting();
      return { id, ...this._here.answer(request) };
    }
    return new Promise((resolve, reject) => {
      this._waiting.set(id, answer =>
        answer.error === undefined ? resolve(answer) : reject(new Error(answer.error))
      );
      worker.postMessage({ ...request, id });
    });
  }

  private async _started(): Promise<Worker | null> {
    let worker: Worker | null = null;
    try {
      worker = this._start();
      await alive(worker);
      worker.onmessage = (event: MessageEvent<CounterAnswer>) => {
        this._waiting.get(event.data.id)?.(event.data);
        this._waiting.delete(event.data.id);
      };
      worker.onerror = ({ message }) => {
        // what comes next is counted here
        this._worker = Promise.resolve(null);
        const error = message || 'The worker that counts the parts stopped.';
        this._waiting.forEach((answer, id) => answer({ id, error }));
        this._waiting.clear();
      };
      return worker;
    } catch (reason) {
      worker?.terminate();
      console.warn('pz-tsm: no worker for the split, it is counted on the main thread.', reason);
      return null;
    }
  }

  private _worker: Promise<Worker | null> | null = null;
  private _here: Counting | null = null;
  private _last = 0;
  private readonly _waiting = new Map<number, (answer: CounterAnswer) => void>();
}

function startWorker(): Worker {
  return new Worker(new URL('./worker.js', import.meta.url));
}
