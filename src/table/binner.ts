import { BinEngine } from './binEngine';
import type { IBinner, IUpdate, IUpdateResult } from './requests';
import type { WorkerRequest } from './worker';

interface IAnswer {
  readonly id: number;
  readonly result?: IUpdateResult;
  readonly error?: string;
}

/** A binner in a worker where the page can start one, else on the main thread. */
export async function createBinner(start: () => Worker = startWorker): Promise<IBinner> {
  try {
    const worker = start();
    await alive(worker);
    return new WorkerBinner(worker);
  } catch (reason) {
    console.warn('pz-tsm: no worker for the plots, they are computed on the main thread.', reason);
    return new LocalBinner();
  }
}

function startWorker(): Worker {
  return new Worker(new URL('./worker.js', import.meta.url));
}

/** Resolves with the worker's first word; rejects if it can't start. */
function alive(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('The worker did not start in 20 s.')), 20000);
    worker.onmessage = (event: MessageEvent<IAnswer>) => {
      clearTimeout(timer);
      if (event.data.error === undefined) {
        resolve();
      } else {
        worker.terminate();
        reject(new Error(event.data.error));
      }
    };
    worker.onerror = event => {
      clearTimeout(timer);
      worker.terminate();
      reject(new Error(event.message || 'The worker could not be started.'));
    };
  });
}

/** Counts on the calling thread. */
export class LocalBinner implements IBinner {
  readonly held = new Set<string>();

  async add(names: readonly string[], ipc: Uint8Array): Promise<void> {
    this._engine.add(ipc);
    names.forEach(name => this.held.add(name));
  }

  async update(update: IUpdate): Promise<IUpdateResult> {
    return this._engine.update(update);
  }

  dispose(): void {
    this._engine = new BinEngine();
    this.held.clear();
  }

  private _engine = new BinEngine();
}

/** Counts in a worker, which alone holds the columns. */
class WorkerBinner implements IBinner {
  constructor(worker: Worker) {
    this._worker = worker;
    worker.onmessage = (event: MessageEvent<IAnswer>) => this.onAnswer(event.data);
    worker.onerror = event => this.fail(new Error(event.message || 'The worker of the plots stopped.'));
  }

  readonly held = new Set<string>();

  async add(names: readonly string[], ipc: Uint8Array): Promise<void> {
    // the bytes move to the worker: nothing is left here
    const own = ipc.byteOffset === 0 && ipc.byteLength === ipc.buffer.byteLength ? ipc : ipc.slice();
    await this.ask({ id: 0, kind: 'add', ipc: own }, [own.buffer as ArrayBuffer]);
    names.forEach(name => this.held.add(name));
  }

  async update(update: IUpdate): Promise<IUpdateResult> {
    return (await this.ask({ id: 0, kind: 'update', update }, []))!;
  }

  dispose(): void {
    this._worker.terminate();
    this.fail(new Error('The view was closed.'));
  }

  private ask(request: WorkerRequest, transfer: Transferable[]): Promise<IUpdateResult | undefined> {
    const id = ++this._last;
    return new Promise((resolve, reject) => {
      this._open.set(id, { resolve, reject });
      this._worker.postMessage({ ...request, id }, transfer);
    });
  }

  private onAnswer({ id, result, error }: IAnswer): void {
    const open = this._open.get(id);
    this._open.delete(id);
    if (error !== undefined) {
      open?.reject(new Error(error));
    } else {
      open?.resolve(result);
    }
  }

  private fail(error: Error): void {
    this._open.forEach(({ reject }) => reject(error));
    this._open.clear();
  }

  private readonly _worker: Worker;
  private readonly _open = new Map<
    number,
    { resolve: (result: IUpdateResult | undefined) => void; reject: (error: Error) => void }
  >();
  private _last = 0;
}
