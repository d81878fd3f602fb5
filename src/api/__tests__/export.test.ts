import { createServices } from '..';
import { FakeTransport } from './fake';

const ID = '0'.repeat(32);

it('saves rows from server to server: only what to save crosses, and where it went comes back', async () => {
  const transport = new FakeTransport(path =>
    path === 'local/tables'
      ? { json: { id: ID } }
      : { json: { path: 'lab/work/sel.csv', rows: 3, bytes: 99, access: 'rubin-data-rights' } }
  );
  const source = createServices(transport).local.table({ contents: 'work/a.parquet' });
  const saved = await source.export!({
    path: 'work/sel.csv',
    format: 'csv',
    where: 'z > 1',
    sort: { column: 'z', descending: true },
    columns: ['id', 'z']
  });
  const { path, request } = transport.asked.at(-1)!;
  expect([request.method, path]).toEqual(['POST', `local/tables/${ID}/export`]);
  expect(request.json).toEqual({
    contents: 'work/sel.csv',
    format: 'csv',
    where: 'z > 1',
    sort: { column: 'z', descending: true },
    columns: ['id', 'z']
  });
  // as the file browser calls it
  expect(saved).toEqual({ path: 'work/sel.csv', rows: 3, bytes: 99, access: 'rubin-data-rights' });
});

it('passes on that the name is taken', async () => {
  const transport = new FakeTransport(path =>
    path === 'local/tables'
      ? { json: { id: ID } }
      : {
          status: 400,
          json: { error: { message: 'There is a file already.', remedy: 'Another.', where: 'name' } },
          headers: { 'X-TSM-Origin': 'upstream' }
        }
  );
  const source = createServices(transport).local.table({ contents: 'work/a.parquet' });
  await expect(source.export!({ path: 'a.csv', format: 'csv' })).rejects.toMatchObject({
    where: 'name',
    remedy: 'Another.'
  });
});
