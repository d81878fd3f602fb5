import { nullTranslator } from '@jupyterlab/translation';

import type { IDownload, IProduct } from '../../../api';
import { citation, citeSection, pythonOf, sharedName, shareText } from '../cite';
import { layOut, originOf } from '../origin';
import { accessOf, stateOf } from '../words';
import { DP1, PROCESS, services, TRAIN, VVDS } from './fixture';

const trans = nullTranslator.load('tsm');
const REMOTE = { url: 'https://pz.example/api/', name: 'pz.example', kind: 'other' };
const ENGINE = { url: '', name: 'this machine', kind: 'engine' };

describe('columns', () => {
  it('have units and meanings of the file, as far as the server does not say them', async () => {
    const { model } = services(VVDS);
    await model.load();
    expect(model.columns.map(({ name, alias, unit, ucd }) => [name, alias, unit, ucd])).toEqual([
      ['ALPHA', 'RA', 'deg', 'pos.eq.ra;meta.main'],
      ['Z', 'z', null, 'src.redshift'],
      ['MAGI', null, 'mag', 'phot.mag']
    ]);
    model.dispose();
  });

  it('of a large file are not read without being asked', async () => {
    const describe = jest.fn();
    const { model, backend } = services(VVDS);
    backend.describe = describe;
    backend.files = async () => [
      {
        id: 1,
        name: 'big.parquet',
        role: 0,
        mime: null,
        size: 5e9,
        rows: null,
        isFolder: false,
        canDelete: true
      }
    ];
    await model.load();
    expect(describe).not.toHaveBeenCalled();
    model.dispose();
  });
});

describe('a change', () => {
  it('tells what the server left as it was', async () => {
    const { model, backend } = services(VVDS);
    await model.load();
    backend.change = async () => ({ ...VVDS, displayName: 'New' });
    const edited = jest.fn();
    model.edited.connect(edited);
    await expect(model.change({ displayName: 'New', official: true })).resolves.toEqual(['official']);
    expect(model.product.value?.displayName).toBe('New');
    expect(edited).toHaveBeenCalledTimes(1);
    await expect(model.change({ displayName: 'New\n' })).resolves.toEqual([]); // blanks are cut off there
    model.dispose();
  });
});

it('says what an action failed with, and goes on', async () => {
  const refusal = Object.assign(new Error('You do not have permission.'), { remedy: 'Ask its owner.' });
  const { model, backend } = services(VVDS);
  await model.load();
  backend.deleteProduct = async () => {
    throw refusal;
  };
  const gone = jest.fn();
  model.deleted.connect(gone);
  await expect(model.delete()).rejects.toBe(refusal);
  expect(model.trouble).toEqual({ message: 'You do not have permission.', remedy: 'Ask its owner.' });
  expect(gone).not.toHaveBeenCalled();
  await model.removeFile(2);
  expect(model.trouble).toBeNull();
  model.dispose();
});

it('follows a download to its end, also one that was begun before the page was opened', async () => {
  const one: IDownload = {
    id: 'a',
    product: 12,
    main: true,
    state: 'running',
    done: 10,
    total: 20,
    path: null,
    message: null,
    remedy: null
  };
  let looks = 0;
  const { model } = services(VVDS, {
    downloads: async () => [
      { ...one, id: 'b', product: 99 },
      ++looks < 3 ? one : { ...one, state: 'done', done: 20, path: 'work/vvds.parquet' }
    ]
  });
  const end = new Promise<void>(resolve => {
    model.changed.connect(() => model.downloads[0]?.state === 'done' && resolve());
  });
  await model.load();
  await end;
  expect(model.downloads.map(({ id, path }) => [id, path])).toEqual([['a', 'work/vvds.parquet']]);
  model.dispose();
});

describe('the state', () => {
  const of = (change: Partial<IProduct>, files = 0) => stateOf({ ...TRAIN, ...change }, files, trans);

  it('of a product whose process was stopped is not “processing” (Q17)', () => {
    expect(of({ status: 3, processStatus: 'Stopped' }).label).toBe('Stopped');
    expect(of({ status: 3, processStatus: 'Running' }).label).toBe('Processing');
  });

  it('of a failed process with files says that there are some (Q16)', () => {
    expect(of({ status: 9 }, 2).note).toMatch(/there are files/);
    expect(of({ status: 9 }, 0).note).toMatch(/log/);
    expect(of({ status: 9, processId: null }).note).toMatch(/could not be read/);
  });
});

it('tells who may see it', () => {
  expect(accessOf(VVDS, null, trans).restricted).toBe(false);
  expect(accessOf(TRAIN, DP1, trans)).toEqual({ label: 'those with rights to LSST DP1', restricted: true });
  expect(accessOf(TRAIN, { ...DP1, isPublic: true }, trans).restricted).toBe(false);
  expect(accessOf(TRAIN, null, trans).restricted).toBe(true); // not known: not called public
});

describe('where it comes from', () => {
  const combined: IProduct = { ...VVDS, id: 15, displayName: 'Combined', processId: 6 };

  it('is followed through processes and their inputs, each asked for once', async () => {
    const asked: number[] = [];
    const origin = await originOf(TRAIN, async id => {
      asked.push(id);
      return id === 7 ? { ...PROCESS, inputs: [combined, VVDS] } : { ...PROCESS, id, inputs: [VVDS] };
    });
    expect(asked).toEqual([7, 6]);
    const { nodes, edges, columns } = layOut(origin);
    expect(nodes.map(({ key }) => key).sort()).toEqual([
      'process:6',
      'process:7',
      'product:12',
      'product:15',
      'product:18'
    ]);
    expect(edges).toHaveLength(5);
    expect(columns).toBe(5);
    for (const { from, to } of edges) {
      expect(from.column).toBeLessThan(to.column); // inputs are to the left
    }
    expect(new Set(nodes.map(({ column, row }) => `${column} ${row}`)).size).toBe(nodes.length);
  });

  it('has an end where a process can not be seen, or would go round', async () => {
    const origin = await originOf(TRAIN, async id => {
      if (id === 6) {
        throw new Error('not yours');
      }
      return { ...PROCESS, inputs: [combined, TRAIN] };
    });
    expect(origin.inputs.map(({ product, more }) => [product.id, more])).toEqual([[15, true]]);
  });
});

describe('citing', () => {
  it('takes what the description asks for, no more', () => {
    expect(citeSection(VVDS.description)).toBe('Le Fèvre et al. 2013.');
    expect(citeSection('Nothing about it.')).toBeNull();
  });

  it('names the product, its server and what it was made from', async () => {
    const text = citation(TRAIN, await originOf(TRAIN, async () => PROCESS), REMOTE);
    expect(text).toContain('DP1 train (18_train), Training Set, LSST DP1, by ana, 2026-03-02, pz.example.');
    expect(text).toContain('- VVDS Final (12_vvds)');
    expect(text).toContain('Le Fèvre et al. 2013.');
    expect(citation(VVDS, null, { ...REMOTE, kind: 'real' })).toContain('LIneA');
  });
});

describe('what is handed on', () => {
  it('is a link to the server’s site, or the name where there is none; both open here again', () => {
    const link = shareText(VVDS, REMOTE);
    expect(link).toBe('https://pz.example/product/12_vvds');
    expect(shareText(VVDS, ENGINE)).toBe('12_vvds');
    expect([link, `${link}/?tab=1`, '12_vvds', ' 12 '].map(sharedName)).toEqual([
      '12_vvds',
      '12_vvds',
      '12_vvds',
      '12'
    ]);
  });

  it('is Python without a token', () => {
    expect(pythonOf(VVDS, ENGINE)).toBe('import pz_tsm\n\ntable = pz_tsm.read({"pzserver": "12_vvds"})\n');
    expect(pythonOf(VVDS, REMOTE)).toContain('"https://pz.example/api/"');
    const other = pythonOf({ ...VVDS, type: 'other' }, { ...REMOTE, kind: 'real' });
    expect(other).toContain('PzServer(token=getpass("API token: "), host="pz")');
  });
});
