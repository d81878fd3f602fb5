/** @jest-environment jsdom */
import { nullTranslator } from '@jupyterlab/translation';
import { MessageLoop } from '@lumino/messaging';
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';
import { act, fireEvent, render, screen, within } from '@testing-library/react';

import type { IConfig, IProduct } from '../../api';
import type { IJob, IJobs } from '../../tokens';
import { PanelModel } from '../model';
import { type IPanelActions, Panel, PanelWidget } from '../panel';
import { lastRun } from '../recipes';

const trans = nullTranslator.load('tsm');

const CONFIG: IConfig = {
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

const VVDS = {
  id: 7,
  internalName: '7_vvds',
  displayName: 'VVDS Final',
  type: 'redshift_catalog',
  typeName: 'Reference Redshift Catalog',
  release: null,
  owner: 'ana',
  status: 1,
  official: true,
  description: '',
  created: '2026-03-02T10:00:00Z'
} as IProduct;

function job(change: Partial<IJob>): IJob {
  return {
    key: 'run:1',
    kind: 'run',
    id: '1',
    name: 'ecdfs',
    state: 'done',
    stage: '',
    fraction: 1,
    created: '2026-03-02T10:00:00Z',
    started: null,
    ended: '2026-03-02T10:10:00Z',
    owner: null,
    canStop: false,
    path: 'work/ecdfs.tsm.yaml',
    bundle: null,
    product: null,
    trouble: null,
    ...change
  };
}

async function shown({
  config = CONFIG as IConfig | Error,
  products = [VVDS] as IProduct[],
  jobs = [] as IJob[]
} = {}) {
  const folder = {
    path: 'work',
    changed: null as unknown as Signal<unknown, void>,
    recipes: async () => [
      { path: 'work/ecdfs.tsm.yaml', name: 'ecdfs.tsm.yaml', modified: '2026-03-01T00:00:00Z' }
    ]
  };
  folder.changed = new Signal(folder);
  const chooseServer = jest.fn(async (_: string) => undefined);
  const model = new PanelModel({
    auto: false,
    rest: 0,
    folder,
    backend: {
      config: async () => {
        if (config instanceof Error) {
          throw config;
        }
        return config;
      },
      setToken: async () => {
        throw Object.assign(new Error('It does not accept this token.'), { remedy: 'Make a new one.' });
      },
      products: async filter => (filter.official ? products.filter(one => one.official) : products),
      rows: async () => 47219,
      types: async () => [],
      releases: async () => [{ id: 2, name: 'dp1', displayName: 'LSST DP1' }],
      users: async () => [{ name: 'ana', label: 'ana (Ana Silva)' }],
      chooseServer,
      signOut: async () => undefined
    }
  });
  const list = { jobs, loading: false, troubles: [], refresh: jest.fn(), stop: jest.fn() };
  const all = Object.assign(list, { changed: new Signal(list), ended: new Signal(list) }) as unknown as IJobs;
  const actions: { [name in keyof IPanelActions]: jest.Mock } = {
    openProduct: jest.fn(),
    aboutProduct: jest.fn(),
    cite: jest.fn(),
    addProduct: jest.fn(),
    openRecipe: jest.fn(),
    newRecipe: jest.fn(),
    openFile: jest.fn(),
    newProcess: jest.fn(),
    showProcesses: jest.fn(),
    showPublic: jest.fn(),
    addFiles: jest.fn(),
    bringFiles: jest.fn(),
    addMenu: jest.fn()
  };
  const props = { model, jobs: all, JobList: () => <p>jobs</p>, actions, trans };
  render(<Panel {...props} />);
  await act(() => model.refresh());
  await act(async () => undefined);
  return { model, actions, chooseServer, props };
}

it('lists a catalogue with rows, owner and day; opens it, and adds it to a recipe', async () => {
  const { actions } = await shown();
  const list = screen.getByRole('list', { name: 'Catalogues' });
  expect(within(list).getByText('VVDS Final')).toBeTruthy();
  expect(within(list).getByText('47,219')).toBeTruthy();
  expect(within(list).getByText('official · 2026-03-02')).toBeTruthy();
  fireEvent.click(within(list).getByText('VVDS Final'));
  expect(actions.openProduct).toHaveBeenCalledWith(VVDS);
  fireEvent.click(within(list).getByRole('button', { name: 'Add VVDS Final to the recipe' }));
  expect(actions.addProduct).toHaveBeenCalledWith(VVDS);
});

it('takes the keyboard to its search, but not from who has gone on while it was drawn', async () => {
  const { props } = await shown();
  const widget = new PanelWidget(props);
  const search = widget.node.appendChild(Object.assign(document.createElement('input'), { type: 'search' }));
  const elsewhere = document.body.appendChild(document.createElement('input'));
  document.body.appendChild(widget.node);

  widget.renderPromise = Promise.resolve();
  MessageLoop.sendMessage(widget, Widget.Msg.ActivateRequest);
  await widget.renderPromise;
  expect(document.activeElement).toBe(search);

  search.blur();
  MessageLoop.sendMessage(widget, Widget.Msg.ActivateRequest);
  elsewhere.focus();
  await widget.renderPromise;
  expect(document.activeElement).toBe(elsewhere);
});

it('tells what a catalogue is, and what to cite of the latest', async () => {
  const { actions } = await shown();
  const latest = screen.getByRole('list', { name: 'Latest official products' });
  fireEvent.click(within(latest).getByRole('button', { name: 'About VVDS Final' }));
  expect(actions.aboutProduct).toHaveBeenCalledWith(VVDS);
  fireEvent.click(within(latest).getByRole('button', { name: 'Copy what to cite of VVDS Final' }));
  expect(actions.cite).toHaveBeenCalledWith(VVDS);
});

it('opens the page of what is no table, and says that a product has failed', async () => {
  const failed = { ...VVDS, id: 8, displayName: 'Broken', status: 9, official: false } as IProduct;
  const model = { ...VVDS, id: 9, displayName: 'A model', type: 'training_results' } as IProduct;
  const { actions } = await shown({ products: [failed, model] });
  const list = screen.getByRole('list', { name: 'Catalogues' });
  fireEvent.click(within(list).getByText('Broken'));
  fireEvent.click(within(list).getByText('A model'));
  expect(actions.aboutProduct.mock.calls).toEqual([[failed], [model]]);
  expect(actions.openProduct).not.toHaveBeenCalled();
  expect(within(list).getByText('Failed · ana · 2026-03-02')).toBeTruthy();
  expect(within(list).queryByRole('button', { name: 'Add Broken to the recipe' })).toBeNull();
});

it('narrows the list by whose, release, owner and status, and says how many filters are in use', async () => {
  const { model } = await shown();
  fireEvent.click(screen.getByRole('button', { name: 'Filters' }));
  const choose = (name: string, value: string) =>
    act(async () => fireEvent.change(screen.getByRole('combobox', { name }), { target: { value } }));
  await choose('Release', '2');
  await choose('Owner', 'ana');
  await choose('Status', '9');
  expect(model.filter).toMatchObject({ release: 2, owner: 'ana', status: 9 });
  expect(screen.getByRole('button', { name: 'Filters: 3 in use' })).toBeTruthy();
  await choose('Show', 'mine');
  expect(model.filter.mine).toBe(true);
  expect(screen.queryByRole('combobox', { name: 'Owner' })).toBeNull(); // it is oneself
  await choose('Release', 'none');
  expect(model.filter.release).toBe('none');
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Clear filters' })));
  expect(screen.getByRole('button', { name: 'Filters' })).toBeTruthy();
});

it('gives the filters a name', async () => {
  const { model } = await shown();
  const keep = jest.fn(async () => undefined);
  await act(async () => {
    model.filtersOpen = true;
    model.savedFilters = { list: [{ name: 'old', filter: { search: 'x' } }], keep };
    model.filter = { official: true };
  });
  fireEvent.click(screen.getByRole('button', { name: 'Save this filter …' }));
  fireEvent.change(screen.getByRole('textbox', { name: 'Name of the filter' }), {
    target: { value: 'good' }
  });
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Save' })));
  expect(keep).toHaveBeenCalledWith([
    { name: 'old', filter: { search: 'x' } },
    { name: 'good', filter: { official: true } }
  ]);
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'old' })));
  expect(model.filter).toEqual({ search: 'x' });
});

describe('the account', () => {
  const remote: IConfig = {
    ...CONFIG,
    pzserver: {
      ...CONFIG.pzserver,
      kind: 'real',
      fixed: false,
      choices: [
        { url: 'https://pz.example/api/', name: 'PZ Server', kind: 'real' },
        { url: '', name: 'this machine', kind: 'engine' }
      ],
      kept: '~/.config/pz-tsm/token',
      rsp: '/etc/nublado/secrets/token'
    }
  };

  it('says who, where the tokens are, and changes the server', async () => {
    const { chooseServer } = await shown({ config: remote });
    fireEvent.click(screen.getByRole('button', { name: /pz\.example · ana/ }));
    expect(screen.getByText(/Signed in as ana/).textContent).toContain('~/.config/pz-tsm/token');
    expect(screen.getByText(/Science Platform/).textContent).toContain('/etc/nublado/secrets/token');
    expect(screen.getByRole('button', { name: 'Sign out' })).toBeTruthy();
    const server = screen.getByRole('combobox', { name: 'Server' });
    await act(async () => fireEvent.change(server, { target: { value: '' } }));
    expect(chooseServer).toHaveBeenCalledWith('');
  });

  it('takes the address of another server', async () => {
    const { chooseServer } = await shown({ config: remote });
    fireEvent.click(screen.getByRole('button', { name: /pz\.example · ana/ }));
    fireEvent.change(screen.getByRole('combobox', { name: 'Server' }), { target: { value: 'other' } });
    const address = screen.getByRole('textbox', { name: 'Address of its interface' });
    fireEvent.change(address, { target: { value: 'https://else.example/api/' } });
    await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Use it' })));
    expect(chooseServer).toHaveBeenCalledWith('https://else.example/api/');
  });

  it('does not offer to forget a token that is a variable’s', async () => {
    const pzserver = { ...remote.pzserver, kept: 'PZSERVER_TOKEN' };
    await shown({ config: { ...remote, pzserver } });
    fireEvent.click(screen.getByRole('button', { name: /pz\.example · ana/ }));
    expect(screen.queryByRole('button', { name: 'Sign out' })).toBeNull();
  });

  it('explains what a new token does, says why one is refused, and keeps none in the page', async () => {
    const pzserver = { ...remote.pzserver, token: 'missing' as const, user: null, kept: null };
    await shown({ config: { ...remote, pzserver } });
    expect(screen.getByText(/A new token ends the old one/)).toBeTruthy();
    const input = screen.getByLabelText<HTMLInputElement>('API token');
    expect(input.type).toBe('password');
    fireEvent.change(input, { target: { value: 'abc' } });
    await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Use it' })));
    expect(screen.getByRole('alert').textContent).toBe('It does not accept this token. Make a new one.');
    expect(input.value).toBe('');
  });
});

it('shows the last run of a recipe, and opens the recipe', async () => {
  const { actions } = await shown({ jobs: [job({ state: 'failed' })] });
  const list = screen.getByRole('list', { name: 'Recipes' });
  expect(list.textContent).toMatch(/ecdfs\.tsm\.yaml.*failed/);
  fireEvent.click(within(list).getByText('ecdfs.tsm.yaml'));
  expect(actions.openRecipe).toHaveBeenCalledWith('work/ecdfs.tsm.yaml');
});

it('keeps recipes when the server part is missing, and says what to do', async () => {
  await shown({
    config: Object.assign(new Error('The server part is not running.'), {
      remedy: 'Install it where Jupyter runs.'
    })
  });
  expect(screen.getByText('The server part is not running.')).toBeTruthy();
  expect(screen.getByText('Install it where Jupyter runs.')).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Try again' })).toBeTruthy();
  expect(screen.getByText('ecdfs.tsm.yaml')).toBeTruthy();
});

it('says what to do first where there are no catalogues', async () => {
  const { actions } = await shown({ products: [] });
  fireEvent.click(screen.getByRole('button', { name: 'Open a file …' }));
  expect(actions.openFile).toHaveBeenCalled();
});

it('has headings, landmarks and names for all its buttons', async () => {
  await shown();
  expect(screen.getByRole('region', { name: 'PZ training sets' })).toBeTruthy();
  expect(screen.getAllByRole('heading', { level: 3 }).map(one => one.textContent)).toEqual([
    'Latest',
    'Catalogues',
    'Public catalogues',
    'Recipes',
    'Jobs'
  ]);
  for (const button of screen.getAllByRole('button')) {
    expect(button.getAttribute('aria-label') || button.textContent).toBeTruthy();
  }
});

it('takes the newest run of exactly that recipe', () => {
  const recipe = { path: 'work/ecdfs.tsm.yaml', name: 'ecdfs.tsm.yaml', modified: '' };
  const other = job({ key: 'run:2', path: 'work/my_ecdfs.tsm.yaml' });
  expect(lastRun(recipe, [other])).toBeUndefined();
  expect(lastRun(recipe, [other, job({})])?.key).toBe('run:1');
});
