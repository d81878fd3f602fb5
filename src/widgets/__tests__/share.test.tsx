/** @jest-environment jsdom */
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { act, fireEvent, render, screen } from '@testing-library/react';

import type { ExplorerModel } from '../../explorer';
import type { IShare } from '../kernelTable';
import { Share } from '../share';

const trans = nullTranslator.load('tsm');
const button = (name: string | RegExp) => screen.getByRole<HTMLButtonElement>('button', { name });

function shown(access: string, share: (what: IShare) => Promise<unknown>) {
  const signal = () => new Signal<object, void>({});
  const explorer = {
    ...{ changed: signal(), counted: signal(), passed: 1200 },
    info: { name: 'deep', rows: 5000, access },
    selection: { changed: signal(), where: 'z < 1' }
  } as unknown as ExplorerModel;
  const table = { share: jest.fn(share) };
  render(<Share explorer={explorer} table={table as never} trans={trans} />);
  fireEvent.click(button('Share on the PZ Server …'));
  return table;
}

it('shares the rows that pass, under a name, and says how they are read', async () => {
  const table = shown('public', async () => ({
    ...{ id: 12, name: '12_near', server: 'https://pz.example.org/api/' },
    notes: ['column names with blanks: a b']
  }));
  expect(screen.queryByRole('checkbox')).toBeNull();
  fireEvent.change(screen.getByLabelText('Name'), { target: { value: '' } });
  expect(button('Share 1,200 rows').disabled).toBe(true);
  fireEvent.change(screen.getByLabelText('Name'), { target: { value: 'Near' } });
  fireEvent.change(screen.getByLabelText('Type'), { target: { value: 'training_set' } });
  await act(async () => void fireEvent.click(button('Share 1,200 rows')));
  expect(table.share).toHaveBeenCalledWith({
    ...{ name: 'Near', type: 'training_set', description: '', where: 'z < 1', data_rights: false }
  });
  const said = screen.getByRole('status').textContent;
  expect(said).toContain('It is on https://pz.example.org/api/ as 12_near. column names with blanks: a b.');
  expect(said).toContain('pz_tsm.read({"pzserver": "12_near"})');
});

it('asks about data rights, and says what was refused and what to do', async () => {
  const table = shown('rubin-data-rights', () =>
    Promise.reject(Object.assign(new Error('The rows are for holders.'), { remedy: 'Say so.' }))
  );
  await act(async () => void fireEvent.click(button('Share 1,200 rows')));
  expect(screen.getByRole('alert').textContent).toBe('The rows are for holders. Say so.');
  fireEvent.click(screen.getByRole('checkbox', { name: 'All users of the server hold Rubin data rights' }));
  expect(screen.queryByRole('alert')).toBeNull();
  await act(async () => void fireEvent.click(button('Share 1,200 rows')));
  expect(table.share.mock.lastCall![0].data_rights).toBe(true);
  fireEvent.click(button('Cancel'));
  expect(button('Share on the PZ Server …')).toBeTruthy();
});
