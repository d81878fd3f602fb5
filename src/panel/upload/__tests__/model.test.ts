import type { IUpload } from '../../../api';
import { VVDS } from '../../product/__tests__/fixture';
import { emptyDraft } from '../draft';
import type { UploadModel } from '../model';
import { column, services, SURVEY } from './fixture';

async function begun(made: ReturnType<typeof services>, path = 'vvds.parquet', id?: string) {
  const model = made.make(id);
  await model.load();
  await model.begin(path);
  return model;
}
const errors = (model: UploadModel) => model.checks.filter(one => one.level === 'error').map(one => one.key);

describe('a file', () => {
  it('is proposed as what it seems to be', async () => {
    const model = await begun(services());
    expect(model.draft.what).toMatchObject({ name: 'vvds', type: 'redshift_catalog' });
    expect(model.columns.find(one => one.info.name === 'Z')).toMatchObject({ alias: 'z', sent: true });
    expect([errors(model), model.ready]).toEqual([[], true]);
    model.setMeaning('MAGI', 'z'); // the user’s word goes before a proposal
    expect(model.columns.filter(one => one.alias === 'z').map(one => one.info.name)).toEqual(['MAGI']);
    model.dispose();
  });

  it('is made, sent, read, associated and published, in this order', async () => {
    const made = services();
    const model = await begun(made);
    const finished = jest.fn();
    model.finished.connect((_, product) => finished(product.id));
    await model.send();
    expect(model.trouble).toBeNull();
    expect(made.names()).toEqual(['create', 'send', 'registry', ...Array(5).fill('associate'), 'change']);
    expect(made.done).toContainEqual(['associate', 'ALPHA', 'RA', 'pos.eq.ra;meta.main']);
    expect(made.done.at(-1)).toEqual(['change', 20, { status: 1 }]);
    expect([model.state, finished.mock.calls]).toEqual(['done', [[20]]]);
    expect(made.drafts.size).toBe(0);
    model.dispose();
  });

  it('goes as a copy where columns are renamed or left out', async () => {
    const table = { ...SURVEY, columns: [...SURVEY.columns, column('z best')] };
    const made = services({}, table);
    const model = await begun(made, 'my cat.csv');
    expect(model.ready).toBe(false);
    for (const key of ['file-names', 'column-names']) {
      model.change(model.checks.find(one => one.key === key)!.fix!.change);
    }
    model.setSent('MAGI', false);
    await model.send();
    const [, path, request] = made.done[0] as [string, string, { columns: string[] }];
    expect([path, request]).toMatchObject([
      'my cat.csv',
      { path: 'my_cat_upload.parquet', format: 'parquet', rename: { 'z best': 'z_best' } }
    ]);
    expect(request.columns).not.toContain('MAGI');
    expect(made.done).toContainEqual(['send', 20, 0, 'my_cat_upload.parquet', 'my_cat.parquet']);
    model.dispose();
  });
});

it('columns that only the server can read are looked at before it is published', async () => {
  const made = services();
  const model = await begun(made, 'hats.zip');
  model.setWhat({ type: 'redshift_catalog' });
  expect(model.ready).toBe(true);
  await model.send();
  expect(model.trouble?.remedy).toContain('Look at what its columns are taken for');
  expect(made.names()).not.toContain('associate');
  model.setMeaning('ZFLAGS', null);
  await model.send();
  expect([model.trouble, model.state]).toEqual([null, 'done']);
  const said = made.done.filter(([what]) => what === 'associate').map(([, name]) => name);
  expect(said).toEqual(['NUM', 'ALPHA', 'DELTA', 'Z']);
  model.dispose();
});

it('the folder of a HATS catalogue is looked at here, and goes as a zip', async () => {
  const made = services();
  const model = await begun(made, 'my specz');
  expect(model.draft.what).toMatchObject({ name: 'my specz', type: 'redshift_catalog' });
  expect(model.columns.find(({ info }) => info.name === 'ALPHA')?.alias).toBe('RA');
  const names = model.checks.find(check => check.key === 'file-names');
  model.change(names!.fix!.change);
  await model.send();
  expect([model.trouble, model.state]).toEqual([null, 'done']);
  expect(made.done).toContainEqual(['send', 20, 0, 'my specz', 'my_specz.zip']);
  expect(made.names()).not.toContain('export');
  model.dispose();
});

it('an archive that the server has unpacked, and so renamed, is not sent again', async () => {
  const made = services();
  const { files, registry } = made.backend;
  made.backend.registry = async product => {
    await registry(product);
    const unpacked = (await files(product)).map(file => ({
      ...file,
      name: 'specz',
      size: 1,
      isFolder: true
    }));
    made.backend.files = async () => unpacked;
  };
  const model = await begun(made, 'hats.zip');
  model.setWhat({ type: 'redshift_catalog' });
  await model.send();
  expect(model.trouble?.remedy).toContain('Look at what its columns are taken for');
  await model.send();
  expect([model.trouble, model.state]).toEqual([null, 'done']);
  expect(made.names().filter(what => what === 'send' || what === 'remove')).toEqual(['send']);
  model.dispose();
});

it('leaves what others have attached to a product that was begun elsewhere', async () => {
  const made = services();
  const product = await made.backend.createProduct({ ...VVDS, displayName: 'Half', typeId: 1 });
  await made.backend.sendFile(product.id, 2, 'notes.txt', 'theirs.txt');
  const model = made.make();
  await model.load();
  await model.resume({
    ...emptyDraft('cccccccc', ''),
    product: product.id,
    what: { name: 'Half', type: 'redshift_catalog', releaseId: null, pzCode: '', description: 'x' }
  });
  await model.add(['vvds.parquet'], 0);
  await model.send();
  expect([model.trouble, model.product?.id]).toEqual([null, product.id]);
  expect(made.names()).not.toContain('remove');
  model.dispose();
});

describe('a bundle', () => {
  it('brings all of its files under names of their own, whichever of its paths is named', async () => {
    for (const path of ['run', 'run/data/training_set.parquet']) {
      const model = await begun(services(), path);
      expect(model.draft.what).toMatchObject({
        name: 'DP1 deep train',
        type: 'training_set',
        description: '# DP1 deep train\n\nMade for a test.'
      });
      expect(model.draft.files.map(file => [file.name, file.role])).toEqual([
        ['training_set.parquet', 0],
        ['README.md', 1],
        ['recipe.tsm.yaml', 2],
        ['recipe.tsm.lock', 2],
        ['CITATION.cff', 2],
        ['nz.svg', 2],
        ['train.hdf5', 2],
        ['csv_README.md', 2]
      ]);
      model.dispose();
    }
  });

  it('is told from any other folder', async () => {
    const model = await begun(services(), 'run/qa');
    expect(model.looking.trouble?.message).toContain('no HATS catalogue');
    expect(model.looking.trouble?.remedy).toContain('.zip');
    expect(model.main).toBeNull();
    model.dispose();
  });
});

describe('what went wrong', () => {
  it('keeps everything, and goes on at the same product', async () => {
    const made = services();
    const { sendFile } = made.backend;
    const model = await begun(made);
    await model.add(['notes.txt'], 2);
    model.setWhat({ name: 'Kept' });
    made.backend.sendFile = async (product, role, path, name) => {
      if (role === 2) {
        throw Object.assign(new Error('No answer.'), { remedy: 'Try again.' });
      }
      return sendFile(product, role, path, name);
    };
    await model.send();
    expect(model.trouble).toEqual({ message: 'No answer.', remedy: 'Try again.' });
    expect([model.state, model.draft.what.name]).toEqual(['editing', 'Kept']);
    expect(made.drafts.get('aaaaaaaa')).toMatchObject({ product: 20, what: { name: 'Kept' } });

    made.backend.sendFile = sendFile;
    const later = made.make('bbbbbbbb'); // another page, after a restart
    await later.load();
    await later.resume(later.drafts.value![0]);
    await later.send();
    expect(later.trouble).toBeNull();
    expect(made.names().filter(what => what === 'create')).toHaveLength(1);
    expect(made.done.filter(([what]) => what === 'send').map(([, , , path]) => path)).toEqual([
      'vvds.parquet',
      'notes.txt'
    ]);
    expect(made.drafts.size).toBe(0);
    [model, later].forEach(one => one.dispose());
  });

  it('makes no second product where the answer to the first was lost', async () => {
    const made = services();
    const { createProduct } = made.backend;
    made.backend.createProduct = async what => {
      await createProduct(what);
      throw new Error('No answer.');
    };
    const model = await begun(made);
    await model.send();
    expect(model.draft).toMatchObject({ product: null, asked: true });
    made.backend.createProduct = createProduct;
    await model.send();
    expect([model.trouble, model.product?.id]).toEqual([null, 20]);
    expect(made.names().filter(what => what === 'create')).toHaveLength(1);
    model.dispose();
  });

  it('sends a main file again that has changed, and never leaves two', async () => {
    const made = services();
    const { change } = made.backend;
    made.backend.change = async () => {
      throw new Error('The column(s) was not filled in: z');
    };
    const model = await begun(made);
    await model.send();
    made.backend.change = change;
    model.change({ copy: true });
    await model.send();
    expect(model.trouble).toBeNull();
    const files = await made.backend.files(20);
    expect(files.map(file => [file.name, file.size])).toEqual([['vvds.parquet', 3000]]);
    expect(made.names().filter(what => what === 'registry')).toHaveLength(2);
    model.dispose();
  });

  it('waits for a file that is still on its way from before', async () => {
    const made = services();
    const running: IUpload = {
      id: 'u1',
      product: 20,
      role: 0,
      name: 'vvds.parquet',
      state: 'running',
      done: 1,
      total: 4000,
      message: null,
      remedy: null
    };
    const model = await begun(made);
    made.backend.sendFile = async () => running;
    let looks = 0;
    made.backend.uploads = async () => (++looks < 3 ? [running] : [{ ...running, state: 'done' }]);
    const seen: string[] = [];
    model.changed.connect(() => model.progress && seen.push(model.progress.stage));
    await model.send();
    expect(looks).toBeGreaterThan(2);
    expect(seen).toContain('file');
    model.dispose();
  });

  it.each([
    ['goes on when its page is closed', (model: UploadModel) => model.dispose(), false],
    ['is stopped with the sending', (model: UploadModel) => model.stop(), true]
  ])('a file on its way %s', async (_, act, stopped) => {
    const made = services();
    const running: IUpload = {
      ...{ id: 'u1', product: 20, role: 0, name: 'vvds.parquet', state: 'running', done: 1, total: 4000 },
      ...{ message: null, remedy: null }
    };
    const model = await begun(made);
    made.backend.sendFile = async () => {
      act(model);
      return running;
    };
    await model.send();
    expect(made.names().includes('stop')).toBe(stopped);
    expect(made.drafts.get('aaaaaaaa')?.product).toBe(20);
    model.dispose();
  });

  it('stops when told to, without a word of trouble', async () => {
    const made = services();
    const model = await begun(made);
    const { registry } = made.backend;
    made.backend.registry = async product => {
      model.stop();
      await registry(product);
    };
    made.backend.columns = async (_, signal) => {
      signal?.throwIfAborted();
      return [];
    };
    await model.send();
    expect([model.state, model.trouble]).toEqual(['editing', null]);
    expect(made.drafts.get('aaaaaaaa')?.product).toBe(20);
    model.dispose();
  });
});

it('what is discarded is gone on the server too', async () => {
  const made = services();
  made.backend.sendFile = async () => {
    throw new Error('No answer.');
  };
  const model = await begun(made);
  await model.send();
  const later = made.make('bbbbbbbb');
  await later.load();
  await later.discard(later.drafts.value![0]);
  expect([made.drafts.size, made.products.size]).toEqual([0, 0]);
  [model, later].forEach(one => one.dispose());
});

it('what is discarded leaves the products of another server alone', async () => {
  const made = services();
  made.backend.sendFile = async () => {
    throw new Error('No answer.');
  };
  const model = await begun(made);
  await model.send();
  made.backend.server = async () => {
    throw new Error('No answer.'); // nobody knows which it is now
  };
  const later = made.make('bbbbbbbb');
  await later.load();
  await later.discard(later.drafts.value![0]);
  expect([made.drafts.size, made.products.size]).toEqual([0, 1]);
  [model, later].forEach(one => one.dispose());
});
