import { createServices } from '..';
import { FakeTransport } from './fake';

const ID = 'a'.repeat(32);
const INFO = { id: ID, name: 'combined', rows: 3, columns: [], roles: {}, access: 'public' };

function engine(answer: unknown, status = 200) {
  const transport = new FakeTransport((path, { method }) =>
    method === 'POST' ? { json: INFO } : { status, json: answer, headers: { 'X-TSM-Origin': 'upstream' } }
  );
  const table = createServices(transport).local.table({ contents: 'combined.parquet' });
  return { table, last: () => transport.asked.at(-1)! };
}

it('asks why by the row’s id, whole and signed', async () => {
  const { table, last } = engine({ row_id: '-9007199254740993', measurements: [] });
  await expect(table.why!('-9007199254740993')).resolves.toMatchObject({ row_id: '-9007199254740993' });
  expect(last().path).toBe(`local/tables/${ID}/why/-9007199254740993`);
});

it('asks for some of the conflicts', async () => {
  const { table, last } = engine({ total: 8, conflicts: [] });
  await expect(table.conflicts!(100, 50)).resolves.toEqual({ total: 8, conflicts: [] });
  expect([last().path, last().request.query]).toEqual([
    `local/tables/${ID}/conflicts`,
    { start: 100, count: 50 }
  ]);
});

it('passes on the engine’s words where a table is not combined', async () => {
  const error = {
    message: 'This table is not combined.',
    remedy: 'Put the step combine into its recipe.',
    where: null
  };
  const { table } = engine({ error }, 400);
  await expect(table.why!('1')).rejects.toMatchObject({ message: error.message, remedy: error.remedy });
});
