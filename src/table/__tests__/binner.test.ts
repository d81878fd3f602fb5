import type { ColumnData } from '../../expr';
import { BinEngine } from '../binEngine';
import { createBinner } from '../binner';
import { buffersOf } from '../cube';
import { encodeColumns } from '../encode';
import type { IHistogramResult, IUpdate } from '../requests';
import { Packer } from '../transfer';
import type { WorkerRequest } from '../worker';
import { term } from './randomTable';

/** A worker on this thread that answers when it is told to. */
class FakeWorker {
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onerror: ((event: unknown) => void) | null = null;
  readonly posted: WorkerRequest[] = [];
  ended = false;

  constructor() {
    queueMicrotask(() => this.onmessage?.({ data: { id: 0 } }));
  }

  postMessage(request: WorkerRequest): void {
    this.posted.push(request);
  }

  terminate(): void {
    this.ended = true;
  }

  /** Answer what was posted last. */
  answer(): void {
    const request = this.posted[this.posted.length - 1];
    try {
      this.work(request);
    } catch (error) {
      this.onmessage?.({ data: { id: request.id, error: (error as Error).message } });
    }
  }

  private work(request: WorkerRequest): void {
    if (request.kind === 'update') {
      const { packed, transfer } = this._packer.pack(this._engine.update(request.update));
      this.onmessage?.({ data: structuredClone({ id: request.id, result: packed }, { transfer }) });
      return;
    }
    if (request.kind === 'add') {
      this._engine.add(request.ipc);
    } else {
      const cube = this._engine.prepare(request.axes, request.update, request.stops);
      if (cube !== null) {
        const transfer = buffersOf(cube);
        this.onmessage?.({ data: structuredClone({ id: request.id, cube }, { transfer }) });
        return;
      }
    }
    this.onmessage?.({ data: { id: request.id } });
  }

  private readonly _engine = new BinEngine();
  private readonly _packer = new Packer();
}

const z: ColumnData = { type: 'float', values: Float64Array.of(0.1, 0.2, 0.3, 0.4), valid: null };
const ipc = () => encodeColumns(new Map([['z', z]]));
const views = {
  nz: { kind: 'histogram' as const, column: 'z', bins: 4, range: [0, 1] as const },
  plane: { kind: 'density' as const, x: 'z', y: 'z', nx: 4, ny: 4 }
};
const above = (low: number): IUpdate => ({ terms: [term(`z > ${low}`, null)], views });

async function started() {
  const worker = new FakeWorker();
  const binner = await createBinner(() => worker as unknown as Worker);
  const added = binner.add(['z'], ipc());
  worker.answer();
  await added;
  return { worker, binner };
}

describe('the worker of the plots', () => {
  it('counts waiting for the same views once, for the latest condition', async () => {
    const { worker, binner } = await started();
    const answers = [0.15, 0.25, 0.35].map(low => binner.update(above(low)));
    const other = binner.update({ terms: [], views: { nz: views.nz } });
    worker.answer();
    worker.answer();
    worker.answer();
    expect((await Promise.all(answers)).map(({ passed }) => passed)).toEqual([3, 1, 1]);
    expect((await other).passed).toBe(4);
    expect(worker.posted.filter(({ kind }) => kind === 'update')).toHaveLength(3);
  });

  it('gets ready for the latest brush only, when nothing else is to do', async () => {
    const { worker, binner } = await started();
    const first = binner.update(above(0));
    const ready = [['a'], ['b'], ['z']].map(axes => binner.prepare(axes, above(0)));
    const second = binner.update({ ...above(0.25), views: {} });
    worker.answer();
    worker.answer();
    expect((await Promise.all([first, second])).map(({ passed }) => passed)).toEqual([4, 2]);
    worker.answer();
    await Promise.all(ready);
    const [last] = worker.posted.slice(-1);
    expect(last.kind === 'prepare' && last.axes).toEqual(['z']);
    expect(worker.posted.filter(({ kind }) => kind === 'prepare')).toHaveLength(1);
  });

  it('hands the counts for a brush over, which answer on this side', async () => {
    const { worker, binner } = await started();
    const base = binner.update({ terms: [], views });
    worker.answer();
    const ready = binner.prepare(['z'], { terms: [], views }, [Float64Array.of(0.2, 0.3)]);
    worker.answer();
    const cube = await ready;
    expect(cube!.answer([Float64Array.of(0.2, 0.3)], views, await base)!.passed).toBe(2);
  });

  it('does not count for later columns before these are there', async () => {
    const { worker, binner } = await started();
    const update = above(0.25);
    const answers = [binner.update(update), binner.update(update)];
    const added = binner.add(['w'], encodeColumns(new Map([['w', z]])));
    const after = binner.update({ terms: [term('w > 0.35', 'w')], views });
    for (let turn = 0; turn < 4; turn++) {
      worker.answer();
    }
    await added;
    expect((await Promise.all(answers)).map(({ passed }) => passed)).toEqual([2, 2]);
    expect((await after).passed).toBe(1);
  });

  it('gives the same object where nothing changed, and does not send again what it sent', async () => {
    const { worker, binner } = await started();
    const ask = async (update: IUpdate) => {
      const asked = binner.update(update);
      worker.answer();
      return asked;
    };
    const first = await ask(above(0.15));
    const second = await ask(above(0.15));
    expect(second.views.nz).toBe(first.views.nz);
    const third = await ask(above(0.25));
    expect(third.views.nz).not.toBe(first.views.nz);
    expect([...(third.views.nz as IHistogramResult).all]).toEqual([2, 2, 0, 0]);
    expect((third.views.plane as { all: unknown }).all).toBe((first.views.plane as { all: unknown }).all);
  });

  it('ends with the view, and says so to those who wait', async () => {
    const { worker, binner } = await started();
    const open = binner.update(above(0));
    const waiting = binner.update(above(0.3));
    binner.dispose();
    expect(worker.ended).toBe(true);
    await expect(open).rejects.toThrow('closed');
    await expect(waiting).rejects.toThrow('closed');
    await expect(binner.update(above(0))).rejects.toThrow('closed');
  });

  it('a condition in error is told, and the next one is counted', async () => {
    const { worker, binner } = await started();
    const wrong = binner.update({ terms: [term('nothing > 1', 'nothing')], views });
    worker.answer();
    await expect(wrong).rejects.toThrow('nothing');
    const right = binner.update(above(0.25));
    worker.answer();
    expect((await right).passed).toBe(2);
  });
});
