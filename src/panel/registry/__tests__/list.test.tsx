/** @jest-environment jsdom */
import { nullTranslator } from '@jupyterlab/translation';
import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react';

import type { IRegistry, IRegistryQuery } from '../../../api';
import { RegistryModel } from '../model';
import { RegistryPage } from '../page';
import { REGISTRY } from './fixture';

const trans = nullTranslator.load('tsm');

async function shown(answer: () => Promise<IRegistry> = async () => REGISTRY) {
  const asked: IRegistryQuery[] = [];
  const search = jest.fn((query: IRegistryQuery) => {
    asked.push(query);
    return answer();
  });
  const model = new RegistryModel({ search }, 0);
  const open = jest.fn();
  render(<RegistryPage model={model} trans={trans} open={open} />);
  await act(() => model.load());
  return { model, open, asked };
}

const line = (name: string) => screen.getByRole('button', { name }).closest('li')!;

it('lists what is known of each, and says what is not', async () => {
  const { open } = await shown();
  expect(screen.getByText('48 catalogues')).toBeTruthy();
  const vipers = line('VIPERS PDR-2').textContent!;
  for (const words of [
    'spectroscopic',
    '91,507 redshifts',
    'z 0.4 – 1.4',
    'XMM-LSS',
    'VizieR',
    'flag rules checked'
  ]) {
    expect(vipers).toContain(words);
  }
  const desi = line('DESI DR1').textContent!;
  expect(desi).toContain('footprint not known');
  expect(desi).toContain('May fit: its footprint is not known.');
  fireEvent.click(screen.getByRole('button', { name: 'VIPERS PDR-2' }));
  expect(open).toHaveBeenCalledWith(REGISTRY.entries[0]);
});

it('marks what is unverified, with what that means', async () => {
  await shown();
  const mark = within(line('VIPERS PDR-2')).getByText('unverified');
  expect(mark.getAttribute('title')).toContain('Nobody has checked this');
  expect(line('VIPERS PDR-2').textContent).toContain('4 facts unverified');
});

it('asks for what is typed and chosen; a position once it is whole', async () => {
  const { asked } = await shown();
  const last = () => asked[asked.length - 1];
  fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'cosmos' } });
  await waitFor(() => expect(last()).toEqual({ text: 'cosmos' }));
  expect(screen.getByText('1 of 48 catalogues, and 1 that may fit')).toBeTruthy();
  fireEvent.change(screen.getByLabelText('Type'), { target: { value: 'g' } });
  fireEvent.change(screen.getByLabelText('Redshift from'), { target: { value: '1.5' } });
  fireEvent.change(screen.getByLabelText('RA in degrees'), { target: { value: '150.1' } });
  await waitFor(() => expect(last()).toEqual({ text: 'cosmos', type: 'g', zmin: 1.5 }));
  fireEvent.change(screen.getByLabelText('Dec in degrees'), { target: { value: '2.2' } });
  await waitFor(() =>
    expect(last()).toEqual({ text: 'cosmos', type: 'g', zmin: 1.5, ra: 150.1, dec: 2.2, radius: 2 })
  );
  fireEvent.click(screen.getByRole('button', { name: 'Show all' }));
  await waitFor(() => expect(last()).toEqual({}));
  expect(screen.getByLabelText<HTMLInputElement>('RA in degrees').value).toBe('');
});

it('says of a number that is none what it may be, and does not use it', async () => {
  const { asked } = await shown();
  const dec = screen.getByLabelText('Dec in degrees');
  fireEvent.change(dec, { target: { value: '95' } });
  expect(dec.getAttribute('aria-invalid')).toBe('true');
  expect(dec.getAttribute('title')).toContain('from -90 to 90');
  expect(asked).toHaveLength(1);
});

it('says what to do where nothing fits, and where the registry can’t be read', async () => {
  await shown(async () => ({ ...REGISTRY, entries: [] }));
  expect(screen.getByText('No catalogue fits.')).toBeTruthy();
});

it('says why the registry can’t be read', async () => {
  await shown(() =>
    Promise.reject(Object.assign(new Error('The engine does not answer.'), { remedy: 'Start it.' }))
  );
  expect(screen.getByRole('alert').textContent).toContain('The engine does not answer.Start it.');
});

it('tells which of one’s own entries are wrong, beside all others', async () => {
  const problems = [{ message: 'ours.yaml: entry 1 has no type.', remedy: 'Give it one.' }];
  await shown(async () => ({ ...REGISTRY, problems }));
  expect(screen.getByText('ours.yaml: entry 1 has no type.')).toBeTruthy();
  expect(line('DESI DR1')).toBeTruthy();
});
