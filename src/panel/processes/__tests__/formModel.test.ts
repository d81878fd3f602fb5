import { UnreachableError } from '../../../api';
import { cleanedDraft } from '../draft';
import { COLUMNS, COMBINE, form, MemoryDrafts, process, product, TSM } from './fixture';

/** Everything that a Combine process needs. */
async function combine(change: Parameters<typeof form>[0] = {}) {
  const made = form(change);
  await made.model.load();
  made.model.change({ pipeline: COMBINE.name, name: 'both' });
  made.model.choose(product(4, 'VVDS'), true);
  made.model.choose(product(5, 'VIPERS'), true);
  await nextTick();
  return made;
}

const nextTick = () => new Promise(resolve => setImmediate(resolve));

const messages = (model: { problems: readonly { level: string; message: string }[] }, level = 'error') =>
  model.problems.filter(one => one.level === level).map(one => one.message);

describe('parameters', () => {
  it('are those of the server, with its defaults; a seed is proposed where it has none', async () => {
    const { model } = form();
    await model.load();
    expect(model.draft.pipeline).toBe(TSM.name);
    const values = model.draft.values[TSM.name];
    expect(values).toMatchObject({ 'crossmatch.radius_arcsec': 1, train_fraction: 0.7, selected_cols: [] });
    expect(values.random_seed).toEqual(expect.any(Number));
    expect(model.parameters.find(one => one.path === 'crossmatch.radius_arcsec')?.title).toBe(
      'Radius (arcsec)'
    );
  });

  it('that are not known here are shown as they are', async () => {
    const newer = { ...TSM, parameters: { ...TSM.parameters, magic: { depth: 3 }, mode: 'fast' } };
    const { model } = form({ pipelines: async () => [newer] });
    await model.load();
    expect(model.parameters.filter(one => one.title === one.path).map(one => [one.path, one.kind])).toEqual([
      ['magic.depth', 'number'],
      ['mode', 'text']
    ]);
    expect(model.draft.values[TSM.name]).toMatchObject({ 'magic.depth': 3, mode: 'fast' });
  });

  it('that the job knows and the server does not list are there, and marked', async () => {
    const { model } = await combine();
    const ties = model.parameters.find(one => one.path === 'tie_treatment_option');
    expect(ties).toMatchObject({ extra: true, kind: 'choice' });
    expect(model.parameters.some(one => one.path === 'flags_translation_file')).toBe(false);
  });

  it('follow the release: what it does not offer gives way to what it would take', async () => {
    const { model } = form();
    await model.load();
    expect(model.draft.release).toBe(2); // the only one
    expect(model.draft.values[TSM.name]).toMatchObject({ flux_type: 'cmodel', convert_flux_to_mag: true });
    model.set({ flux_type: 'gaap' }); // of the release, but not to be had
    expect(messages(model)).toContain('gaap is not offered for LSST DP1, but cmodel.');
  });
});

describe('checks before sending', () => {
  it('name what is missing', async () => {
    const { model, backend } = form({ releases: async () => [] });
    await model.load();
    expect(messages(model)).toEqual([
      'The product needs a name.',
      'Choose a redshift catalogue.',
      'There is no release that you may use. Ask those who run the server for access.'
    ]);
    expect(await model.submit()).toBeNull();
    expect(backend.submitProcess).not.toHaveBeenCalled();
  });

  it.each([
    [{ train_fraction: 1 }, 'Fraction for training must lie between 0 and 1.'],
    [{ train_fraction: null }, 'Fraction for training: a number is needed.'],
    [{ 'crossmatch.radius_arcsec': 0 }, 'Radius (arcsec) must lie between 0 and 90.'],
    [{ 'crossmatch.n_neighbors': 1.5 }, 'Objects per redshift: a whole number is needed.'],
    [{ 'crossmatch.n_neighbors': 0 }, 'Objects per redshift must be from 1 to 100.'],
    [{ random_seed: 'abc' }, 'Seed: abc is no number.']
  ])('look at values: %j', async (values, message) => {
    const { model } = form();
    await model.load();
    model.set(values);
    expect(messages(model)).toContain(message);
  });

  it('say that a split without a seed can’t be made again', async () => {
    const { model } = form();
    await model.load();
    model.set({ random_seed: null });
    expect(messages(model, 'warning')).toContain('Without a seed the split can’t be made again.');
  });

  it.each([
    [
      'of another type (Q22)',
      { product: async () => product(4, 'Train', { type: 'training_set', typeName: 'Training Set' }) },
      'Train is of type Training Set, which this pipeline can’t take.'
    ],
    [
      'that is not published (Q22)',
      { product: async () => product(4, 'Old', { status: 9 }) },
      'Old is not published.'
    ],
    [
      'without a position',
      { columns: async () => COLUMNS.filter(one => one.alias !== 'Dec') },
      'VVDS has no single column that is associated as Dec. Its owner can say which it is.'
    ],
    [
      'with two columns for one thing',
      { columns: async () => [...COLUMNS, { id: 99, name: 'z2', ucd: null, alias: 'Z' }] },
      'VVDS has no single column that is associated as z. Its owner can say which it is.'
    ],
    [
      'whose file has blanks in its name (Q7)',
      { files: async () => [{ id: 1, role: 0, name: 'my cat.csv' }] },
      'The file “my cat.csv” of VVDS has blanks or special characters in its name'
    ]
  ])('refuse an input %s', async (_, change, message) => {
    const drafts = new MemoryDrafts(cleanedDraft({ pipeline: TSM.name, name: 'x', inputs: [4] }));
    const { model } = form({ products: async () => [], ...(change as object) }, drafts);
    await model.load();
    expect(messages(model).join()).toContain(message);
  });

  it('warn of an input whose flags can’t be translated', async () => {
    const { model } = await combine({ columns: async () => COLUMNS.slice(0, 4) });
    await nextTick();
    expect(messages(model, 'warning')).toContain(
      'VVDS has no column associated as z_flag, survey: its flags can’t be brought to the common scale.'
    );
    expect(messages(model)).toEqual([]);
  });

  it('take one catalogue for a training set: another one takes its place', async () => {
    const { model } = form();
    await model.load();
    model.choose(product(4, 'VVDS'), true);
    model.choose(product(5, 'VIPERS'), true);
    expect(model.draft.inputs).toEqual([5]);
  });
});

describe('sending', () => {
  it('sends what was entered, keeps what was sent, and forgets the draft', async () => {
    const { model, backend, drafts } = await combine();
    model.set({ combine_type: 'concatenate_and_mark_duplicates' });
    const made = await model.submit();
    expect(made?.id).toBe(9);
    expect(backend.submitProcess.mock.calls[0][0]).toMatchObject({
      ...{ name: 'both', pipeline: 2, inputs: [4, 5], release: null, flags: null, format: null },
      param: { combine_type: 'concatenate_and_mark_duplicates', tie_treatment_option: 'remove_all' }
    });
    expect(drafts.all[0].key).toBe('https://pz.example/api/ 9');
    expect(drafts.draft).toMatchObject({ name: '', inputs: [], pipeline: COMBINE.name });
  });

  it('tells first what the server would ignore or change, and sends when asked again', async () => {
    const param = { combine_type: 'concatenate', z_flag_homogenized_value_to_cut: 3 };
    const said = {
      param: { ...COMBINE.parameters, ...param, extra_columns: {} },
      warnings: ['No footprint.']
    };
    const { model, backend } = await combine({ checkProcess: async () => said });
    expect(await model.submit()).toBeNull();
    expect(model.told).toEqual(['tie_treatment_option = remove_all was ignored.', 'No footprint.']);
    expect(backend.submitProcess).not.toHaveBeenCalled();
    expect((await model.submit())?.id).toBe(9);
  });

  it('never sends twice what may have arrived: it is looked for when the network is back', async () => {
    let found: unknown = null;
    const lost = () => Promise.reject(new UnreachableError('The Jupyter server does not answer.'));
    const { model, drafts } = await combine({
      submitProcess: lost,
      submitted: async () => found as never
    });
    const before = drafts.draft;
    expect(await model.submit()).toBeNull();
    expect(model.unsure).toBe(true);
    expect(model.trouble?.message).toMatch(/not known whether the process was started/);
    expect(drafts.draft).toEqual(before); // nothing typed is lost

    found = process({ id: 11 });
    expect((await model.lookAgain())?.id).toBe(11);
    expect(model.unsure).toBe(false);
  });

  it('of what did not arrive is offered again', async () => {
    const lost = () => Promise.reject(new UnreachableError('Gone.'));
    const { model } = await combine({ submitProcess: lost });
    await model.submit();
    expect(await model.lookAgain()).toBeNull();
    expect([model.unsure, model.trouble?.message]).toEqual([false, 'The process was not started.']);
  });

  it('tells what the server refuses, and keeps all that was entered', async () => {
    const refused = () => Promise.reject(Object.assign(new Error('No room.'), { remedy: 'Wait.' }));
    const { model, drafts } = await combine({ submitProcess: refused });
    await model.submit();
    expect(model.trouble).toEqual({ message: 'No room.', remedy: 'Wait.' });
    expect(drafts.draft).toMatchObject({ name: 'both', inputs: [4, 5] });
  });
});

it('begins with what an earlier process was run with', async () => {
  const config = {
    output_format: 'fits',
    param: {
      ...COMBINE.parameters,
      z_flag_homogenized_value_to_cut: 4,
      flags_translation_file: '/data/27/mine.yaml'
    }
  };
  const { model } = form({ process: async () => process({ status: 'Failed', config }) });
  await model.load();
  await model.take(9, name => `${name} 2`);
  expect(model.draft).toMatchObject({
    pipeline: COMBINE.name,
    name: 'both 2',
    inputs: [4, 5],
    format: 'fits'
  });
  expect(model.draft.values[COMBINE.name]).toMatchObject({ z_flag_homogenized_value_to_cut: 4 });
  expect(model.notice).toContain('mine.yaml');
  expect(model.replaced).toBe(false);
});

it('gives back what was entered before a process was tried again', async () => {
  const { model } = await combine();
  const before = model.draft;
  await model.take(9, name => `${name} 2`);
  expect([model.draft.name, model.replaced]).toEqual(['both 2', true]);
  model.takeBack();
  expect([model.draft, model.replaced]).toEqual([before, false]);
});

it('can be had as Python for the official client, without the token', async () => {
  const { model } = await combine();
  model.change({ flags: 'rules.yaml', format: 'fits' });
  const text = model.python!;
  expect(text).toContain('process = server.combine_redshift_catalogs("both")\nprocess.append_catalog(_id=4)');
  expect(text).toContain('"insert_rubin_footprint_flag": True');
  expect(text).toContain('"output_format": "fits"');
  expect(text).toContain('process.set_flags_translation("rules.yaml")');
  model.change({ pipeline: TSM.name });
  model.set({ random_seed: null });
  expect(model.python).toContain('process.set_release(release_id=2)');
  expect(model.python).toContain('"random_seed": None');
});

it('finds the draft again, and takes nothing from it that is no draft', async () => {
  const { drafts } = await combine();
  const again = form({}, drafts);
  expect(again.model.draft).toMatchObject({ name: 'both', inputs: [4, 5] });
  expect(cleanedDraft({ inputs: ['a', 4], release: 'x', name: 7 })).toMatchObject({
    ...{ inputs: [4], release: null, name: '' }
  });
  expect(cleanedDraft(null).pipeline).toBe('');
});
