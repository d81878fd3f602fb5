/** @jest-environment jsdom */
import { nullTranslator } from '@jupyterlab/translation';
import { act, fireEvent, render, screen, within } from '@testing-library/react';

import type { IArchiveDownload, IRegistryEntry } from '../../../api';
import { citationText, EntryPage, type IEntryActions } from '../entry';
import { EntryModel, type IEntryBackend } from '../entryModel';
import { REGISTRY, VIPERS } from './fixture';

const trans = nullTranslator.load('tsm');

const DONE: IArchiveDownload = {
  id: 'a1',
  entry: 'vipers_pdr2',
  name: 'VIPERS PDR-2',
  created: '2026-11-23T22:00:00Z',
  ended: '2026-11-23T22:01:00Z',
  state: 'done',
  fraction: 1,
  message: '',
  rows: 91507,
  bytes: 4_800_000,
  path: '/data/vipers_pdr2.parquet',
  trouble: null
};

async function shown(change: Partial<IEntryBackend> = {}, entry: IRegistryEntry = VIPERS) {
  const backend = {
    entry: jest.fn(async () => entry),
    search: jest.fn(async () => REGISTRY),
    count: jest.fn(async () => ({ rows: 51_000, bytes: 2_400_000, exact: true, columns: 5 })),
    preview: jest.fn(),
    input: jest.fn(async () => ({ input: { from: { vizier: 'J/A' } }, name: 'vipers_pdr2' })),
    download: jest.fn(async () => DONE),
    downloads: jest.fn(async () => [] as IArchiveDownload[]),
    stopDownload: jest.fn(async () => DONE),
    ...change
  } satisfies IEntryBackend;
  const model = new EntryModel({ id: 'vipers_pdr2', backend, rest: 1e6 });
  const actions: { [name in keyof IEntryActions]: jest.Mock } = {
    preview: jest.fn(),
    addToRecipe: jest.fn(),
    download: jest.fn(),
    reveal: jest.fn(),
    explore: jest.fn(),
    register: jest.fn()
  };
  render(<EntryPage model={model} actions={actions} trans={trans} />);
  await act(() => model.load());
  return { model, backend, actions };
}

const button = (name: string) => screen.getByRole('button', { name });

it('says what it is, what its flags mean, what to cite, and what nobody has checked', async () => {
  await shown();
  expect(screen.getByRole('heading', { level: 2 }).textContent).toBe('VIPERS PDR-2');
  expect(screen.getByRole('note').textContent).toContain('4 facts on this page are marked unverified');
  const flags = screen.getByRole('region', { name: 'Flags and the common scale' });
  expect(within(flags).getByRole('row', { name: 'DIGIT(z_flag) = 4 above 99 % 4, above 99 %' })).toBeTruthy();
  expect(within(flags).getByRole('row', { name: 'classFlag = -1 star 6, star' })).toBeTruthy();
  expect(screen.getByText('A selection by colour removes z < 0.5.', { exact: false })).toBeTruthy();
  expect(screen.getByText(/Read in the source what it asks for: citation/)).toBeTruthy();
  expect(citationText(VIPERS)).toContain('2018A&A...609A..84S');
  expect(screen.getByRole('link', { name: 'ADS' }).getAttribute('href')).toContain('2018A%26A...609A..84S');
});

it('offers the first way that can be asked, and says of another how to get it by hand', async () => {
  const { model } = await shown();
  const [byHand, vizier] = screen.getAllByRole<HTMLInputElement>('radio');
  expect(vizier.checked).toBe(true);
  expect(model.wanted.access).toBe(1);
  fireEvent.click(byHand);
  expect(screen.getByText(/It can’t be asked for from here/)).toBeTruthy();
  expect(screen.queryByRole('button', { name: 'Add to recipe' })).toBeNull();
  expect(screen.getByRole('link', { name: 'web page' }).getAttribute('href')).toBe('http://vipers.inaf.it/');
});

it('counts what is wanted: a field of a release that it overlaps, the columns that are needed', async () => {
  const { backend, model } = await shown();
  const region = screen.getByLabelText<HTMLSelectElement>('Region');
  const option = (name: string) => within(region).getByRole<HTMLOptionElement>('option', { name });
  expect(option('ECDFS: it has nothing there').disabled).toBe(true);
  fireEvent.change(region, { target: { value: option('XMM-LSS: they overlap').value } });
  await act(async () => fireEvent.click(button('Count rows')));
  expect(jest.mocked(backend.count).mock.calls[0]).toEqual([
    {
      entry: 'vipers_pdr2',
      access: 1,
      region: { ra: 35.6, dec: -4.8, radius_deg: 1.8 },
      columns: 'needed'
    },
    expect.anything()
  ]);
  expect(screen.getByText('51,000 rows · about 2.4 MB · 5 columns')).toBeTruthy();
  act(() => fireEvent.click(screen.getByRole('checkbox')));
  expect(model.columns).toBe('all');
  expect(screen.queryByText(/51,000 rows/)).toBeNull(); // it was of what was wanted before
});

it('takes a circle once all of it is typed', async () => {
  const { model } = await shown();
  fireEvent.change(screen.getByLabelText('Region'), { target: { value: 'circle' } });
  fireEvent.change(screen.getByLabelText('RA in degrees'), { target: { value: '34.5' } });
  expect(model.region).toBeNull();
  fireEvent.change(screen.getByLabelText('Dec in degrees'), { target: { value: '-5' } });
  fireEvent.change(screen.getByLabelText('Radius in degrees'), { target: { value: '0.5' } });
  expect(model.region).toEqual({ ra: 34.5, dec: -5, radius_deg: 0.5 });
});

it('says why a service can’t be asked, and asks again', async () => {
  const count = jest
    .fn()
    .mockRejectedValueOnce(
      Object.assign(new Error('VizieR does not answer.'), { remedy: 'Try another mirror.' })
    )
    .mockResolvedValue({ rows: null, bytes: null, exact: false });
  await shown({ count });
  await act(async () => fireEvent.click(button('Count rows')));
  expect(screen.getByRole('alert').textContent).toContain('VizieR does not answer.Try another mirror.');
  await act(async () => fireEvent.click(button('Try again')));
  expect(screen.queryByRole('alert')).toBeNull();
  expect(screen.getByText('The service does not tell how many rows these are.')).toBeTruthy();
});

it('gives up a preview that takes too long', async () => {
  const preview = jest.fn(
    (_: unknown, signal?: AbortSignal) =>
      new Promise<never>((_, reject) =>
        signal!.addEventListener('abort', () => reject(new Error('given up')))
      )
  );
  const { model } = await shown({ preview });
  let made: unknown = 'none';
  act(() => void model.preview('Fetching the first rows …').then(value => (made = value)));
  expect(screen.getByText('Fetching the first rows …')).toBeTruthy();
  await act(async () => fireEvent.click(button('Stop')));
  expect(made).toBeNull();
  expect(screen.queryByRole('alert')).toBeNull();
});

it('says what the service has otherwise than the registry', async () => {
  const changes = ['The redshift is in the column zspec, not in zsp.'];
  const { model } = await shown({ preview: jest.fn(async () => ({ table: {} as never, changes })) });
  await act(() => model.preview('…'));
  expect(screen.getByText(changes[0])).toBeTruthy();
});

it('shows how far a download is, stops it, and uses the file', async () => {
  const running: IArchiveDownload = {
    ...DONE,
    state: 'running',
    fraction: 0.4,
    message: '40,000 rows',
    path: null
  };
  const downloads = jest.fn(async () => [running]);
  const { backend, actions, model } = await shown({ downloads });
  expect(screen.getByRole('progressbar').getAttribute('value')).toBe('0.4');
  await act(async () => fireEvent.click(button('Stop')));
  expect(backend.stopDownload).toHaveBeenCalledWith('a1');
  downloads.mockResolvedValue([DONE]);
  await act(() => model.download(''));
  expect(screen.getByText('VIPERS PDR-2 is there: 91,507 rows, 4.8 MB.')).toBeTruthy();
  fireEvent.click(button('Register on the PZ Server …'));
  expect(actions.register).toHaveBeenCalledWith(DONE.path);
});

it('says why there is no way to it', async () => {
  await shown({}, { ...VIPERS, ways: [], no_access: 'It was never published as a table.' });
  expect(screen.getByText('It was never published as a table.')).toBeTruthy();
});

it('says that it asks the service before a recipe has it', async () => {
  let answer = (_: unknown) => {};
  const { backend, model } = await shown();
  jest.mocked(backend.input).mockReturnValue(new Promise(resolve => (answer = resolve)) as never);
  let made: unknown = null;
  act(() => void model.input('Asking the service …').then(value => (made = value)));
  expect(screen.getByText('Asking the service …')).toBeTruthy();
  expect((button('Add to recipe') as HTMLButtonElement).disabled).toBe(true);
  await act(async () => answer({ name: 'vipers_pdr2', input: {} }));
  expect(made).toEqual({ name: 'vipers_pdr2', input: {} });
  expect(screen.queryByText('Asking the service …')).toBeNull();
});
