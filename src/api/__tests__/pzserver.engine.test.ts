/**
 * The service layer against a PZ Server over HTTP, without JupyterLab: our engine (`make test ONLY=api-engine`), or any
 * other (`make test-api PZ_BASE_URL=… PZ_TOKEN=…`). What is written is a draft of one's own, which is deleted again; on
 * a server that is not ours only with PZ_WRITE=1.
 */
import { createServices, STATUS } from '..';
import { AnswerError, type ServiceError } from '../errors';
import { FetchTransport } from '../transport/fetch';

const given = process.env.PZ_BASE_URL;
const base = given ? given.replace(/\/+$/, '').replace(/\/api$/, '') : process.env.TSM_ENGINE_URL!;
const token = given ? process.env.PZ_TOKEN! : process.env.TSM_ENGINE_TOKEN!;
const writing = !given || process.env.PZ_WRITE === '1' ? it : it.skip;

const transport = new FetchTransport({ base, token });
const { pz } = createServices(transport);

jest.setTimeout(120000);

it('knows who we are, and who else is there', async () => {
  const me = await pz.me();
  expect(me.name).not.toBe('');
  expect((await pz.users()).length).toBeGreaterThan(0);
});

it('knows types and releases by name', async () => {
  const types = await pz.types();
  expect(types.map(type => type.name)).toEqual(expect.arrayContaining(['redshift_catalog', 'training_set']));
  for (const release of await pz.releases()) {
    expect(release.displayName).not.toBe('');
  }
});

it('narrows the list of products as it was asked to', async () => {
  for (const product of await pz.products({ type: 'redshift_catalog' })) {
    expect([product.type, product.status]).toEqual(['redshift_catalog', STATUS.published]);
  }
  for (const product of await pz.products({ official: false, release: 'none' })) {
    expect([product.official, product.releaseId]).toEqual([false, null]);
  }
  for (const product of await pz.products({ mine: true })) {
    expect(product.isOwner).toBe(true);
  }
  expect(await pz.products({ search: 'no product is called so 4711' })).toEqual([]);
});

it('tells all of the newest products: files, columns, process', async () => {
  for (const product of (await pz.products()).slice(0, 3)) {
    expect((await pz.product(product.id)).internalName).toBe(product.internalName);
    expect((await pz.productNamed(product.internalName)).id).toBe(product.id);
    const files = await pz.files(product.id);
    files.forEach(file => expect(file.name).not.toBe(''));
    const columns = await pz.columns(product.id);
    expect(new Set(columns.map(column => column.id)).size).toBe(columns.length);
    if (product.processId !== null) {
      expect((await pz.process(product.processId)).product).toBe(product.id);
      expect(await pz.processConfig(product.id)).toHaveProperty('config');
    }
  }
});

it('tells in words that there is no such product', async () => {
  const error = await pz.product(2 ** 30).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(AnswerError);
  expect(error).toMatchObject({ status: 404 });
  expect((error as ServiceError).remedy).toMatch(/deleted/);
});

describe('a product of one’s own', () => {
  let id = 0;

  writing('is made, as a draft that only its owner finds', async () => {
    const types = await pz.types();
    const reply = await transport.send('pz/products/', {
      method: 'POST',
      json: {
        display_name: 'pz-tsm test of the service layer',
        product_type: types.find(type => type.name === 'other')!.id,
        status: STATUS.draft
      }
    });
    id = JSON.parse(await reply.text()).id;
    const found = await pz.products({ mine: true, status: STATUS.draft });
    expect(found.map(product => product.id)).toContain(id);
    expect((await pz.products()).map(product => product.id)).not.toContain(id);
    expect(await pz.files(id)).toEqual([]);
    expect(await pz.columns(id)).toEqual([]);
  });

  writing('is changed field by field', async () => {
    const after = await pz.change(id, { description: 'Made by a test, *to be deleted*.' });
    expect(after).toMatchObject({ id, description: 'Made by a test, *to be deleted*.' });
    expect((await pz.change(id, { displayName: 'renamed' })).description).toBe(after.description);
  });

  writing('is deleted, and not listed any more', async () => {
    await pz.deleteProduct(id);
    expect((await pz.products({ mine: true })).map(product => product.id)).not.toContain(id);
  });
});
