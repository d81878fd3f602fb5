import { createServices } from '..';
import type { ServiceError } from '../errors';
import type { IRequest, ITransport } from '../transport/transport';

/** Answers by path; notes what was asked. */
function fake(answers: { [path: string]: [number, unknown] }) {
  const asked: [string, string, unknown][] = [];
  const transport: ITransport = {
    send: async (path: string, { method = 'GET', json }: IRequest = {}) => {
      asked.push([method, path, json]);
      const [status, body] = answers[path];
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      return {
        status,
        header: name => (name === 'Content-Type' ? 'application/json' : 'proxy'),
        text: async () => text,
        bytes: async () => new TextEncoder().encode(text)
      };
    }
  };
  return { pz: createServices(transport).pz, asked };
}

const UPLOAD = {
  id: 'a1b2c3d4e5f6',
  product: 5,
  role: 0,
  name: 'a.csv',
  state: 'running',
  done: 3,
  total: 9
};

it('a file is sent under its name there, and looked at while it is on its way', async () => {
  const { pz, asked } = fake({ uploads: [200, UPLOAD] });
  await expect(pz.sendFile(5, 0, 'in/my a.csv', 'a.csv')).resolves.toEqual({
    ...UPLOAD,
    message: null,
    remedy: null
  });
  expect(asked).toEqual([
    ['POST', 'uploads', { product: 5, role: 0, contents: 'in/my a.csv', name: 'a.csv' }]
  ]);
  const { pz: other } = fake({ uploads: [200, { uploads: [UPLOAD] }] });
  expect((await other.uploads()).map(one => [one.done, one.total])).toEqual([[3, 9]]);
});

it('what is no upload does not reach a view', async () => {
  const { pz } = fake({ uploads: [200, { uploads: [{ ...UPLOAD, done: 'much' }] }] });
  await expect(pz.uploads()).rejects.toThrow('"done" as number');
});

it('a draft is made, never an official or published product', async () => {
  const { pz, asked } = fake({ 'pz/products/': [400, { release: ['Release must be null.'] }] });
  const what = { displayName: 'A', typeId: 1, releaseId: 2, pzCode: null, description: '' };
  const error = (await pz.createProduct(what).catch((reason: unknown) => reason)) as ServiceError;
  expect(error.message).toBe('release: Release must be null.');
  expect(asked[0][2]).toMatchObject({ status: 0, official_product: false, release: 2 });
});
