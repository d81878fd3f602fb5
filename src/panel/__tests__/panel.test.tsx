/** @jest-environment jsdom */
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { act, fireEvent, render, screen, within } from '@testing-library/react';

import type { IConfig, IProduct } from '../../api';
import type { IJob, IJobs } from '../../tokens';
import { PanelModel } from '../model';
import { type IPanelActions, Panel } from '../panel';
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
  const model = new PanelModel({
    auto: false,
    folder,
    backend: {
      config: async () => {
        if (config instanceof Error) {
          throw config;
        }
        return config;
      },
      setToken: async () => undefined,
      products: async filter => (filter.official ? products.filter(one => one.official) : products),
      rows: async () => 47219,
      types: async () => [],
      releases: async () => []
    }
  });
  const list = { jobs, loading: false, troubles: [], refresh: jest.fn(), stop: jest.fn() };
  const all = Object.assign(list, { changed: new Signal(list), ended: new Signal(list) }) as unknown as IJobs;
  const actions: { [name in keyof IPanelActions]: jest.Mock } = {
    openProduct: jest.fn(),
    addProduct: jest.fn(),
    openRecipe: jest.fn(),
    newRecipe: jest.fn(),
    openFile: jest.fn(),
    addMenu: jest.fn()
  };
  render(<Panel model={model} jobs={all} JobList={() => <p>jobs</p>} actions={actions} trans={trans} />);
  await act(() => model.refresh());
  await act(async () => undefined);
  return { model, actions };
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
