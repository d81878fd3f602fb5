/** @jest-environment jsdom */
import { act, cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { MemorySource } from '../../table';
import { catalogue, explorerModel, source } from './data';
import { layOut, shown } from './dom';

beforeAll(layOut);
afterEach(cleanup);

const passed = () => document.querySelector('.tsm-Condition-count')?.textContent;

describe('the explorer', () => {
  it('says what the table is', async () => {
    const model = await explorerModel(source({ access: 'rubin-data-rights' }));
    await shown(model);
    expect(screen.getByRole('heading', { name: 'VVDS Final' })).toBeTruthy();
    expect(screen.getAllByText('600 rows').length).toBeGreaterThan(0);
    expect(screen.getByText('data-rights holders only')).toBeTruthy();
    for (const name of ['n(z)', 'sky', 'density', 'flags']) {
      expect(screen.getByRole('heading', { name })).toBeTruthy();
    }
    model.dispose();
  });

  it('applies a typed condition on Enter, and hands it to a recipe', async () => {
    const model = await explorerModel();
    const sent: string[] = [];
    await shown(model, { onToRecipe: condition => sent.push(condition) });
    const input = screen.getByRole('textbox', { name: 'condition' });
    fireEvent.change(input, { target: { value: 'redshift < 1 AND z_flag = 4' } });
    fireEvent.keyDown(input, { key: 'Enter' });
    await waitFor(() => expect(passed()).toBe('50 of 600 rows · 550 left out'));
    fireEvent.click(screen.getByRole('button', { name: 'To recipe' }));
    expect(sent).toEqual(['redshift < 1 AND z_flag = 4']);
    model.dispose();
  });

  it('says what is wrong with a condition, and where', async () => {
    const model = await explorerModel();
    await shown(model);
    const input = screen.getByRole('textbox', { name: 'condition' });
    fireEvent.change(input, { target: { value: 'redshif < 1' } });
    fireEvent.keyDown(input, { key: 'Enter' });
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain("Did you mean 'redshift'?");
    expect(alert.textContent).toContain('character 1');
    expect(input.getAttribute('aria-invalid')).toBe('true');
    model.dispose();
  });

  it('writes the condition when a flag is clicked', async () => {
    const model = await explorerModel();
    await shown(model);
    await act(async () => {
      fireEvent.click(screen.getByTitle('z_flag = 4: 150 of 150 rows'));
      await model.idle();
    });
    const input = screen.getByRole<HTMLInputElement>('textbox', { name: 'condition' });
    expect(input.value).toBe('z_flag = 4');
    await waitFor(() => expect(passed()).toBe('150 of 600 rows · 450 left out'));
    model.dispose();
  });

  it('opens a row at the right with units and meanings', async () => {
    const model = await explorerModel(
      source({ meta: { ra: { unit: 'deg', description: 'Right ascension', ucd: 'pos.eq.ra' } } })
    );
    await shown(model);
    await act(async () => {
      await model.openRow(0);
    });
    const details = screen.getByRole('complementary', { name: 'Row details' });
    expect(details.textContent).toContain('Row 1 of 600');
    expect(details.textContent).toContain('Right ascension · pos.eq.ra');
    expect(details.textContent).toContain('53.000000 deg');
    fireEvent.keyDown(details, { key: 'Escape' });
    expect(screen.queryByRole('complementary')).toBeNull();
    model.dispose();
  });

  it('asks which column to show where the table does not say', async () => {
    const model = await explorerModel(source({ roles: {} }));
    await shown(model);
    expect(screen.getAllByText(/Choose a column above/).length).toBeGreaterThan(0);
    await act(async () => {
      fireEvent.change(screen.getByRole('combobox', { name: 'Column of the histogram' }), {
        target: { value: 'redshift' }
      });
      await model.idle();
    });
    expect(screen.getByText(/^600 in steps of/)).toBeTruthy();
    model.dispose();
  });

  it('gives the way out when nothing passes', async () => {
    const model = await explorerModel();
    await shown(model);
    await act(async () => {
      model.selection.setText('redshift > 100');
      await model.idle();
    });
    fireEvent.click(await screen.findByRole('button', { name: 'Show all rows' }));
    expect(model.selection.text).toBe('');
    model.dispose();
  });

  it('offers to try again when a table cannot be opened', async () => {
    let gone = true;
    class Sometimes extends MemorySource {
      override async info() {
        if (gone) {
          throw Object.assign(new Error('The engine is not running.'), { remedy: 'Wait a moment.' });
        }
        return super.info();
      }
    }
    const model = await explorerModel(new Sometimes(catalogue(), { name: 'VVDS Final' }));
    await shown(model);
    expect(screen.getByRole('alert').textContent).toContain('Wait a moment.');
    gone = false;
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('heading', { name: 'VVDS Final' })).toBeTruthy();
    await model.idle();
    model.dispose();
  });
});
