import type { ColumnData } from '../../expr';
import { LocalBinner, MemorySource, textColumn } from '../../table';
import type { IKeptCounts } from '../../table/source';
import { ExplorerModel } from '../model';
import { catalogue, explorerModel, ROLES } from './data';

/** A table whose counts are kept, and whose columns can be held back. */
class Keeping extends MemorySource {
  constructor(
    columns: ReadonlyMap<string, ColumnData> = catalogue(),
    readonly shelf: { counts?: IKeptCounts } = {}
  ) {
    super(columns, { roles: ROLES });
  }

  asked: string[] = [];
  times = 0;
  gate: Promise<void> = Promise.resolve();

  async counts(): Promise<IKeptCounts> {
    // as it is on the way: text
    return JSON.parse(JSON.stringify(this.shelf.counts ?? { made: '', rows: 0, views: [] })) as IKeptCounts;
  }

  async keepCounts(counts: IKeptCounts): Promise<void> {
    this.times += 1;
    this.shelf.counts = counts;
  }

  override async columns(names: string[]): Promise<Uint8Array> {
    this.asked.push(...names);
    await this.gate;
    return super.columns(names);
  }
}

/** Open a table whose columns never come, and wait for what it shows. */
async function openedWithoutColumns(from: Keeping, condition?: string): Promise<ExplorerModel> {
  from.gate = new Promise(() => undefined);
  const explorer = new ExplorerModel(from, {
    createBinner: async () => new LocalBinner(),
    settle: 0,
    keepFrom: 1,
    condition
  });
  void explorer.load();
  while (from.asked.length === 0) {
    await new Promise(resolve => setTimeout(resolve));
  }
  return explorer;
}

async function openedFirst(columns = catalogue()): Promise<{ first: ExplorerModel; from: Keeping }> {
  const from = new Keeping(columns);
  const first = await explorerModel(from, { keepFrom: 1 });
  return { first, from };
}

it('a second opening shows all plots, exact, before any column has come', async () => {
  const { first, from } = await openedFirst();
  expect(from.times).toBe(1);
  const again = await openedWithoutColumns(new Keeping(catalogue(), from.shelf));
  expect(Object.keys(again.result!.views).sort()).toEqual(['flags', 'mag', 'nz', 'sky']);
  expect(again.result!.views).toEqual(first.result!.views);
  expect(again.passed).toBe(600);
  expect(again.loadingColumns.length).toBeGreaterThan(0);
  expect(again.asked('nz')).toEqual(first.asked('nz'));
  again.dispose();
  first.dispose();
});

it('when the columns have come nothing is drawn anew and nothing kept again', async () => {
  const { first, from } = await openedFirst();
  let letGo = () => {};
  const second = new Keeping(catalogue(), from.shelf);
  second.gate = new Promise(resolve => {
    letGo = resolve;
  });
  const explorer = new ExplorerModel(second, {
    createBinner: async () => new LocalBinner(),
    settle: 0,
    keepFrom: 1
  });
  const loaded = explorer.load();
  while (explorer.result === null) {
    await new Promise(resolve => setTimeout(resolve));
  }
  const shown = { ...explorer.result.views };
  letGo();
  await loaded;
  await explorer.idle();
  for (const [id, view] of Object.entries(shown)) {
    expect(explorer.result.views[id]).toBe(view);
  }
  expect(second.times).toBe(0);
  explorer.setRange('redshift', [0, 1]);
  await explorer.idle();
  first.setRange('redshift', [0, 1]);
  await first.idle();
  expect(explorer.result.views).toEqual(first.result!.views);
  explorer.dispose();
  first.dispose();
});

it('values of all types come back as they were', async () => {
  const columns = catalogue();
  const rows = 600;
  columns.set('z_flag', {
    type: 'int',
    values: BigInt64Array.from({ length: rows }, (_, row) => 9007199254740993n * BigInt(row % 3)),
    valid: Uint8Array.from({ length: rows }, (_, row) => (row % 5 === 0 ? 0 : 1))
  });
  columns.set('survey', textColumn(Array.from({ length: rows }, (_, row) => [null, 'a,"b"', 'ß'][row % 3])));
  const { first, from } = await openedFirst(columns);
  const again = await openedWithoutColumns(new Keeping(columns, from.shelf));
  expect(again.result!.views.flags).toEqual(first.result!.views.flags);
  expect(again.result!.views.nz).toEqual(first.result!.views.nz);
  again.dispose();
  first.dispose();
});

it('counts of all rows are not shown under a condition', async () => {
  const { first, from } = await openedFirst();
  const again = await openedWithoutColumns(new Keeping(catalogue(), from.shelf), 'z_flag = 4');
  expect(again.result).toBeNull();
  expect(again.passed).toBeNull();
  again.dispose();
  first.dispose();
});

it('false counts are replaced by what is counted, which is kept instead', async () => {
  const { first, from } = await openedFirst();
  const counts = JSON.parse(JSON.stringify(from.shelf.counts)) as IKeptCounts;
  const flags = counts.views.find(({ request }) => request.includes('categories'))!;
  // as many rows in all, but other ones
  (flags.result as { all: number[] }).all = [300, 100, 100, 100];
  const second = new Keeping(catalogue(), { counts });
  const explorer = await explorerModel(second, { keepFrom: 1 });
  expect(explorer.result!.views.flags).toEqual(first.result!.views.flags);
  expect(second.shelf.counts).toEqual(from.shelf.counts);
  explorer.dispose();
  first.dispose();
});

describe('what is not as it was written is not shown:', () => {
  type Plain = { [key: string]: unknown };
  const damaged: { [how: string]: (counts: { made: string; rows: number; views: Plain[] }) => void } = {
    'of another version': counts => (counts.made += '1'),
    'of another number of rows': counts => (counts.rows += 1),
    'with views that are none': counts => (counts.views = [{ request: '{', result: {} }]),
    'without views': counts => delete (counts as Plain).views,
    'with rows missing': counts => counts.views.forEach(({ result }) => ((result as Plain).all = [1, 2])),
    'with negative counts': counts =>
      counts.views.forEach(({ result }) => ((result as { all: number[] }).all[0] -= 1e6)),
    'with texts for counts': counts =>
      counts.views.forEach(({ result }) => ((result as Plain).all = 'abcdef')),
    'of another column': counts =>
      counts.views.forEach(view => {
        view.request = String(view.request).replace(/redshift|z_flag|ra"/g, 'other');
      })
  };

  it.each(Object.keys(damaged))('%s', async how => {
    const { first, from } = await openedFirst();
    const counts = JSON.parse(JSON.stringify(from.shelf.counts)) as { made: string; rows: number; views: [] };
    damaged[how](counts);
    const again = await openedWithoutColumns(new Keeping(catalogue(), { counts: counts as IKeptCounts }));
    expect(again.result).toBeNull();
    again.dispose();
    // and all is shown in the end
    const last = await explorerModel(new Keeping(catalogue(), { counts: counts as IKeptCounts }), {
      keepFrom: 1
    });
    expect(last.result!.views).toEqual(first.result!.views);
    last.dispose();
    first.dispose();
  });
});

it('of a small table nothing is kept', async () => {
  const from = new Keeping();
  const explorer = await explorerModel(from);
  expect(from.times).toBe(0);
  explorer.dispose();
});
