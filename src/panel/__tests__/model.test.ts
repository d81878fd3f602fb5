import { Signal } from '@lumino/signaling';

import type { IConfig, IProduct, IProductFilter } from '../../api';
import type { IKept, ISavedFilter } from '../filter';
import { type IPanelBackend, type IRecipeFile, PanelModel } from '../model';
import { VVDS } from '../product/__tests__/fixture';

const READY: IConfig = {
  version: '0.1.0',
  pzserver: {
    url: 'https://pz.example/api/',
    name: 'pz.example',
    configured: true,
    token: 'present',
    user: 'ana'
  },
  engine: { state: 'running' }
};

function product(id: number, change: Partial<IProduct> = {}): IProduct {
  const created = `2026-03-${String(id).padStart(2, '0')}T00:00:00Z`;
  return { ...VVDS, id, internalName: `${id}_cat`, displayName: `Catalogue ${id}`, created, ...change };
}

class Server implements IPanelBackend {
  answer: IConfig | Error = READY;
  listing: IProduct[] | Error = [product(1), product(2)];
  readonly asked: IProductFilter[] = [];
  readonly tokens: string[] = [];

  async config(): Promise<IConfig> {
    return ok(this.answer);
  }
  async setToken(token: string): Promise<void> {
    this.tokens.push(token);
  }
  async products(filter: IProductFilter): Promise<IProduct[]> {
    this.asked.push(filter);
    const all = ok(this.listing);
    return filter.official ? all.filter(one => one.official) : all;
  }
  rows = async (id: number) => 1000 * id;
  types = async () => [{ id: 1, name: 'redshift_catalog', displayName: 'Reference Redshift Catalog' }];
  releases = async () => [];
  users = async () => [{ name: 'ana', label: 'ana' }];
  readonly chosen: string[] = [];
  chooseServer = async (url: string) => void this.chosen.push(url);
  signOut = async () => void (this.answer = { ...READY, pzserver: { ...READY.pzserver, token: 'missing' } });
}

function ok<T>(value: T | Error): T {
  if (value instanceof Error) {
    throw value;
  }
  return value;
}

function folder(files: IRecipeFile[] | Error = []) {
  const it = {
    path: 'work',
    files,
    changed: null as unknown as Signal<unknown, void>,
    recipes: async () => ok(it.files)
  };
  it.changed = new Signal<unknown, void>(it);
  return it;
}

function made(server = new Server(), files: ReturnType<typeof folder> = folder()) {
  const model = new PanelModel({ backend: server, folder: files, auto: false, rest: 0 });
  return { model, server, files };
}

/** Until what was asked for has been answered. */
const settled = () => new Promise(resolve => setTimeout(resolve, 20));

describe('the account line', () => {
  it('asks, then says who we are', async () => {
    const { model } = made();
    expect(model.account.state).toBe('asking');
    await model.refresh();
    expect(model.account).toMatchObject({ state: 'ready', config: { pzserver: { user: 'ana' } } });
  });

  it('says in words that the server part is missing, and keeps the recipes', async () => {
    const server = new Server();
    server.answer = Object.assign(new Error('The server part is not running.'), { remedy: 'Install it.' });
    const { model } = made(server, folder([{ path: 'a.tsm.yaml', name: 'a.tsm.yaml', modified: '' }]));
    await model.refresh();
    expect(model.account).toEqual({
      state: 'away',
      message: 'The server part is not running.',
      remedy: 'Install it.'
    });
    expect(model.recipes.value).toHaveLength(1);
    server.answer = READY;
    await model.refresh();
    expect(model.account.state).toBe('ready');
  });

  it('says that the engine is down, and why', async () => {
    const server = new Server();
    server.answer = { ...READY, engine: { state: 'failed', message: 'No room on the disk.' } };
    const { model } = made(server);
    await model.refresh();
    expect(model.account).toMatchObject({ state: 'engine', message: 'No room on the disk.' });
  });

  it.each([
    ['missing', false],
    ['wrong', true]
  ] as const)('asks for a token that is %s and hands it to the server', async (token, wrong) => {
    const server = new Server();
    server.answer = { ...READY, pzserver: { ...READY.pzserver, token } };
    const { model } = made(server);
    await model.refresh();
    expect(model.account).toMatchObject({ state: 'token', wrong });
    server.answer = READY;
    await model.enterToken(' abc \n');
    expect(server.tokens).toEqual(['abc']);
    expect(model.account.state).toBe('ready');
  });
});

describe('catalogues', () => {
  it('keeps the list it has when a newer one can not be had', async () => {
    const { model, server } = made();
    await model.refresh();
    server.listing = new Error('The PZ Server does not answer.');
    await model.refresh();
    expect(model.catalogues.value).toHaveLength(2);
    expect(model.catalogues.trouble?.message).toBe('The PZ Server does not answer.');
    expect(model.recipes.trouble).toBeNull();
  });

  it('asks the server for what is searched and filtered', async () => {
    const { model, server } = made();
    model.filter = { search: 'vvds' };
    model.filter = { search: 'vvds', type: 'redshift_catalog', official: true };
    await settled();
    expect(server.asked.at(-1)).toEqual({ search: 'vvds', type: 'redshift_catalog', official: true });
    expect(model.filtered).toBe(true);
  });

  it('shows the answer to the last question, whichever comes last', async () => {
    const { model, server } = made();
    const answers: ((list: IProduct[]) => void)[] = [];
    server.products = () => new Promise(resolve => answers.push(resolve));
    model.filter = { type: 'old' };
    model.filter = { type: 'new' };
    answers[1]([product(2)]);
    await settled();
    answers[0]([product(1)]);
    await settled();
    expect(model.catalogues.value?.map(one => one.id)).toEqual([2]);
  });

  it('takes the newest official product of each type for the latest', async () => {
    const { model, server } = made();
    server.listing = [
      product(3, { official: true }),
      product(5, { official: true }),
      product(4, { official: true, type: 'training_set' }),
      product(9)
    ];
    await model.refresh();
    expect(model.latest.map(one => one.id)).toEqual([5, 4]);
  });

  it('asks for numbers of rows of what is shown, each once', async () => {
    const { model, server } = made();
    const rows = jest.spyOn(server, 'rows');
    model.counts.want('a', [1, 2, 3]);
    model.counts.want('b', [3, 4]);
    await settled();
    expect(rows.mock.calls.map(([id]) => id).sort()).toEqual([1, 2, 3, 4]);
    expect(model.counts.get(3)).toBe(3000);
  });
});

describe('the latest', () => {
  it('is told for each release', async () => {
    const { model, server } = made();
    server.listing = [
      product(3, { official: true, releaseId: 1 }),
      product(5, { official: true, releaseId: 2 }),
      product(7, { official: true, releaseId: 2 })
    ];
    await model.refresh();
    expect(model.latest.map(one => one.id)).toEqual([7, 3]);
  });
});

describe('what the sidebar remembers', () => {
  function kept(before: Partial<IKept>) {
    const written: IKept[] = [];
    const model = new PanelModel({
      backend: new Server(),
      folder: folder(),
      auto: false,
      rest: 0,
      keeper: { read: () => before, write: now => void written.push(now) }
    });
    return { model, written };
  }

  it('is there after a reload', () => {
    const { model } = kept({ filter: { mine: true, release: 'none' }, filtersOpen: true, folded: ['jobs'] });
    expect(model.filter).toEqual({ mine: true, release: 'none' });
    expect([model.filtersOpen, model.isFolded('jobs'), model.isFolded('latest')]).toEqual([
      true,
      true,
      false
    ]);
  });

  it('is written when it changes', async () => {
    const { model, written } = kept({});
    model.filter = { owner: 'ana' };
    model.fold('recipes', true);
    model.filtersOpen = true;
    expect(written.at(-1)).toEqual({ filter: { owner: 'ana' }, filtersOpen: true, folded: ['recipes'] });
    await settled();
  });

  it('is nothing where what is kept is no filter', () => {
    const { model } = kept({ filter: { search: 5, release: {}, other: 1 } as unknown as IProductFilter });
    expect(model.filter).toEqual({});
    expect(model.filtered).toBe(false);
  });
});

describe('filters with a name', () => {
  it('are saved, used and forgotten', async () => {
    const { model, server } = made();
    let list: readonly ISavedFilter[] = [];
    const saved = () => ({ list, keep: async (now: readonly ISavedFilter[]) => void (list = now) });
    model.savedFilters = saved();
    model.filter = { mine: true, status: 9 };
    await model.save('to mend');
    expect(list).toEqual([{ name: 'to mend', filter: { mine: true, status: 9 } }]);
    model.savedFilters = saved();
    model.filter = {};
    expect(model.inUse).toBeNull();
    model.filter = model.saved[0].filter;
    expect(model.inUse?.name).toBe('to mend');
    await settled();
    expect(server.asked.at(-1)).toEqual({ mine: true, status: 9 });
    await model.forget('to mend');
    expect(list).toEqual([]);
  });
});

describe('another server', () => {
  it('begins with an empty list: nothing of the old one is shown as its own', async () => {
    const { model, server } = made();
    await model.refresh();
    model.filter = { search: 'vvds', release: 4, owner: 'ana' };
    await settled();
    server.listing = new Error('This server does not answer.');
    await model.chooseServer('https://other.example/api/');
    expect(server.chosen).toEqual(['https://other.example/api/']);
    expect(model.catalogues.value).toBeNull();
    expect(model.catalogues.trouble?.message).toBe('This server does not answer.');
    expect(model.filter).toEqual({ search: 'vvds' }); // releases and people are others there
  });

  it('does not show how many rows a product of the old one has', async () => {
    const { model, server } = made();
    await model.refresh();
    const answers: ((rows: number) => void)[] = [];
    server.rows = () => new Promise(resolve => answers.push(resolve));
    model.counts.want('list', [5]);
    await model.chooseServer('https://other.example/api/');
    model.counts.want('list', [5]);
    answers[0](111);
    await settled();
    expect(model.counts.get(5)).toBeUndefined();
    answers[1](222);
    await settled();
    expect(model.counts.get(5)).toBe(222);
  });

  it('asks for a token after signing out', async () => {
    const { model } = made();
    await model.refresh();
    await model.signOut();
    expect(model.account).toMatchObject({ state: 'token', wrong: false });
  });
});

it('looks for recipes again when the folder changes', async () => {
  const { model, files } = made();
  files.files = [{ path: 'work/b.tsm.yaml', name: 'b.tsm.yaml', modified: '2026-03-01T00:00:00Z' }];
  files.changed.emit();
  await settled();
  expect(model.recipes.value?.map(one => one.name)).toEqual(['b.tsm.yaml']);
});
