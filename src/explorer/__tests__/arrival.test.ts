import { LocalBinner, MemorySource } from '../../table';
import type { IHistogramResult, ISkyResult, IUpdate } from '../../table/requests';
import type { ITableInfo } from '../../table/source';
import type { ExplorerModel } from '../model';
import { ExplorerModel as Model } from '../model';
import { catalogue, explorerModel, ROLES, source } from './data';

/** A table whose columns come when they are let go. */
class Held extends MemorySource {
  readonly waiting = new Map<string, () => void>();
  most = 0;

  override async columns(names: string[]): Promise<Uint8Array> {
    expect(names).toHaveLength(1);
    await new Promise<void>(resolve => {
      this.waiting.set(names[0], resolve);
      this.most = Math.max(this.most, this.waiting.size);
      this.asked();
    });
    this.waiting.delete(names[0]);
    return super.columns(names);
  }

  /** Let a column come as soon as it is asked for. */
  async letGo(name: string): Promise<void> {
    while (!this.waiting.has(name)) {
      await new Promise<void>(resolve => {
        this.asked = resolve;
      });
    }
    this.waiting.get(name)!();
  }

  private asked = () => {};
}

function counted(model: ExplorerModel): Promise<void> {
  return new Promise(resolve => {
    const slot = () => {
      model.counted.disconnect(slot);
      resolve();
    };
    model.counted.connect(slot);
  });
}

function model(from: MemorySource, binner = new LocalBinner()): ExplorerModel {
  return new Model(from, { createBinner: async () => binner, settle: 0 });
}

describe('columns', () => {
  it('come one a request, three at a time, and each view is counted when its own are here', async () => {
    const from = new Held(catalogue(), { roles: ROLES });
    const explorer = model(from);
    void explorer.load();
    await from.letGo('redshift');
    let next = counted(explorer);
    await from.letGo('survey');
    await next;
    expect(Object.keys(explorer.result!.views)).toEqual(['nz']);
    expect(explorer.loadingColumns).toEqual(['ra', 'dec', 'i_mag', 'z_flag']);
    await from.letGo('ra');
    await counted(explorer);
    next = counted(explorer);
    await from.letGo('z_flag');
    await next;
    expect(Object.keys(explorer.result!.views).sort()).toEqual(['flags', 'nz']);
    await from.letGo('dec');
    await from.letGo('i_mag');
    await explorer.idle();
    expect(Object.keys(explorer.result!.views).sort()).toEqual(['flags', 'mag', 'nz', 'sky']);
    expect(from.most).toBe(3);
    explorer.dispose();
  });

  it('of a condition come first, and nothing is counted without them', async () => {
    const from = new Held(catalogue(), { roles: ROLES });
    const explorer = new Model(from, {
      createBinner: async () => new LocalBinner(),
      settle: 0,
      condition: 'row_id <= 9007199254740995'
    });
    void explorer.load();
    const first = counted(explorer);
    await from.letGo('redshift');
    await from.letGo('survey');
    await Promise.resolve();
    expect(explorer.passed).toBeNull();
    await from.letGo('row_id');
    await first;
    expect(explorer.passed).toBe(3);
    expect((explorer.result!.views.nz as IHistogramResult).total).toBe(3);
    explorer.dispose();
  });

  it('that cannot be had leave the other views as they are, until they are tried again', async () => {
    let broken = true;
    class Half extends MemorySource {
      override async columns(names: string[]): Promise<Uint8Array> {
        if (broken && names.includes('dec')) {
          throw new Error('the engine lost a file');
        }
        return super.columns(names);
      }
    }
    const explorer = await explorerModel(new Half(catalogue(), { roles: ROLES }));
    expect(explorer.plotTrouble?.message).toBe('the engine lost a file');
    expect(Object.keys(explorer.result!.views).sort()).toEqual(['flags', 'mag', 'nz']);
    broken = false;
    explorer.retryPlots();
    await explorer.idle();
    expect(explorer.plotTrouble).toBeNull();
    expect(explorer.result!.views.sky).toBeDefined();
    explorer.dispose();
  });
});

it('below a cell nothing is begun for the plots before the first rows are painted', async () => {
  const frames: (() => void)[] = [];
  globalThis.requestAnimationFrame = act => frames.push(act as () => void);
  let started = 0;
  const from = new Held(catalogue(), { roles: ROLES });
  const createBinner = async () => {
    started += 1;
    return new LocalBinner();
  };
  const explorer = new Model(from, { createBinner, settle: 0, rowsFirst: true });
  void explorer.load();
  while (frames.length === 0) {
    await new Promise(resolve => setTimeout(resolve));
  }
  expect(explorer.windows.total).toBe(600);
  expect([started, from.waiting.size]).toEqual([0, 0]);
  frames.forEach(draw => draw());
  await from.letGo('redshift');
  expect(started).toBe(1);
  explorer.dispose();
});

describe('a table described in two steps', () => {
  /** First without counts, then whole, when it is let go. */
  class TwoSteps extends MemorySource {
    override async info(): Promise<ITableInfo> {
      const whole = await super.info();
      const columns = whole.columns.map(column => ({
        ...column,
        nulls: 0,
        distinct: null,
        min: null,
        max: null,
        histogram: null,
        values: null
      }));
      return { ...whole, columns, pending: true };
    }

    async summaries(): Promise<ITableInfo> {
      await new Promise<void>(resolve => {
        this.letGo = resolve;
      });
      return super.info();
    }

    letGo = () => {};
  }

  it('shows what it can at once, and keeps the views that the user changed', async () => {
    const from = new TwoSteps(catalogue(), { roles: ROLES });
    const explorer = await explorerModel(from);
    const [nz, sky] = explorer.views;
    expect(nz).toMatchObject({ column: 'redshift', by: null });
    expect(explorer.result!.views.nz).toBeDefined();
    explorer.removeView('mag');
    if (sky.kind === 'sky') {
      await explorer.zoom('sky', 0.5);
    }
    const zoomed = explorer.views.find(({ id }) => id === 'sky')!;
    const known = new Promise<void>(resolve => {
      explorer.changed.connect(() => {
        if (!explorer.info!.pending) {
          resolve();
        }
      });
    });
    from.letGo();
    await known;
    await explorer.idle();
    expect(explorer.views.map(({ id }) => id)).toEqual(['nz', 'sky', 'flags']);
    expect(explorer.views[0]).toMatchObject({ column: 'redshift', by: 'survey' });
    expect(explorer.views[1]).toBe(zoomed);
    expect(explorer.info!.columns[3].histogram).not.toBeNull();
    explorer.dispose();
  });
});

describe('counting', () => {
  it('does one count at a time, and of many wishes the newest', async () => {
    const terms: string[] = [];
    let under = 0;
    let most = 0;
    class Slow extends LocalBinner {
      override async update(update: IUpdate) {
        under += 1;
        most = Math.max(most, under);
        terms.push(update.terms.map(({ text }) => text).join());
        const result = await super.update(update);
        for (let i = 0; i < 5; i++) {
          await Promise.resolve();
        }
        under -= 1;
        return result;
      }
    }
    const explorer = await explorerModel(source(), { createBinner: async () => new Slow(), settle: 1e6 });
    terms.length = 0;
    let structure = 0;
    explorer.changed.connect(() => (structure += 1));
    for (let i = 1; i <= 20; i++) {
      explorer.setRange('redshift', [0, i / 10]);
    }
    await explorer.idle();
    expect(most).toBe(1);
    expect(terms).toEqual(['redshift BETWEEN 0 AND 0.1', 'redshift BETWEEN 0 AND 2']);
    expect(explorer.passed).toBe(401);
    expect(structure).toBe(0);
    explorer.dispose();
  });

  it('counts for the headers at rest, and not while all rows pass', async () => {
    const explorer = await explorerModel();
    expect(explorer.headers.size).toBe(0);
    const told = new Promise<void>(resolve => {
      const slot = () => {
        explorer.headersChanged.disconnect(slot);
        resolve();
      };
      explorer.headersChanged.connect(slot);
    });
    explorer.selection.setText('z_flag = 4');
    await told;
    const redshift = explorer.headers.get('redshift')!;
    const column = explorer.info!.columns.find(({ name }) => name === 'redshift')!;
    expect(redshift).toHaveLength(column.histogram!.counts.length);
    expect(redshift.reduce((sum, count) => sum + count, 0)).toBe(150);
    expect(explorer.headers.has('row_id')).toBe(false);
    explorer.dispose();
  });
});

describe('a sky map', () => {
  it('shows rows as points when it is close enough, and densities otherwise', async () => {
    const explorer = await explorerModel();
    const sky = () => explorer.result!.views.sky as ISkyResult;
    expect(sky().points ?? null).toBeNull();
    await explorer.zoom('sky', 0.25);
    await explorer.idle();
    const points = sky().points!;
    expect(points.length / 2).toBe(sky().total);
    expect(sky().total).toBeGreaterThan(0);
    expect(sky().total).toBeLessThan(600);
    explorer.pan('sky', 0.5, 0);
    await explorer.idle();
    expect(sky().frame.ra).not.toBeCloseTo(53.1, 2);
    await explorer.zoom('sky', 'data');
    await explorer.idle();
    expect(sky().total).toBe(600);
    explorer.dispose();
  });
});
