/** Counts the parts of a split: rows are binned in a worker, proportions by hash are counted on the page, at once. */
import { alive } from '../../table/alive';
import type { IGrounds } from './bins';
import { type CounterAnswer, type CounterRequest, Counting } from './counting';
import { HashTally, type ITally } from './tally';

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
