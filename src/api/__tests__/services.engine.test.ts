/** The service layer against a real engine over HTTP, without JupyterLab. Started by `make test ONLY=api-engine`. */
import { mkdtempSync, readFileSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';

import { createServices } from '..';
import { decodeColumns } from '../../table/decode';
import { AnswerError, UnreachableError } from '../errors';
import { FetchTransport } from '../transport/fetch';

const base = process.env.TSM_ENGINE_URL!;
const token = process.env.TSM_ENGINE_TOKEN!;
const runtime = JSON.parse(readFileSync(join(process.env.TSM_ENGINE_DATA!, 'runtime.json'), 'utf8'));

const ours = createServices(new FetchTransport({ base, token: runtime.token }));
const user = createServices(new FetchTransport({ base, token }));

const folder = mkdtempSync(join(tmpdir(), 'tsm-'));
const catalogue = join(folder, 'mock_catalogue.csv');

// The first table and the first plan start a process each.
jest.setTimeout(120000);

beforeAll(() => {
  const rows = Array.from({ length: 500 }, (_, i) => {
    const id = 9007199254740993n + BigInt(i); // beyond what a double holds
    return `${id},${(10 + i / 1000).toFixed(6)},${(-30 + i / 2000).toFixed(6)},${(0.1 + i / 1000).toFixed(4)},MOCK-DEEP,${i % 5}`;
  });
  writeFileSync(catalogue, ['id,ra,dec,z,survey,z_flag', ...rows].join('\n'));
});

it('lists product types, releases and products with a token of a user', async () => {
  const types = await user.pz.types();
  expect(types.map(type => type.name)).toContain('redshift_catalog');
  expect(Array.isArray(await user.pz.releases())).toBe(true);
  expect(await user.pz.products({ official: true })).toEqual([]);
  // those of other tests, which share this engine, are read and checked too
  await expect(user.pz.processes()).resolves.toBeInstanceOf(Array);
});

it('tells a wrong token from a server that is away', async () => {
  const wrong = createServices(new FetchTransport({ base, token: '0'.repeat(40) }));
  const refused = await wrong.pz.types().catch(error => error);
  expect(refused).toBeInstanceOf(AnswerError);
  expect(refused.status).toBe(401);
  const away = createServices(new FetchTransport({ base: 'http://127.0.0.1:9', token }));
  await expect(away.pz.types()).rejects.toBeInstanceOf(UnreachableError);
});

it('opens a file: summary first, then windows and columns, ids exact', async () => {
  const source = ours.local.table({ file: catalogue });
  const info = await source.info();
  expect(info.rows).toBe(500);
  expect(info.roles).toMatchObject({ ra: 'ra', dec: 'dec', redshift: 'z' });
  const window = await source.window({
    start: 0,
    count: 3,
    where: 'z >= 0.3',
    sort: { column: 'z', descending: true }
  });
  expect(window.total).toBe(300);
  const { rows, columns } = decodeColumns(window.ipc);
  expect(rows).toBe(3);
  const ids = columns.get('id')!;
  expect('values' in ids && ids.values[0]).toBe(9007199254740993n + 499n);
  const whole = decodeColumns(await source.columns(['z', 'survey']));
  expect(whole.rows).toBe(500);
});

it('says in words which column a condition does not find', async () => {
  const source = ours.local.table({ file: catalogue });
  await expect(source.window({ start: 0, count: 1, where: 'redshft > 1' })).rejects.toThrow('redshft');
});

it('plans, runs, follows and verifies a recipe', async () => {
  const path = join(folder, 'mock.tsm.yaml');
  const text = [
    'format: tsm-recipe/1',
    'name: mock',
    'inputs: {deep: {from: {file: mock_catalogue.csv}}}',
    'steps:',
    '  - homogenize: {rules: mock}',
    '  - combine',
    '  - split: {parts: {train: 0.8, test: 0.2}}',
    'write: [{format: parquet}]',
    ''
  ].join('\n');
  writeFileSync(path, text);
  const transport = new FetchTransport({ base, token: runtime.token });
  // Without Jupyter's proxy the recipe's folder is told as the engine knows it.
  const ask = async (where: string) => {
    const reply = await transport.send(where, { method: 'POST', json: { text, base: folder, path } });
    return JSON.parse(await reply.text());
  };
  const plan = await ask('local/plan');
  expect(plan.ok).toBe(true);
  expect(plan.steps.map((step: { op: string }) => step.op)).toEqual(['homogenize', 'combine', 'split']);
  let run = await ask('local/runs');
  const recipes = ours.local.recipes();
  const end = Date.now() + 120000;
  while (!['done', 'failed', 'stopped'].includes(run.state) && Date.now() < end) {
    await new Promise(resolve => setTimeout(resolve, 200));
    run = await recipes.status(run.id);
  }
  expect(run.error ?? null).toBeNull();
  expect(run.state).toBe('done');
  expect(run.result.parts.map((part: { name: string }) => part.name)).toEqual(
    expect.arrayContaining(['train', 'test'])
  );
  const verification = await recipes.verify(run.bundle);
  expect(verification).toMatchObject({ ok: true, problems: [] });
  expect(await ours.local.runLog(run.id)).toContain('split');
});
