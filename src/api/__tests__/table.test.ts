import { createServices } from '..';
import { FakeTransport, type IFakeAnswer } from './fake';

const INFO = { id: 'a'.repeat(32), name: 'deep.fits', rows: 3, columns: [], roles: {}, access: 'public' };
const GONE = {
  status: 404,
  json: { error: { message: 'This table is no longer open in the engine.', remedy: null, where: 'x' } },
  headers: { 'X-TSM-Origin': 'upstream' }
};

function engine(opened: () => typeof INFO, rows: (time: number) => IFakeAnswer) {
  let times = 0;
  const transport = new FakeTransport((path, { method }) =>
    method === 'POST' ? { json: opened() } : rows(++times)
  );
  const table = createServices(transport).local.table({ contents: 'deep.fits' });
  const asked = () => transport.asked.map(({ path }) => path.split('/').at(-1));
  return { table, asked };
}

it('opens a table again, once, when the engine has lost it', async () => {
  const { table, asked } = engine(
    () => INFO,
    time => (time === 1 ? GONE : { text: 'rows', headers: { 'X-TSM-Total': '3' } })
  );
  await expect(table.window({ start: 0, count: 2 })).resolves.toMatchObject({ total: 3 });
  expect(asked()).toEqual(['tables', 'window', 'tables', 'window']);
  await table.columns(['z']);
  expect(asked()).toEqual(['tables', 'window', 'tables', 'window', 'columns']);
});

it('says so when the table stays away', async () => {
  const { table, asked } = engine(
    () => INFO,
    () => GONE
  );
  await expect(table.columns(['z'])).rejects.toThrow('no longer open');
  expect(asked()).toEqual(['tables', 'columns', 'tables', 'columns']);
});

it('does not mix the rows of two versions of a file', async () => {
  let version = 0;
  const { table } = engine(
    () => ({ ...INFO, id: `${++version}`.repeat(32) }),
    () => GONE
  );
  await expect(table.window({ start: 0, count: 2 })).rejects.toThrow('has changed');
});

it('asks for kept counts, and gives counts to be kept, under the id of the table', async () => {
  const kept = { made: 'counts 1', rows: 3, views: [] };
  const { table, asked } = engine(
    () => INFO,
    () => ({ json: kept })
  );
  await expect(table.counts!()).resolves.toEqual(kept);
  await table.keepCounts!(kept);
  expect(asked()).toEqual(['tables', 'counts', 'counts']);
});
