/** What the real PZ Server does against its own contract (section 14 there, rows “Guard”), and that we live with it. */
import { createServices } from '..';
import { Client } from '../client';
import { AnswerError, ServiceError, UnreachableError } from '../errors';
import { createPzService } from '../pzserver';
import { FakeTransport, type IFakeAnswer } from './fake';
import { PRODUCT } from './product';

type Answer = (path: string, query: Record<string, unknown>) => IFakeAnswer;

/** The service over a server that answers so, and waits for nothing. */
function server(answer: Answer) {
  const transport = new FakeTransport((path, { query }) => ({
    headers: { 'X-TSM-Origin': 'upstream' },
    ...answer(path, query ?? {})
  }));
  const waited: number[] = [];
  const pz = createPzService(new Client(transport), async ms => void waited.push(ms));
  return { pz, transport, waited };
}

const list = (results: object[], count = results.length): IFakeAnswer => ({ json: { count, results } });

describe('lists (Q2, Q4)', () => {
  it('are read to their end: columns beyond the hundredth are there, in the table’s order', async () => {
    const { pz, transport } = server((_, { page, ordering }) => {
      expect(ordering).toBe('order'); // Q43: by id, associated columns would come first
      const first = (Number(page) - 1) * 100;
      const names = Array.from({ length: Math.min(100, 130 - first) }, (_, i) => first + i);
      return list(
        names.map(i => ({ id: 500 - i, product: 4, column_name: `c${i}`, ucd: '', alias: null, order: i })),
        130
      );
    });
    const columns = await pz.columns(4);
    expect(columns.map(column => column.name)).toEqual(Array.from({ length: 130 }, (_, i) => `c${i}`));
    expect(columns[0].ucd).toBeNull();
    expect(transport.asked).toHaveLength(2);
  });

  it('hold once what moved to the next page while they were read', async () => {
    const { pz } = server((_, { page }) => {
      const first = page === 1 ? 1 : 100; // the hundredth is told again
      return list(
        Array.from({ length: page === 1 ? 100 : 21 }, (_, i) => ({ ...PRODUCT, id: first + i })),
        121
      );
    });
    const ids = (await pz.products()).map(product => product.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(120);
  });

  it('end where the server has no more pages, though it counted more', async () => {
    const { pz } = server((_, { page }) =>
      page === 1
        ? list(
            Array.from({ length: 100 }, (_, i) => ({ ...PRODUCT, id: i })),
            150
          )
        : { status: 404, json: { detail: 'Invalid page.' } }
    );
    expect(await pz.products()).toHaveLength(100);
  });
});

describe('filters (Q3, Q42)', () => {
  it('of a server that ignores them leave nothing in that was not asked for', async () => {
    const all = [
      PRODUCT,
      { ...PRODUCT, id: 5, product_type_internal_name: 'training_set' },
      { ...PRODUCT, id: 6, uploaded_by: 'anabel', is_owner: false, can_update: false }
    ];
    const { pz } = server(() => list(all));
    const ids = async (filter: Parameters<typeof pz.products>[0]) =>
      (await pz.products(filter)).map(product => product.id);
    expect(await ids({ type: 'training_set' })).toEqual([5]);
    expect(await ids({ owner: 'ana' })).toEqual([4, 5]);
    expect(await ids({ mine: true })).toEqual([4, 5]);
  });

  it('always hold a status, and show nobody else’s drafts, failures or deleted products', async () => {
    const others = { ...PRODUCT, is_owner: false, can_update: false };
    const all = [
      { ...PRODUCT, id: 10, status: 0 },
      { ...others, id: 11, status: 0 },
      { ...others, id: 12, status: 9 },
      { ...PRODUCT, id: 13, status: 2 },
      { ...others, id: 14, status: 1 }
    ];
    const { pz, transport } = server(() => list(all));
    for (const filter of [{}, { mine: true }, { status: 9 }, { search: 'x' }]) {
      await pz.products(filter);
      const { status, status__in: among } = transport.asked.at(-1)!.request.query!;
      expect(status ?? among).toBeDefined();
      expect(String(among ?? '').split(',')).not.toContain('2');
    }
    expect((await pz.products()).map(product => product.id)).toEqual([10, 14]);
  });

  it('of files go by the name that the server knows, and others’ files are left out', async () => {
    const file = { id: 1, product: 4, role: 2, name: 'README.txt', size: 5 };
    const { pz, transport } = server(() =>
      list([file, { ...file, id: 2, product: 9 }, { ...file, id: 3, role: 0 }])
    );
    expect((await pz.files(4)).map(one => one.id)).toEqual([3, 1]); // the main file first
    expect(transport.asked[0].request.query).toMatchObject({ product_id: 4 });
    expect(transport.asked[0].request.query).not.toHaveProperty('product');
  });

  it('take a release, or none', async () => {
    const { pz, transport } = server(() => list([]));
    await pz.products({ release: 2, owner: 'Silva, Ana' });
    expect(transport.asked[0].request.query).toMatchObject({ release: 2 });
    expect(transport.asked[0].request.query).not.toHaveProperty('uploaded_by'); // it would be split at the comma
    await pz.products({ release: 'none' });
    expect(transport.asked[1].request.query).toMatchObject({ release__isnull: true });
  });
});

describe('errors (Q12, Q13)', () => {
  it.each([
    [
      406,
      '"The column(s) was not filled in: Dec"',
      'application/json',
      'The column(s) was not filled in: Dec',
      null
    ],
    [
      500,
      '<html><h1>Server Error (500)</h1></html>',
      'text/html',
      'Changing the product: the server answered with error 500.',
      /Try again/
    ],
    [
      403,
      '{"detail":"You do not have permission to perform this action."}',
      'application/json',
      'You do not have permission',
      /owner/
    ],
    [413, '<html>too large</html>', 'text/html', '413', /larger/]
  ])('of status %d are told in words, with what to do', async (status, text, type, message, remedy) => {
    const { pz } = server(() => ({
      status,
      text,
      headers: { 'content-type': type, 'X-TSM-Origin': 'upstream' }
    }));
    const error = await pz.change(4, { description: 'x' }).catch(e => e);
    expect(error).toBeInstanceOf(AnswerError);
    expect(error.message).toContain(message);
    if (remedy) {
      expect(error.remedy).toMatch(remedy);
    }
  });

  it('are told from a page that is no answer of a PZ Server', async () => {
    const { pz } = server(() => ({ text: '<html>We are back soon</html>' }));
    const error = await pz.product(4).catch(e => e);
    expect(error).toBeInstanceOf(ServiceError);
    expect(error).not.toBeInstanceOf(UnreachableError);
    expect(error.remedy).toMatch(/address/);
  });

  it('of a connection that breaks off in the answer are such that trying again can help (Q41)', async () => {
    const pz = createPzService(
      new Client({
        send: async () => ({
          status: 200,
          header: () => null,
          bytes: () => Promise.reject(new TypeError('terminated')),
          text: () => Promise.reject(new TypeError('terminated'))
        })
      })
    );
    const error = await pz.product(4).catch(e => e);
    expect(error).toBeInstanceOf(UnreachableError);
    expect(error.message).toBe('Product: the answer broke off.');
  });
});

describe('a server that never answers (Q41)', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  /** Waits until the question is given up, as `fetch` does. */
  const silent = new Client({
    send: (_, request) =>
      new Promise((_resolve, reject) => {
        request!.signal!.addEventListener('abort', () => reject(request!.signal!.reason));
      })
  });

  it('is given up in the end, in words', async () => {
    const asked = createPzService(silent)
      .product(4)
      .catch((e: unknown) => e);
    await jest.advanceTimersByTimeAsync(121_000);
    const error = await asked;
    expect(error).toBeInstanceOf(UnreachableError);
    expect((error as Error).message).toBe('Product: no answer in 2 minutes.');
  });

  it('is given up at once by who asked, without a word', async () => {
    const abort = new AbortController();
    const asked = createPzService(silent)
      .product(4, abort.signal)
      .catch((e: unknown) => e);
    abort.abort();
    expect(await asked).toMatchObject({ name: 'AbortError' });
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('products', () => {
  it('whose process was stopped stay “processing” there: the process is told too (Q17)', async () => {
    const { pz } = server(() => ({
      json: { ...PRODUCT, status: 3, product_status: 'Processing', process_id: 7, process_status: 'Stopped' }
    }));
    expect(await pz.product(4)).toMatchObject({ status: 3, processId: 7, processStatus: 'Stopped' });
  });

  it('without a table have no preview: it is not waited for for ever (Q24)', async () => {
    const { pz, transport, waited } = server(() => ({
      status: 202,
      json: { message: 'Table preview is being processed in the background.' }
    }));
    expect(await pz.preview(4)).toBeNull();
    expect(transport.asked).toHaveLength(4);
    expect(waited).toEqual([3000, 4000, 5000]);
  });

  it('show their first rows once they are made', async () => {
    let turn = 0;
    const { pz } = server(() =>
      ++turn === 1
        ? { status: 202, json: { message: 'wait' } }
        : { json: { count: 1, columns: ['z', 'flag'], results: [{ flag: null, z: 0.5 }] } }
    );
    expect(await pz.preview(4)).toEqual({ columns: ['z', 'flag'], rows: [['0.5', '']] });
  });

  it('that are named are looked for by exactly that name', async () => {
    const { pz } = server(() => list([{ ...PRODUCT, internal_name: '40_mock' }, PRODUCT]));
    expect((await pz.productNamed('4_mock')).id).toBe(4);
    await expect(pz.productNamed('5_mock')).rejects.toThrow('5_mock');
  });

  it('tell what they are after a change, which may not be what was sent (Q5, Q15)', async () => {
    const { pz, transport } = server(() => ({ json: PRODUCT }));
    const after = await pz.change(4, { displayName: 'New', releaseId: null });
    expect(after.displayName).toBe('Mock');
    expect(transport.asked[0]).toMatchObject({ path: 'pz/products/4/', request: { method: 'PATCH' } });
    expect(JSON.parse(JSON.stringify(transport.asked[0].request.json))).toEqual({
      display_name: 'New',
      release: null
    });
  });

  it('carry the columns’ alias and UCD together: alone, the server keeps the old UCD (Q27)', async () => {
    const { pz, transport } = server(() => ({ json: {} }));
    await pz.associate(12, 'my_column', null);
    expect(transport.asked[0].request.json).toEqual({ alias: 'my_column', ucd: null });
  });
});

it('a server says who we are with the display name (Q32)', async () => {
  const { pz, transport } = server(() => ({ json: { username: 'ana.silva', is_admin: true } }));
  expect(await pz.me()).toEqual({ name: 'ana.silva', isAdmin: true });
  expect(transport.asked[0].request.method).toBe('POST');
});

it('a process is stopped by no GET of ours, which a prefetch could send too (Q18)', async () => {
  const { pz, transport } = server(() => ({ json: {} }));
  await pz.stopProcess(7);
  expect(transport.asked[0].request.method).toBe('POST');
});

it('a process carries the products that went in', async () => {
  const process = { id: 7, is_owner: true, status: 'Failed', created_at: '', provenance_inputs: [PRODUCT] };
  const { pz } = server(() => ({ json: process }));
  expect((await pz.process(7)).inputs.map(input => input.internalName)).toEqual(['4_mock']);
});

it('a file goes by its path: its bytes are sent from server to server', async () => {
  const file = { id: 3, product: 4, role: 2, name: 'notes.txt' };
  const transport = new FakeTransport(() => ({ status: 201, json: file }));
  const { pz } = createServices(transport);
  expect(await pz.attach(4, 'work/notes.txt')).toMatchObject({ id: 3, name: 'notes.txt' });
  expect(transport.asked[0].request.json).toEqual({ product: 4, role: 2, contents: 'work/notes.txt' });
});
