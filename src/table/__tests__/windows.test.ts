import type { ColumnData } from '../../expr';
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
    model.request(505, 20);
    await next(model);
    expect(model.value(500, 'id')).toBe(500);
    expect(source.requests).toHaveLength(2);
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
