/** @jest-environment jsdom */
import { nullTranslator } from '@jupyterlab/translation';
import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import type { MemorySource } from '../../table';
import type { IExported, IExportRequest } from '../../table/source';
import type { IMemoryOptions } from '../../table/memory';
import { nameOf, nextName, sizeText, withEnding } from '../saveNames';
import { SaveSelection, type ISavePlace } from '../SaveSelection';
import { explorerModel, source } from './data';

const trans = nullTranslator.load('tsm');

afterEach(cleanup);

type Export = (request: IExportRequest, signal?: AbortSignal) => Promise<IExported>;

const done: Export = async ({ path }) => ({ path, rows: 300, bytes: 4321, access: 'public' });

async function shown(
  save: Export,
  place?: ISavePlace,
  options: IMemoryOptions = {},
  condition = 'z_flag >= 3'
) {
  const asked: IExportRequest[] = [];
  const from = Object.assign<MemorySource, { export: Export }>(source(options), {
    export: (request, signal) => {
      asked.push(request);
      return save(request, signal);
    }
  });
  const model = await explorerModel(from, { condition });
  render(<SaveSelection model={model} trans={trans} save={place} />);
  fireEvent.click(screen.getByRole('button', { name: 'Save rows…' }));
  return { asked, model };
}

const name = () => screen.getByRole<HTMLInputElement>('textbox', { name: 'Name' });
const press = (label: string) =>
  act(async () => void fireEvent.click(screen.getByRole('button', { name: label })));

describe('saving rows', () => {
  it('writes those that pass into the current folder, and opens the file', async () => {
    const opened: string[] = [];
    const told: string[] = [];
    const place = {
      folder: () => 'work/data',
      open: (path: string) => void opened.push(path),
      saved: (path: string) => void told.push(path)
    };
    const { asked, model } = await shown(done, place);
    expect(document.activeElement).toBe(name());
    expect(name().value).toBe('VVDS_Final_selection');
    const form = screen.getByRole('form', { name: 'Save rows as a file' });
    expect(form.textContent).toContain('300 of 600 rows to work/data/VVDS_Final_selection.parquet');
    act(() => model.setSort({ column: 'redshift', descending: true }));
    await press('Save');
    expect(asked).toEqual([
      {
        path: 'work/data/VVDS_Final_selection.parquet',
        format: 'parquet',
        where: 'z_flag >= 3',
        sort: { column: 'redshift', descending: true },
        columns: undefined
      }
    ]);
    await waitFor(() =>
      expect(form.textContent).toContain('Saved 300 rows (4.32 kB) as work/data/VVDS_Final_selection.parquet')
    );
    expect(told).toEqual(['work/data/VVDS_Final_selection.parquet']);
    await press('Open');
    expect(opened).toEqual(['work/data/VVDS_Final_selection.parquet']);
    model.dispose();
  });

  it('writes CSV under the name that was typed', async () => {
    const { asked, model } = await shown(done, { folder: () => '' });
    fireEvent.change(name(), { target: { value: 'mine.parquet' } });
    fireEvent.change(screen.getByRole('combobox', { name: 'Format' }), { target: { value: 'csv' } });
    await press('Save');
    expect(asked[0]).toMatchObject({ path: 'mine.csv', format: 'csv' });
    expect(screen.queryByRole('button', { name: 'Open' })).toBeNull(); // nobody could
    model.dispose();
  });

  it('offers another name where there is such a file, and never writes over it', async () => {
    const taken: Export = async request => {
      if (!request.path.endsWith('_3.parquet')) {
        throw Object.assign(new Error(`There is a file '${request.path}' already.`), {
          where: 'name',
          remedy: null
        });
      }
      return done(request);
    };
    const { asked, model } = await shown(taken, { folder: () => '' });
    await press('Save');
    expect((await screen.findByRole('alert')).textContent).toContain('already');
    expect(name().getAttribute('aria-invalid')).toBe('true');
    await press('Save as VVDS_Final_selection_2.parquet');
    await press('Save as VVDS_Final_selection_3.parquet');
    await waitFor(() => expect(screen.getByRole('status').textContent).toContain('Saved'));
    expect(asked.map(({ path }) => path)).toEqual([
      'VVDS_Final_selection.parquet',
      'VVDS_Final_selection_2.parquet',
      'VVDS_Final_selection_3.parquet'
    ]);
    model.dispose();
  });

  it('says what went wrong, and what to do', async () => {
    const full: Export = async () => {
      throw Object.assign(new Error('The disk is full.'), { remedy: 'Make room.', where: 'folder' });
    };
    const { model } = await shown(full);
    await press('Save');
    expect((await screen.findByRole('alert')).textContent).toBe('The disk is full. Make room. ');
    expect(screen.queryByRole('button', { name: /^Save as/ })).toBeNull();
    model.dispose();
  });

  it('can be stopped', async () => {
    let signal: AbortSignal | undefined;
    const never: Export = (_, given) => {
      signal = given;
      return new Promise((_, reject) => given?.addEventListener('abort', () => reject(new Error('aborted'))));
    };
    const { model } = await shown(never);
    await press('Save');
    expect(screen.getByRole('status').textContent).toContain('saving 300 rows…');
    expect(screen.getByRole('progressbar', { name: 'Saving' })).toBeTruthy();
    await press('Stop');
    expect(signal?.aborted).toBe(true);
    expect(screen.getByRole('button', { name: 'Save' })).toBeTruthy();
    expect(screen.queryByRole('alert')).toBeNull();
    model.dispose();
  });

  it('says beforehand that the file is for rights holders', async () => {
    const { model } = await shown(done, undefined, { access: 'rubin-data-rights' });
    expect(screen.getByRole('status').textContent).toContain('for LSST data-rights holders only');
    model.dispose();
  });

  it('has nothing to save where no row passes', async () => {
    const { model } = await shown(done, undefined, {}, 'redshift > 100');
    expect(screen.getByRole('status').textContent).toContain('nothing to save');
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Save' }).disabled).toBe(true);
    model.dispose();
  });

  it('closes on Escape, back to its button', async () => {
    const { model } = await shown(done);
    fireEvent.keyDown(name(), { key: 'Escape' });
    expect(screen.queryByRole('form')).toBeNull();
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Save rows…' }));
    model.dispose();
  });

  it('is not offered where the table can’t', async () => {
    const model = await explorerModel();
    render(<SaveSelection model={model} trans={trans} />);
    expect(screen.queryByRole('button')).toBeNull();
    model.dispose();
  });
});

it('makes names of files', () => {
  expect(nameOf('VVDS Final.fits.gz', '')).toBe('VVDS_Final_copy');
  expect(nameOf('../a b', 'z > 1')).toBe('a_b_selection');
  expect(withEnding(' a ', 'csv')).toBe('a.csv');
  expect(withEnding('a.ecsv', 'csv')).toBe('a.ecsv');
  expect(withEnding('a.csv', 'parquet')).toBe('a.parquet');
  expect(withEnding('z_0.5', 'parquet')).toBe('z_0.5.parquet');
  expect(nextName('a.csv')).toBe('a_2.csv');
  expect(nextName('a_9.csv')).toBe('a_10.csv');
  expect([sizeText(12), sizeText(4321), sizeText(1234567)]).toEqual(['12 B', '4.32 kB', '1.23 MB']);
});
