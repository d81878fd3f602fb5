/** @jest-environment jsdom */
import { act, fireEvent, render, screen, within } from '@testing-library/react';

import type { IUploadBackend } from '../backend';
import { UploadPage } from '../page';
import { services, trans } from './fixture';

async function shown(path: string | null, change: Partial<IUploadBackend> = {}) {
  const made = services(change);
  const model = made.make();
  const actions = { choose: jest.fn(), chooseFolder: jest.fn(), openProduct: jest.fn(), explore: jest.fn() };
  const Markdown = ({ text }: { readonly text: string }) => <div data-testid="markdown">{text}</div>;
  render(<UploadPage {...{ model, actions, trans, Markdown }} />);
  await act(async () => {
    await model.load();
    if (path !== null) {
      await model.begin(path);
    }
  });
  return { ...made, model, actions };
}

const button = (name: string | RegExp) => screen.getByRole<HTMLButtonElement>('button', { name });

it('begins with one question: which file, or which HATS catalogue', async () => {
  const { actions } = await shown(null);
  expect(screen.getAllByRole('button')).toHaveLength(2);
  fireEvent.click(button('Choose the main file …'));
  expect(actions.choose).toHaveBeenCalledWith(0);
  fireEvent.click(button('A HATS catalogue …'));
  expect(actions.chooseFolder).toHaveBeenCalled();
});

it('does not offer to rewrite the folder of a HATS catalogue', async () => {
  await shown('my specz');
  expect(screen.getByRole('row', { name: /my specz.zip/ }).textContent).toContain('packed when sent');
  expect(screen.queryByRole('button', { name: 'A HATS catalogue …' })).toBeNull();
  expect(screen.getByLabelText<HTMLInputElement>('Send MAGI').disabled).toBe(true);
});

it('shows what each column is taken for and why, and takes the user’s word', async () => {
  const { model } = await shown('vvds.parquet');
  const table = screen.getByRole('region', { name: 'Columns and what they mean' });
  expect(within(table).getByRole('row', { name: /ALPHA float deg/ }).textContent).toContain(
    'its name: ALPHA'
  );
  fireEvent.change(screen.getByLabelText('Meaning of Z'), { target: { value: '' } });
  expect(screen.getByText(/No column is said to be: z/)).toBeTruthy();
  expect(button(/^Send to/).disabled).toBe(true);
  fireEvent.change(screen.getByLabelText('Meaning of z_phot'), { target: { value: 'z' } });
  expect(within(table).getByRole('row', { name: /z_phot/ }).textContent).toContain('you said so');
  expect(button('Send to this machine').disabled).toBe(false);
  model.dispose();
});

it('puts right with a click, sends, and leads to the product', async () => {
  const { model, actions, done } = await shown('my cat.csv');
  expect(button(/^Send to/).disabled).toBe(true);
  fireEvent.click(button('Send as my_cat.csv'));
  await act(async () => {
    fireEvent.click(button(/^Send to/));
    await new Promise<void>(resolve => model.finished.connect(() => resolve()));
  });
  expect(done).toContainEqual(['send', 20, 0, 'my cat.csv', 'my_cat.csv']);
  expect(screen.getByText(/It is on this machine as 20_x/)).toBeTruthy();
  fireEvent.click(button('Open the product'));
  expect(actions.openProduct).toHaveBeenCalledWith(20);
  model.dispose();
});

it('tells what is wrong with the table, and keeps the rest', async () => {
  const { model } = await shown('vvds.parquet', {
    info: async () => {
      throw Object.assign(new Error('It is no table.'), { remedy: 'Look at it.' });
    }
  });
  expect(screen.getByRole('alert').textContent).toContain('It is no table.');
  expect(screen.getByRole<HTMLInputElement>('textbox', { name: 'Name' }).value).toBe('vvds');
  model.dispose();
});

it('offers what was begun earlier', async () => {
  const made = services();
  const first = made.make('bbbbbbbb');
  await first.load();
  await first.begin('vvds.parquet');
  first.setWhat({ name: 'Begun' });
  first.dispose(); // its page was closed
  const model = made.make();
  const actions = { choose: jest.fn(), chooseFolder: jest.fn(), openProduct: jest.fn(), explore: jest.fn() };
  render(<UploadPage {...{ model, actions, trans, Markdown: () => null }} />);
  await act(() => model.load());
  await act(async () => fireEvent.click(button('Go on with Begun')));
  expect(screen.getByRole<HTMLInputElement>('textbox', { name: 'Name' }).value).toBe('Begun');
  expect(screen.queryByText(/Begun earlier/)).toBeNull();
  model.dispose();
});
