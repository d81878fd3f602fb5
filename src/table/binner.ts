import { alive } from './alive';
import { BinEngine } from './binEngine';
import { Cube, type ICubeData } from './cube';
import type { IBinner, IUpdate, IUpdateResult } from './requests';
import { unpack, type IPackedResult } from './transfer';
import type { WorkerRequest } from './worker';

interface IAnswer {
  readonly id: number;
  readonly result?: IPackedResult;
  readonly cube?: ICubeData;
  readonly error?: string;
}

/** A binner in a worker where the page can start one, else on the main thread. */
export async function createBinner(start: () => Worker = startWorker): Promise<IBinner> {
  let worker: Worker | null = null;
  try {
    worker = start();
    await alive(worker);
    return new WorkerBinner(worker);
  } catch (reason) {
    worker?.terminate();
    console.warn('pz-tsm: no worker for the plots, they are computed on the main thread.', reason);
    return new LocalBinner();
  }
}

function startWorker(): Worker {
  return new Worker(new URL('./worker.js', import.meta.url));
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

  async prepare(
    axes: readonly string[],
    update: IUpdate,
    stops?: readonly Float64Array[]
  ): Promise<Cube | null> {
    const made = this._engine.prepare(axes, update, stops);
    return made === null ? null : new Cube(made);
  }

  dispose(): void {
    this._engine = new BinEngine();
    this.held.clear();
  }

  private _engine = new BinEngine();
}

/** What an answer of the worker holds. */
interface IDone {
  readonly result?: IUpdateResult;
  readonly cube?: ICubeData;
}

/** Something asked that is not yet answered. */
interface ITask {
  readonly request: WorkerRequest;
  readonly transfer: Transferable[];
  readonly resolve: (answer: IDone) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Counts in a worker, which alone holds the columns.
 *
 * One thing at a time is with the worker; what waits can still be overtaken. Columns and counts come in the order in
 * which they were asked for. Counts of the same views that wait are counted once, for the latest condition. Getting
 * ready for a brush is done when nothing else is to do, and only for the latest one.
 */
class WorkerBinner implements IBinner {
  constructor(worker: Worker) {
    this._worker = worker;
    worker.onmessage = (event: MessageEvent<IAnswer>) => this.onAnswer(event.data);
    worker.onerror = event => this.stop(new Error(event.message || 'The worker of the plots stopped.'));
  }

  readonly held = new Set<string>();

  async add(names: readonly string[], ipc: Uint8Array): Promise<void> {
    // the bytes move to the worker: nothing is left here
    const own = ipc.byteOffset === 0 && ipc.byteLength === ipc.buffer.byteLength ? ipc : ipc.slice();
    await this.ask({ id: 0, kind: 'add', ipc: own }, [own.buffer as ArrayBuffer]);
    names.forEach(name => this.held.add(name));
  }

  async update(update: IUpdate): Promise<IUpdateResult> {
    return (await this.ask({ id: 0, kind: 'update', update })).result!;
  }

  async prepare(
    axes: readonly string[],
    update: IUpdate,
    stops?: readonly Float64Array[]
  ): Promise<Cube | null> {
    const { cube } = await this.ask({ id: 0, kind: 'prepare', axes, update, stops });
    return cube === undefined ? null : new Cube(cube);
  }

  dispose(): void {
    this.stop(new Error('The view was closed.'));
    this._results.clear();
    this.held.clear();
  }

  private ask(request: WorkerRequest, transfer: Transferable[] = []): Promise<IDone> {
    if (this._stopped !== null) {
      return Promise.reject(this._stopped);
    }
    return new Promise((resolve, reject) => {
      this._waiting.push({ request, transfer, resolve, reject });
      this.next();
    });
  }

  /** Give the worker the next thing to do, if it has none. */
  private next(): void {
    if (this._running.length > 0 || this._waiting.length === 0) {
      return;
    }
    const urgent = this._waiting.findIndex(({ request }) => request.kind !== 'prepare');
    const chosen = this._waiting[urgent < 0 ? this._waiting.length - 1 : urgent];
    // what waits behind new columns may need them
    const columns = this._waiting.findIndex(({ request }) => request.kind === 'add');
    const ahead = columns < 0 ? this._waiting : this._waiting.slice(0, Math.max(columns, 1));
    const together = ahead.filter(task => task === chosen || isOvertaken(task, chosen));
    // the last one of those that are answered together is the one that holds
    const { request, transfer } = together[together.length - 1];
    this._waiting = this._waiting.filter(task => !together.includes(task));
    this._running = together;
    this._worker.postMessage({ ...request, id: ++this._last }, transfer);
  }

  private onAnswer({ id, result, cube, error }: IAnswer): void {
    if (id !== this._last) {
      return;
    }
    const done = this._running;
    this._running = [];
    if (error !== undefined) {
      done.forEach(({ reject }) => reject(new Error(error)));
    } else {
      const unpacked = result === undefined ? undefined : unpack(result, this._results);
      // of those that are answered together the last one was done: what it made is for one only
      done.forEach(({ resolve }, i) =>
        resolve({ result: unpacked, cube: i === done.length - 1 ? cube : undefined })
      );
    }
    this.next();
  }

  private stop(error: Error): void {
    this._stopped ??= error;
    this._worker.terminate();
    this._worker.onmessage = null;
    this._worker.onerror = null;
    const open = [...this._running, ...this._waiting];
    this._running = [];
    this._waiting = [];
    open.forEach(({ reject }) => reject(error));
  }

  private readonly _worker: Worker;
  private _waiting: ITask[] = [];
  /** With the worker: one, or several that are answered alike. */
  private _running: ITask[] = [];
  /** The last results by view, which the worker does not send again. */
  private readonly _results = new Map<string, IUpdateResult['views'][string]>();
  private _last = 0;
  private _stopped: Error | null = null;
}

/** Whether a task that waits need not be done on its own when this one is. */
function isOvertaken({ request }: ITask, chosen: ITask): boolean {
  if (request.kind === 'prepare') {
    return chosen.request.kind === 'prepare';
  }
  return (
    request.kind === 'update' &&
    chosen.request.kind === 'update' &&
    JSON.stringify(request.update.views) === JSON.stringify(chosen.request.update.views)
  );
}
