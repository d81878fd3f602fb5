import type { ColumnData } from '../../expr';
import { encodeColumns } from '../encode';
import { MemorySource, textColumn } from '../memory';
import type { IWindow, IWindowRequest } from '../source';
import { WindowModel } from '../windows';

const ROWS = 1000;

/** A source that says what it was asked, and can be held back. */
class Asked extends MemorySource {
  constructor() {
    super(
      new Map<string, ColumnData>([
        ['id', { type: 'int', values: Int32Array.from({ length: ROWS }, (_, i) => i), valid: null }],
        ['name', textColumn(Array.from({ length: ROWS }, (_, i) => (i % 2 ? 'odd' : 'even')))]
      ])
    );
  }

  readonly requests: IWindowRequest[] = [];
  readonly signals: AbortSignal[] = [];
  fail = false;

  override async window(request: IWindowRequest, signal?: AbortSignal): Promise<IWindow> {
    this.requests.push(request);
    this.signals.push(signal!);
    if (this.fail) {
      throw new Error('the engine is away');
    }
    return super.window(request);
  }
}

/** A long table whose answers come when the test says so. */
class Slow extends MemorySource {
  constructor() {
    super(new Map());
  }

  readonly asked = new Map<number, { signal: AbortSignal; give: (window: IWindow) => void }>();

  override window({ start }: IWindowRequest, signal?: AbortSignal): Promise<IWindow> {
    return new Promise(give => this.asked.set(start, { signal: signal!, give }));
  }

  async answer(start: number): Promise<void> {
    const values = Int32Array.from({ length: 200 }, (_, i) => start + i);
    const ipc = encodeColumns(new Map([['id', { type: 'int', values, valid: null } as ColumnData]]));
    this.asked.get(start)!.give({ start, total: 100_000, ipc });
    this.asked.delete(start);
    await Promise.resolve();
    await Promise.resolve();
  }
}

function next(model: WindowModel): Promise<void> {
  return new Promise(resolve => {
    const slot = () => {
      model.changed.disconnect(slot);
      resolve();
    };
    model.changed.connect(slot);
  });
}

describe('rows by windows', () => {
  it('fetches pages when they are looked at, once each', async () => {
    const source = new Asked();
    const model = new WindowModel(source);
    model.setQuery({});
    await next(model);
    expect(model.total).toBe(ROWS);
    expect(model.value(5, 'id')).toBe(5);
    expect(model.value(500, 'id')).toBeUndefined();
    model.request(500, 20);
    model.request(501, 20);
    await next(model);
    expect(model.value(500, 'id')).toBe(500);
    model.request(502, 20);
    const starts = source.requests.map(({ start }) => start);
    expect(starts.slice(0, 2)).toEqual([0, 400]);
    expect(new Set(starts).size).toBe(starts.length);
  });

  it('fetches ahead of a steady scroll, and not at the end of a jump', async () => {
    const source = new Asked();
    const model = new WindowModel(source);
    model.setQuery({});
    await next(model);
    model.request(0, 20);
    model.request(600, 20);
    await next(model);
    expect(source.requests.map(({ start }) => start)).toEqual([0, 600]);
    model.request(590, 20);
    await next(model);
    await next(model);
    expect(source.requests.map(({ start }) => start)).toEqual([0, 600, 400, 200]);
  });

  it('asks first for the page that most of the view is on', async () => {
    const source = new Asked();
    const model = new WindowModel(source);
    model.setQuery({});
    await next(model);
    model.request(390, 60);
    expect(source.requests.map(({ start }) => start)).toEqual([0, 400, 200]);
  });

  it('gives up pages passed by, and fetches the last place of many jumps', async () => {
    jest.useFakeTimers();
    try {
      const source = new Slow();
      const model = new WindowModel(source);
      model.setQuery({});
      await source.answer(0);
      for (let place = 1; place <= 30; place++) {
        model.request(place * 1000, 20);
      }
      // few are under way while the hand moves
      expect(source.asked.size).toBe(3);
      const passed = [...source.asked.values()];
      await jest.advanceTimersByTimeAsync(50);
      expect(source.asked.has(30_000)).toBe(true);
      expect(passed[0].signal.aborted).toBe(true);
      await source.answer(30_000);
      expect(model.value(30_003, 'id')).toBe(30_003);
      model.dispose();
    } finally {
      jest.useRealTimers();
    }
  });

  it('filters, searches and sorts where the table is', async () => {
    const model = new WindowModel(new Asked());
    model.setQuery({ where: 'id >= 10', search: 'ODD', sort: { column: 'id', descending: true } });
    await next(model);
    expect(model.total).toBe(495);
    expect([model.value(0, 'id'), model.value(0, 'name')]).toEqual([999, 'odd']);
  });

  it('drops what was on its way for another query', async () => {
    const source = new Asked();
    const model = new WindowModel(source);
    model.setQuery({ where: 'id < 5' });
    model.setQuery({ where: 'id < 7' });
    await next(model);
    expect(source.signals[0].aborted).toBe(true);
    expect(model.total).toBe(7);
  });

  it('says what went wrong, and tries again when asked', async () => {
    const source = new Asked();
    source.fail = true;
    const model = new WindowModel(source);
    model.setQuery({});
    await next(model);
    expect(model.error?.message).toBe('the engine is away');
    source.fail = false;
    model.retry();
    await next(model);
    expect(model.error).toBeNull();
    expect(model.total).toBe(ROWS);
  });

  it('gives one row with every column', async () => {
    const model = new WindowModel(new Asked());
    model.setQuery({ columns: ['id'], where: "name = 'odd'" });
    await next(model);
    expect(model.value(0, 'name')).toBeUndefined();
    expect(await model.row(1)).toEqual(
      new Map<string, unknown>([
        ['id', 3],
        ['name', 'odd']
      ])
    );
  });
});
