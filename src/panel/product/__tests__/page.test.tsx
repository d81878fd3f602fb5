/** @jest-environment jsdom */
import { nullTranslator } from '@jupyterlab/translation';
import { act, fireEvent, render, screen, within } from '@testing-library/react';

import type { IProduct } from '../../../api';
import type { IProductActions } from '../actions';
import type { IProductBackend } from '../model';
import { ProductPage } from '../page';
import { services, TRAIN, VVDS } from './fixture';

const trans = nullTranslator.load('tsm');

async function shown(product: IProduct, change: Partial<IProductBackend> = {}) {
  const made = services(product, change, 1e6); // no look that is not asked for
  const actions: { [name in keyof IProductActions]: jest.Mock } = {
    explore: jest.fn(),
    useAsInput: jest.fn(),
    open: jest.fn(),
    changes: jest.fn(),
    resume: jest.fn(),
    openProcess: jest.fn(),
    delete: jest.fn(),
    attach: jest.fn(),
    removeFile: jest.fn(),
    download: jest.fn(),
    reveal: jest.fn()
  };
  const page = render(
    <ProductPage
      model={made.model}
      actions={actions}
      trans={trans}
      Markdown={({ text }) => <div data-testid="markdown">{text}</div>}
    />
  );
  await act(() => made.model.load());
  return { ...made, actions, page };
}

const button = (name: string | RegExp) => screen.getByRole('button', { name });
const noButton = (name: string | RegExp) => expect(screen.queryByRole('button', { name })).toBeNull();

it('says what it is, shows files and columns with their meaning, and opens it', async () => {
  const { actions, page } = await shown(VVDS);
  expect(screen.getByRole('heading', { level: 2 }).textContent).toBe('VVDS Final');
  expect(page.container.textContent).toContain('all users of this server');
  expect(screen.getByTestId('markdown').textContent).toContain('Deep slits.');
  const files = screen.getByRole('region', { name: /^Files/ });
  expect(within(files).getByRole('row', { name: /vvds.parquet main 47,219 4.8 MB/ })).toBeTruthy();
  const columns = screen.getByRole('region', { name: 'Table of columns' });
  expect(
    within(columns).getByRole('row', { name: 'ALPHA RA deg pos.eq.ra;meta.main Position' })
  ).toBeTruthy();
  expect(within(columns).getByRole('row', { name: 'Z z src.redshift Redshift' })).toBeTruthy();
  fireEvent.click(button('Open in explorer'));
  expect(actions.explore).toHaveBeenCalledWith(VVDS);
  fireEvent.click(button('Use as input'));
  expect(actions.useAsInput).toHaveBeenCalledWith(VVDS);
  expect(screen.getByText(/uploaded by ana/)).toBeTruthy();
});

it('offers no change of what is another’s, whatever the server would let through (Q5)', async () => {
  const rights = { isOwner: false, canUpdate: false, canDelete: false };
  await shown({ ...VVDS, ...rights });
  for (const name of ['Edit', 'Delete …', 'Attach files …', 'Remove notes.txt']) {
    noButton(name);
  }
  expect(button('Download vvds.parquet')).toBeTruthy();
});

it('goes on with the upload of a draft, where something offers that', async () => {
  const draft = { ...VVDS, status: 0 };
  const { actions } = await shown(draft);
  fireEvent.click(button('Go on with the upload'));
  expect(actions.resume).toHaveBeenCalledWith(draft);
  noButton('Use as input'); // not before it is published
});

it('goes on with an upload whose file could not be read, but not where a process failed', async () => {
  const { page } = await shown({ ...VVDS, status: 9 });
  expect(button('Go on with the upload')).toBeTruthy();
  page.unmount();
  await shown({ ...VVDS, status: 9, processId: 3 });
  noButton('Go on with the upload');
});

it('changes only what was edited', async () => {
  const { done } = await shown(VVDS);
  fireEvent.click(button('Edit'));
  expect(screen.queryByLabelText('Release')).toBeNull(); // redshift catalogues have none
  expect(screen.queryByLabelText('Official product')).toBeNull(); // for administrators
  expect((button('Save') as HTMLButtonElement).disabled).toBe(true);
  const description = screen.getByLabelText('Description, in Markdown');
  fireEvent.change(description, { target: { value: 'Deeper slits.' } });
  await act(async () => fireEvent.click(button('Save')));
  expect(done).toEqual([['change', 12, { description: 'Deeper slits.' }]]);
  expect(screen.getByTestId('markdown').textContent).toBe('Deeper slits.');
  noButton('Save');
});

it('keeps what was typed when the server refuses it, and says why', async () => {
  await shown(TRAIN, {
    change: async () => {
      throw Object.assign(new Error('release: Invalid pk.'), { remedy: null });
    }
  });
  fireEvent.click(button('Edit'));
  fireEvent.change(screen.getByLabelText('Release'), { target: { value: '' } });
  fireEvent.change(screen.getByLabelText('Name'), { target: { value: 'Better' } });
  await act(async () => fireEvent.click(button('Save')));
  expect(screen.getByRole('alert').textContent).toContain('release: Invalid pk.');
  expect(screen.getByLabelText<HTMLInputElement>('Name').value).toBe('Better');
  fireEvent.keyDown(screen.getByLabelText('Name'), { key: 'Escape' });
  expect(button('Save')).toBeTruthy(); // what was typed is not thrown away by a key
  fireEvent.click(button('Cancel'));
  noButton('Save');
});

it('shows where it comes from, and the configuration and flag rules of its process', async () => {
  const { actions, page } = await shown(TRAIN);
  const graph = screen.getByRole('region', { name: 'Inputs and processes, from left to right' });
  fireEvent.click(within(graph).getByRole('button', { name: /VVDS Final/ }));
  expect(actions.open).toHaveBeenCalledWith(VVDS);
  fireEvent.click(within(graph).getByRole('button', { name: /training_set_maker/ }));
  expect(actions.openProcess).toHaveBeenCalledWith(7);
  // the list says the same where there is no room for the picture
  expect(page.container.querySelector('.tsm-Provenance-list')!.textContent).toContain(
    'DP1 train made by training_set_maker · 1.0.6 · LSST DP1 · 2026-03-02 fromVVDS Final'
  );
  expect(screen.getByRole('row', { name: /crossmatch.*radius_arcsec/ })).toBeTruthy();
  expect(page.container.textContent).toContain('delta_z_threshold');
});

it('brings files into the folder, shows how far it is, and where it went', async () => {
  const download = {
    id: 'a',
    product: 12,
    main: true,
    state: 'running' as const,
    done: 2_406_000,
    total: 4_812_000,
    path: null,
    message: null,
    remedy: null
  };
  let now: object = download;
  const { actions, model, done } = await shown(VVDS, { downloads: async () => [now as typeof download] });
  await act(async () => fireEvent.click(button('Download vvds.parquet')));
  expect(actions.download).toHaveBeenCalledWith(true);
  expect(screen.getByText('2.4 MB of 4.8 MB')).toBeTruthy();
  await act(async () => fireEvent.click(button('Stop')));
  expect(done).toEqual([['stop', 'a']]);
  now = { ...download, state: 'failed', message: 'It broke off.', remedy: 'Start it again.' };
  await act(() => model.load());
  expect(screen.getByText('It broke off. Start it again.')).toBeTruthy();
  fireEvent.click(button('Go on'));
  expect(actions.download).toHaveBeenCalledTimes(2);
  now = { ...download, state: 'done', path: 'work/vvds.parquet' };
  await act(() => model.load());
  fireEvent.click(button('Show in file browser'));
  expect(actions.reveal).toHaveBeenCalledWith('work/vvds.parquet');
});

it('keeps the rest of the page when a part of it fails, and says which', async () => {
  await shown(VVDS, {
    columns: async () => {
      throw Object.assign(new Error('Columns: the server answered with error 500.'), {
        remedy: 'Try again.'
      });
    }
  });
  const part = screen.getByRole('region', { name: 'Columns' });
  expect(within(part).getByRole('alert').textContent).toContain('error 500');
  expect(screen.getByText('vvds.parquet')).toBeTruthy();
});

it('says what is wrong where there is no such product, and tries again', async () => {
  let there = false;
  await shown(VVDS, {
    product: async () => {
      if (!there) {
        throw Object.assign(new Error('No Product matches the given query.'), { remedy: 'It may be gone.' });
      }
      return VVDS;
    }
  });
  expect(screen.getByRole('alert').textContent).toContain('It may be gone.');
  there = true;
  await act(async () => fireEvent.click(button('Try again')));
  expect(screen.getByRole('heading', { level: 2 }).textContent).toBe('VVDS Final');
});

it('shows the first rows when they are asked for', async () => {
  const preview = jest.fn(async () => ({ columns: ['Z'], rows: [['0.6642']] }));
  const { page } = await shown(VVDS, { preview });
  expect(preview).not.toHaveBeenCalled();
  const details = page.container.querySelector('details')!;
  details.open = true;
  await act(async () => fireEvent(details, new Event('toggle')));
  expect(screen.getByText('0.6642')).toBeTruthy();
});

it('says whether an official catalogue is the latest, by which rule, and what changed since the one before', async () => {
  const v1 = {
    ...VVDS,
    id: 11,
    official: true,
    displayName: 'DP1 compilation v1',
    created: '2026-01-01T00:00:00Z'
  };
  const v2 = { ...VVDS, official: true, displayName: 'DP1 compilation v2' };
  const { actions } = await shown(v2, {
    products: async () => [v1, v2, { ...v1, id: 3, displayName: 'VVDS' }]
  });
  const versions = screen.getByRole('region', { name: /^Versions 2/ });
  expect(within(versions).getByText('Latest')).toBeTruthy();
  expect(versions.textContent).toContain('The server has no mark for the latest.');
  fireEvent.click(button('What changed since DP1 compilation v1'));
  expect(actions.changes).toHaveBeenCalledWith(v1, v2);
});

it('offers the latest in place of an older one', async () => {
  const v1 = { ...VVDS, official: true, displayName: 'DP1 compilation v1', created: '2026-01-01T00:00:00Z' };
  const v2 = { ...VVDS, id: 13, official: true, displayName: 'DP1 compilation v2' };
  const { actions } = await shown(v1, { products: async () => [v2, v1] });
  expect(screen.getByText('There is a newer one')).toBeTruthy();
  fireEvent.click(button('Use the latest'));
  expect(actions.useAsInput).toHaveBeenCalledWith(v2);
});

it('tells how each of its sources is cited', async () => {
  await shown(TRAIN);
  const sources = screen.getByRole('table', { name: 'Its sources' });
  expect(within(sources).getByRole('row', { name: /VVDS Final Le Fèvre et al. 2013/ })).toBeTruthy();
});
