import { type IProcessLogs, UnreachableError } from '../../../api';
import { differences, shown } from '../compare';
import { ProcessesModel } from '../listModel';
import { type IProcessBackend, ProcessModel } from '../processModel';
import { notesOf, reasonOf } from '../words';
import { COMBINE, MemoryDrafts, process, trans } from './fixture';

const server = async () => ({ url: 'https://pz.example/api/', name: 'pz.example', kind: 'other' });

function follow(change: Partial<IProcessBackend>, drafts = new MemoryDrafts()) {
  const backend = {
    server,
    process: jest.fn(async () => process()),
    processLogs: jest.fn(async (): Promise<IProcessLogs> => ({ pipeline: 'one\n', scheduler: '' })),
    stopProcess: jest.fn(async () => undefined),
    files: jest.fn(async () => []),
    ...change
  };
  let now = 1000;
  const model = new ProcessModel({ id: 9, backend, drafts, auto: false, now: () => now });
  return { model, backend, later: (ms: number) => (now += ms) };
}

describe('a process', () => {
  it('is followed with its log to its end, which is told once', async () => {
    let status: 'Running' | 'Successful' = 'Running';
    let pipeline = 'one\n';
    const { model, backend } = follow({
      process: jest.fn(async () => process({ status })),
      processLogs: jest.fn(async () => ({ pipeline, scheduler: '' }))
    });
    const ended = jest.fn();
    model.ended.connect(ended);
    await model.refresh();
    pipeline = 'one\ntwo\n';
    await model.refresh();
    expect(model.log?.pipeline).toBe('one\ntwo\n');
    status = 'Successful';
    pipeline = 'one\ntwo\nthree\n';
    await model.refresh();
    await model.refresh();
    expect(model.log?.pipeline).toContain('three'); // the last lines come with the end
    expect(ended).toHaveBeenCalledTimes(1);
    expect(backend.processLogs).toHaveBeenCalledTimes(3);
  });

  it('stays as it was known while the server is not reached, and says since when', async () => {
    let lost = false;
    const { model, later } = follow({
      process: async () => {
        if (lost) {
          throw new UnreachableError('pz.example can’t be reached.', 'Try again.');
        }
        return process();
      }
    });
    await model.refresh();
    lost = true;
    later(500);
    await model.refresh();
    later(60_000);
    await model.refresh();
    expect([model.process?.name, model.lostSince, model.trouble?.remedy]).toEqual([
      'both',
      1500,
      'Try again.'
    ]);
    lost = false;
    await model.refresh();
    expect([model.lostSince, model.trouble]).toEqual([null, null]);
  });

  it('whose log can’t be had is shown all the same', async () => {
    const { model } = follow({ processLogs: async () => Promise.reject(new Error('No log.')) });
    await model.refresh();
    expect([model.process?.id, model.logTrouble, model.trouble]).toEqual([9, 'No log.', null]);
  });

  it('that can’t be stopped says why', async () => {
    const refused = Object.assign(new Error('It has no scheduler.'), { remedy: null });
    const { model } = follow({ stopProcess: async () => Promise.reject(refused) });
    await model.refresh();
    await model.stop();
    expect(model.refused?.message).toBe('It has no scheduler.');
    expect(model.stopping).toBe(false);
  });

  it('shows what the server ignored of what was sent from here (Q15)', async () => {
    const drafts = new MemoryDrafts();
    drafts.send({
      key: 'https://pz.example/api/ 9',
      param: { ...COMBINE.parameters, tie_treatment_option: 'keep_all', z_flag_homogenized_value_to_cut: 4 },
      format: 'fits'
    });
    const { model } = follow({}, drafts);
    await model.refresh();
    expect(model.ignored).toEqual([
      { path: 'z_flag_homogenized_value_to_cut', sent: 4, used: 3 },
      { path: 'tie_treatment_option', sent: 'keep_all', used: undefined },
      { path: 'output_format', sent: 'fits', used: 'parquet' }
    ]);
  });
});

describe('looking again', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  const minute = (model: { process: unknown }, count: jest.Mock, minutes = 1) => {
    const before = count.mock.calls.length;
    return jest.advanceTimersByTimeAsync(60_000 * minutes).then(() => count.mock.calls.length - before);
  };

  it('is often while it moves, seldom while it rests, never while hidden or after its end', async () => {
    let now = process();
    let lines = 0;
    let writes = false;
    const asked = jest.fn(async () => now);
    const backend = {
      ...{ server, process: asked, stopProcess: async () => undefined, files: async () => [] },
      processLogs: async () => ({ pipeline: 'x'.repeat(writes ? ++lines : lines), scheduler: '' })
    };
    const model = new ProcessModel({ id: 9, backend, drafts: new MemoryDrafts() });
    await minute(model, asked);
    const resting = await minute(model, asked);
    expect(resting).toBeGreaterThan(1);
    expect(resting).toBeLessThan(8);
    writes = true;
    await minute(model, asked);
    expect(await minute(model, asked)).toBeGreaterThan(20);
    model.visible = false;
    expect(await minute(model, asked, 5)).toBe(0);
    model.visible = true;
    expect(await minute(model, asked)).toBeGreaterThan(20);
    now = process({ status: 'Successful' });
    await minute(model, asked);
    expect(await minute(model, asked, 10)).toBe(0);
    model.dispose();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('goes on each minute for one that the server calls failed though it never began (Q16)', async () => {
    const asked = jest.fn(async () => process({ status: 'Failed', started: null }));
    const backend = {
      ...{ server, process: asked, stopProcess: async () => undefined, files: async () => [] },
      processLogs: async () => ({ pipeline: '', scheduler: '' })
    };
    const model = new ProcessModel({ id: 9, backend, drafts: new MemoryDrafts() });
    await minute(model, asked);
    const looks = await minute(model, asked, 10);
    expect(looks).toBeGreaterThan(7);
    expect(looks).toBeLessThan(13);
    model.dispose();
  });
});

it('numbers that mean the same are no difference, nor what the server adds', () => {
  const sent = { crossmatch: { radius_arcsec: 1 }, seed: null, extra_columns: {}, selected_cols: ['a'] };
  const used = {
    ...{ crossmatch: { radius_arcsec: 1.0, n_neighbors: 1 }, seed: null, extra_columns: {} },
    ...{ selected_cols: ['a'], more: 1 }
  };
  expect(differences(sent, used)).toEqual([]);
  expect(differences({ seed: 5, selected_cols: ['a', 'b'] }, used).map(one => one.path)).toEqual([
    'seed',
    'selected_cols'
  ]);
});

describe('a failed process', () => {
  const failed = process({ status: 'Failed', ended: '2026-11-23T10:01:00Z' });

  it('says why: what the server notes, else the last line of its log that sounds like it', () => {
    const log = {
      pipeline:
        'INFO - reading\nTraceback (most recent call last):\n  File "x.py"\nValueError: no overlap\ndone\n',
      scheduler: ''
    };
    expect(reasonOf(failed, log)).toBe('ValueError: no overlap');
    expect(reasonOf({ ...failed, comment: 'Out of memory.' }, log)).toBe('Out of memory.');
    expect(reasonOf(failed, null)).toBeNull();
    expect(reasonOf(process(), log)).toBeNull();
  });

  it('that never began may still run: the server calls a queued job failed (Q16)', () => {
    const [note] = notesOf({ ...failed, started: null }, [], trans);
    expect(note).toMatch(/may still run/);
    expect(notesOf({ ...failed, started: null, comment: 'refused' }, [], trans)).toEqual([]);
    const file = { id: 1, role: 0, name: 'tsm.hdf5' } as never;
    expect(notesOf(failed, [file], trans).join()).toMatch(/files of its product/);
  });

  it('or a stopped one may leave a product that is “processing” for ever (Q17)', () => {
    expect(notesOf(process({ status: 'Stopped' }), null, trans).join()).toMatch(/processing for ever/);
  });
});

it('of a path on the server’s disk only the name is shown (Q20)', () => {
  expect(shown('/archive/data/redshift_catalog/27_x/my_flags.yaml')).toBe('my_flags.yaml');
});

describe('the list', () => {
  const all = [
    process({ id: 12, status: 'Running' }),
    process({ id: 11, status: 'Failed', name: 'deep' }),
    process({ id: 10, status: 'Successful', isOwner: false, owner: 'bob' })
  ];
  const made = (kept = {}, count = all.length) => {
    const keeper = { read: () => kept, write: jest.fn() };
    const pages = jest.fn(async () => ({ count, processes: all }));
    const backend = { server, processPages: pages, stopProcess: jest.fn(async () => undefined) };
    return { model: new ProcessesModel({ backend, keeper, auto: false }), keeper, pages };
  };
  const ids = (model: ProcessesModel) => model.shown.map(one => one.id);

  it('begins with one’s own, is narrowed here, and remembers to what', async () => {
    const { model, keeper } = made();
    await model.refresh();
    expect(ids(model)).toEqual([12, 11]);
    model.filter = { mine: false, search: 'bob', state: '' };
    expect(ids(model)).toEqual([10]);
    model.filter = { mine: false, search: '', state: 'failed' };
    expect(ids(model)).toEqual([11]);
    expect(keeper.write).toHaveBeenLastCalledWith(model.filter);
    expect(made({ mine: false, state: 'active' }).model.filter).toMatchObject({
      mine: false,
      state: 'active'
    });
  });

  it('offers the older ones that the server has', async () => {
    const { model, pages } = made({}, 130);
    await model.refresh();
    expect(model.more).toBe(true);
    await model.loadMore();
    expect(pages).toHaveBeenLastCalledWith(2, expect.anything());
  });
});
