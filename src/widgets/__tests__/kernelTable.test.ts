import type { ITableInfo } from '../../table/source';
import { KernelTable } from '../kernelTable';
import type { IQuestion } from '../questions';

class Kernel {
  live = true;
  readonly asked: IQuestion[] = [];
  time = 0;
  readonly table = new KernelTable(
    {
      live: true,
      send: question => this.asked.push(question)
    },
    () => this.time
  );
  last(method: string): IQuestion {
    return this.asked.filter(one => one.method === method).at(-1)!;
  }
}

/** The bytes as a kernel's message brings them: a view into a larger buffer. */
function view(...bytes: number[]): DataView {
  const whole = new Uint8Array([99, 99, 99, ...bytes, 99]);
  return new DataView(whole.buffer, 3, bytes.length);
}

it('puts the parts of an answer together in order, whichever comes first', async () => {
  const kernel = new Kernel();
  const window = kernel.table.window({ start: 10, count: 2 });
  const { id } = kernel.last('window');
  kernel.table.receive({ id, ok: true, part: 1, of: 2 }, [view(3, 4)]);
  kernel.table.receive({ id, ok: true, part: 0, of: 2, result: { start: 10, total: 50 } }, [view(1, 2)]);
  await expect(window).resolves.toEqual({ start: 10, total: 50, ipc: new Uint8Array([1, 2, 3, 4]) });
});

it('tells the kernel what is no longer needed, and ignores its late answer', async () => {
  const kernel = new Kernel();
  const abort = new AbortController();
  const columns = kernel.table.columns(['z'], abort.signal);
  const { id } = kernel.last('columns');
  abort.abort();
  await expect(columns).rejects.toMatchObject({ name: 'AbortError' });
  expect(kernel.last('cancel').args).toEqual({ id });
  kernel.table.receive({ id, ok: true, part: 0, of: 1 }, [view(1)]);
});

it("passes on the kernel's words when it fails", async () => {
  const kernel = new Kernel();
  const info = kernel.table.info();
  const { id } = kernel.last('info');
  kernel.table.receive({ id, ok: false, error: { message: "No column 'zz'.", remedy: "Did you mean 'z'?" } });
  await expect(info).rejects.toMatchObject({ message: "No column 'zz'.", remedy: "Did you mean 'z'?" });
});

it('saves rows where the kernel works, and says which entry of the form is wrong', async () => {
  const kernel = new Kernel();
  const request = { path: 'sel.csv', format: 'csv', where: 'z > 1' } as const;
  const saved = kernel.table.export(request);
  const question = kernel.last('export');
  expect(question.args).toEqual(request);
  const result = { path: 'lab/sel.csv', rows: 3, bytes: 99, access: 'public' };
  kernel.table.receive({ id: question.id, ok: true, part: 0, of: 1, result });
  await expect(saved).resolves.toEqual(result);
  const again = kernel.table.export(request);
  const error = { message: 'There is a file already.', remedy: null, where: 'name' };
  kernel.table.receive({ id: kernel.last('export').id, ok: false, error });
  await expect(again).rejects.toMatchObject({ where: 'name' });
});

it('says that the kernel is busy while it lets us wait', async () => {
  jest.useFakeTimers();
  try {
    const kernel = new Kernel();
    const seen: boolean[] = [];
    kernel.table.changed.connect(table => seen.push(table.busy));
    const info = kernel.table.info();
    kernel.time = 5000;
    jest.advanceTimersByTime(5000);
    expect(kernel.table.busy).toBe(true);
    kernel.table.receive({ id: kernel.last('info').id, ok: true, part: 0, of: 1, result: { name: 'x' } });
    await expect(info).resolves.toEqual({ name: 'x' });
    expect(seen).toEqual([true, false]);
  } finally {
    jest.useRealTimers();
  }
});

it('gives up open questions, with what to do, when the kernel goes', async () => {
  const kernel = new Kernel();
  const info = kernel.table.info();
  kernel.table.lost();
  await expect(info).rejects.toMatchObject({ remedy: expect.stringContaining('Run the cell again') });
  expect(kernel.table.busy).toBe(false);
});

it('asks nothing of a kernel that is not there', async () => {
  const sent: IQuestion[] = [];
  const table = new KernelTable({ live: false, send: question => sent.push(question) });
  await expect(table.info()).rejects.toThrow('no longer running');
  expect(sent).toEqual([]);
});

it('asks for the counts apart from what the table is', async () => {
  const kernel = new Kernel();
  const info = kernel.table.info();
  const summaries = kernel.table.summaries();
  kernel.table.receive({
    id: kernel.last('summaries').id,
    ok: true,
    part: 0,
    of: 1,
    result: { name: 'x', columns: [] }
  });
  kernel.table.receive({ id: kernel.last('info').id, ok: true, result: { name: 'x', pending: true } });
  await expect(info).resolves.toEqual({ name: 'x', pending: true });
  await expect(summaries).resolves.toEqual({ name: 'x', columns: [] });
});

it('learns what the kernel selected by itself', () => {
  const kernel = new Kernel();
  const seen: string[] = [];
  kernel.table.selected.connect((_, where) => seen.push(where));
  kernel.table.receive({ event: 'selected', where: 'z > 1' });
  expect(seen).toEqual(['z > 1']);
});

it('takes what the kernel tells unasked for the first answers, and asks from then on', async () => {
  const kernel = new Kernel();
  const info = { id: 'kernel', name: 'deep', rows: 50 } as ITableInfo;
  kernel.table.receive({ event: 'hello', info, window: { count: 2, total: 50 } }, [view(1, 2)]);
  await expect(kernel.table.info()).resolves.toBe(info);
  await expect(kernel.table.window({ start: 0, count: 2, columns: ['z'] })).resolves.toEqual({
    start: 0,
    total: 50,
    ipc: new Uint8Array([1, 2])
  });
  expect(kernel.asked).toEqual([]);
  const later = [kernel.table.info(), kernel.table.window({ start: 0, count: 2 })];
  expect(kernel.asked.map(({ method }) => method)).toEqual(['info', 'window']);
  kernel.table.dispose();
  await Promise.allSettled(later);
});

it('asks for rows other than those that it was told', async () => {
  const kernel = new Kernel();
  const info = { id: 'kernel', name: 'deep', rows: 50 } as ITableInfo;
  kernel.table.receive({ event: 'hello', info, window: { count: 2, total: 50 } }, [view(1, 2)]);
  const rows = kernel.table.window({ start: 0, count: 2, where: 'z > 1' });
  expect(kernel.last('window').args).toEqual({ start: 0, count: 2, where: 'z > 1' });
  kernel.table.dispose();
  await expect(rows).rejects.toMatchObject({ name: 'AbortError' });
});

it('asks the kernel why, and for conflicts', async () => {
  const kernel = new Kernel();
  const why = kernel.table.why('-9007199254740993');
  const question = kernel.last('why');
  expect(question.args).toEqual({ row_id: '-9007199254740993' });
  kernel.table.receive({
    id: question.id,
    ok: true,
    part: 0,
    of: 1,
    result: { row_id: '-9007199254740993' }
  });
  await expect(why).resolves.toEqual({ row_id: '-9007199254740993' });
  const conflicts = kernel.table.conflicts(0, 100);
  expect(kernel.last('conflicts').args).toEqual({ start: 0, count: 100 });
  const error = { message: "The kernel's side knows no 'conflicts'.", remedy: 'Update pz-tsm.' };
  kernel.table.receive({ id: kernel.last('conflicts').id, ok: false, error });
  await expect(conflicts).rejects.toMatchObject(error);
});

it('knows which row the kernel wants open at first', () => {
  const kernel = new Kernel();
  expect(kernel.table.firstRow).toBeNull();
  kernel.table.receive({ event: 'hello', info: { id: 'kernel' } as ITableInfo, row: '9007199254740993' });
  expect(kernel.table.firstRow).toBe('9007199254740993');
});
