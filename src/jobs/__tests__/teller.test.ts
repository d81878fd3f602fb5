import { nullTranslator } from '@jupyterlab/translation';

import type { IRun } from '../../recipe/backend';
import type { IJob } from '../../tokens';
import { JobsModel } from '../model';
import { citationsOf, newsOf, pythonOf, summaryOf } from '../news';
import { Teller } from '../teller';

const trans = nullTranslator.load('tsm');

function run(id: string, change: Partial<IRun> = {}): IRun {
  return {
    id,
    recipe: `recipe ${id}`,
    state: 'running',
    created: '2026-03-02T10:00:00Z',
    ended: null,
    fraction: 0.4,
    stage: 'match',
    steps: [],
    told: false,
    ...change
  };
}

const DONE: Partial<IRun> = { state: 'done', ended: '2026-03-02T10:09:00Z' };

/** An engine with runs, and pages of JupyterLab over it. */
class Engine {
  runs: IRun[] = [];
  readonly pages: JobsModel[] = [];
  private _turn: Promise<void> = Promise.resolve();

  /** A page; what it tells its user. */
  page(): { look(): Promise<void>; said: string[]; late: boolean[] } {
    const said: string[] = [];
    const late: boolean[] = [];
    const jobs = new JobsModel({
      auto: false,
      backend: {
        runs: async () => this.runs,
        stopRun: jest.fn(),
        retryRun: jest.fn(),
        processes: async () => [],
        stopProcess: jest.fn(),
        downloads: async () => [],
        stopDownload: jest.fn()
      }
    });
    this.pages.push(jobs);
    new Teller({
      jobs,
      runs: async () => this.runs,
      told: async id => this.change(id, { told: true }),
      tell: (ended: readonly IJob[], isLate) => {
        said.push(ended.map(job => `${job.name} ${job.state}`).join(', '));
        late.push(isLate);
      },
      // one page at a time, as the browser's locks do
      alone: work => (this._turn = this._turn.then(work))
    });
    return { look: async () => (await jobs.refresh(), await this.quiet()), said, late };
  }

  change(id: string, change: Partial<IRun>): void {
    this.runs = this.runs.map(one => (one.id === id ? { ...one, ...change } : one));
  }

  async quiet(): Promise<void> {
    await this._turn;
  }
}

let engine: Engine;
beforeEach(() => {
  engine = new Engine();
});
afterEach(() => engine.pages.forEach(page => page.dispose()));

it('tells once when a run ends', async () => {
  const page = engine.page();
  engine.runs = [run('a')];
  await page.look();
  expect(page.said).toEqual([]);
  engine.change('a', DONE);
  await page.look();
  await page.look();
  expect(page.said).toEqual(['recipe a done']);
  expect(page.late).toEqual([false]);
});

it('tells at the next start of what ended meanwhile, all at once, and never again', async () => {
  engine.runs = [run('a', DONE), run('b', { ...DONE, state: 'failed' }), run('c', { ...DONE, told: true })];
  const page = engine.page();
  await page.look();
  expect(page.said).toEqual(['recipe a done, recipe b failed']);
  expect(page.late).toEqual([true]);
  const next = engine.page();
  await next.look();
  expect(next.said).toEqual([]);
});

it('tells on one of two open pages only', async () => {
  const [one, two] = [engine.page(), engine.page()];
  engine.runs = [run('a')];
  await Promise.all([one.look(), two.look()]);
  engine.change('a', DONE);
  await Promise.all([one.look(), two.look()]);
  expect([...one.said, ...two.said]).toEqual(['recipe a done']);
});

it('says nothing of runs that were stopped, of steps that a kernel waits for, and of an older engine’s', async () => {
  engine.runs = [
    run('a', { ...DONE, state: 'stopped' }),
    run('b', { ...DONE, kind: 'step' }),
    run('c', { ...DONE, told: undefined })
  ];
  const page = engine.page();
  await page.look();
  expect(page.said).toEqual([]);
});

it('tells again of a run that was tried again', async () => {
  const page = engine.page();
  engine.runs = [run('a', { ...DONE, state: 'failed' })];
  await page.look();
  engine.runs = [run('a')];
  await page.look();
  engine.change('a', { ...DONE, ended: '2026-03-02T11:00:00Z' });
  await page.look();
  expect(page.said).toEqual(['recipe a failed', 'recipe a done']);
});

it('says rows and product, or why it failed, in what JupyterLab shows of a message', () => {
  const job = (change: Partial<IJob>) => ({ name: 'ecdfs', state: 'done', ...change }) as IJob;
  expect(newsOf(job({ rows: 7005, registered: { id: 12, name: 'ecdfs' } }), trans)).toEqual({
    kind: 'success',
    message: 'ecdfs is done: 7,005 rows, registered as ecdfs (12).'
  });
  expect(newsOf(job({ rows: 7005 }), trans).message).toBe('ecdfs is done: 7,005 rows.');
  const failed = newsOf(job({ state: 'failed', trouble: { message: 'x'.repeat(200) } }), trans);
  expect(failed.kind).toBe('error');
  expect(failed.message).toHaveLength(140);
  expect(summaryOf([job({}), job({}), job({ state: 'failed' })], trans)).toEqual({
    kind: 'error',
    message: '3 runs have ended: 2 done, 1 failed.'
  });
});

it('gives Python and citations of a result', () => {
  const made = run('a', {
    ...DONE,
    bundle: '/w/bundles/ecdfs',
    product: { id: 12, name: 'ecdfs', url: '/api/products/12/' },
    result: {
      parts: [],
      files: [],
      tables: [{ name: 'training_set', path: '/w/bundles/ecdfs/data/training_set.parquet' }],
      accounting: [],
      citations: ['VVDS 2013', 'VIPERS 2018']
    }
  });
  expect(pythonOf(made)).toBe(
    [
      'import pz_tsm',
      '',
      '# registered on this machine as product 12, ecdfs',
      'table = pz_tsm.read("/w/bundles/ecdfs/data/training_set.parquet")',
      'pz_tsm.explore(table)',
      ''
    ].join('\n')
  );
  expect(citationsOf(made)).toBe('VVDS 2013\nVIPERS 2018');
});
