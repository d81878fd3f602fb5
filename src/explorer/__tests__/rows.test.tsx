/** @jest-environment jsdom */
import { nullTranslator } from '@jupyterlab/translation';
import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import type { ColumnData } from '../../expr';
import { MemorySource } from '../../table';
import { RowDetails } from '../RowDetails';
import { Rows } from '../Rows';
import type { ExplorerModel } from '../model';
import { ROLES, catalogue, explorerModel, source } from './data';
import { layOut } from './layOut';

const trans = nullTranslator.load('tsm');
let model: ExplorerModel;

beforeAll(layOut);
afterEach(() => {
  cleanup();
  model.dispose();
});

async function shown(from?: MemorySource): Promise<void> {
  model = await explorerModel(from);
  await act(async () => {
    render(
      <>
        <Rows model={model} trans={trans} info={model.info!} />
        <RowDetails model={model} trans={trans} />
      </>
    );
    await model.idle();
  });
}

/** Do something, and wait for what follows from it. */
async function done(what: () => void): Promise<void> {
  await act(async () => {
    what();
    await model.idle();
  });
}

const panel = (name: string | RegExp) => screen.queryByRole('complementary', { name });
const click = (name: string, where: HTMLElement = document.body) =>
  done(() => fireEvent.click(within(where).getByRole('button', { name })));
const headers = () =>
  screen.getAllByRole('columnheader').map(head => head.getAttribute('aria-label')!.split(',')[0]);

describe('about a column', () => {
  it('says its type, unit, UCD and meaning, its nulls, and what was read as no value', async () => {
    const columns = new Map(catalogue());
    const { values } = columns.get('redshift') as { values: Float64Array };
    const valid = Uint8Array.from(values, (_, row) => (row < 60 ? 0 : 1));
    columns.set('redshift', { type: 'float', values, valid } as ColumnData);
    await shown(
      new MemorySource(columns, {
        roles: ROLES,
        meta: {
          redshift: {
            unit: '1',
            ucd: 'src.redshift',
            description: 'Heliocentric redshift',
            sentinels: [
              { value: -99, count: 55 },
              { value: 9.99, count: 5 }
            ]
          }
        }
      })
    );
    await click('About redshift');
    const about = panel('About column redshift')!;
    for (const words of ['Heliocentric redshift', 'src.redshift', 'float64', '0.3000 – 2.9950', '540']) {
      expect(about.textContent).toContain(words);
    }
    expect(about.textContent).toContain('60 · 10 %');
    expect(about.textContent).toContain('-99 in 55 rows');
    expect(about.textContent).toContain('9.99 in 5 rows');
  });

  it('adds a histogram, sorts, and leaves out rows without a value', async () => {
    await shown(source({ meta: { i_mag: { nulls: 3 } } }));
    await click('About i_mag');
    const about = panel('About column i_mag')!;
    const before = model.views.length;
    await click('Add histogram', about);
    expect(model.views).toHaveLength(before + 1);
    expect(model.views.at(-1)).toMatchObject({ kind: 'histogram', column: 'i_mag' });
    await click('Largest first', about);
    expect(model.sort).toEqual({ column: 'i_mag', descending: true });
    await done(() => model.selection.setText('redshift < 1 OR redshift > 2'));
    await click('Only with a value', about);
    expect(model.selection.where).toBe('(redshift < 1 OR redshift > 2) AND i_mag IS NOT NULL');
  });

  it('filters by a value, by several, and by none again', async () => {
    await shown();
    await click('About survey');
    const about = panel('About column survey')!;
    const value = (name: RegExp) => within(about).getByRole('button', { name });
    await done(() => fireEvent.click(value(/^VVDS/)));
    expect(model.selection.where).toBe("survey = 'VVDS'");
    expect(value(/^VVDS/).getAttribute('aria-pressed')).toBe('true');
    await done(() => fireEvent.click(value(/^DESI/)));
    expect(model.selection.where).toBe("survey IN ('VVDS', 'DESI')");
    await done(() => fireEvent.click(value(/^VVDS/)));
    await done(() => fireEvent.click(value(/^DESI/)));
    expect(model.selection.where).toBe('');
  });

  it('takes a typed range, open at an end, and shows the one that holds', async () => {
    await shown();
    await click('About redshift');
    const low = screen.getByRole<HTMLInputElement>('textbox', { name: 'redshift from' });
    const high = screen.getByRole<HTMLInputElement>('textbox', { name: 'redshift to' });
    fireEvent.change(low, { target: { value: '0.25' } });
    await done(() => fireEvent.keyDown(low, { key: 'Enter' }));
    expect(model.selection.where).toBe('redshift >= 0.25');
    fireEvent.change(high, { target: { value: '0.1' } });
    await done(() => fireEvent.keyDown(high, { key: 'Enter' }));
    expect(high.getAttribute('aria-invalid')).toBe('true');
    expect(model.selection.where).toBe('redshift >= 0.25');
    await done(() => model.selection.setRange('redshift', [1, 2]));
    fireEvent.keyDown(high, { key: 'Escape' });
    expect([low.value, high.value]).toEqual(['1', '2']);
  });

  it('opens and closes by keys, and gives the keys back to the grid', async () => {
    await shown();
    const grid = screen.getByRole('grid');
    grid.focus();
    fireEvent.keyDown(grid, { key: 'ArrowRight' });
    await done(() => fireEvent.keyDown(grid, { key: 'F2' }));
    const about = panel('About column ra')!;
    expect(document.activeElement).toBe(about);
    await done(() => fireEvent.keyDown(about, { key: 'Escape' }));
    expect(panel(/./)).toBeNull();
    expect(document.activeElement).toBe(grid);
  });

  it('gives way to a row’s details, and they to it', async () => {
    await shown();
    await click('About ra');
    await act(() => model.openRow(1));
    expect(panel('About column ra')).toBeNull();
    await click('About ra');
    expect(panel('Row details')).toBeNull();
  });
});

describe('the choice of columns', () => {
  it('shows and hides columns, found by name or meaning', async () => {
    await shown(source({ meta: { i_mag: { description: 'Magnitude, i band' } } }));
    await click('Columns');
    const chooser = panel('Columns shown')!;
    const box = (name: string) => within(chooser).getByRole<HTMLInputElement>('checkbox', { name });
    await done(() => fireEvent.click(box('dec')));
    expect(headers()).toEqual(['row_id', 'ra', 'redshift', 'z_flag', 'survey', 'i_mag']);
    fireEvent.change(within(chooser).getByRole('searchbox'), { target: { value: 'band mag' } });
    expect(within(chooser).getAllByRole('checkbox')).toHaveLength(1);
    await click('Hide found', chooser);
    expect(headers()).not.toContain('i_mag');
    expect(model.windows.query.columns).toEqual(['row_id', 'ra', 'redshift', 'z_flag', 'survey']);
    await click('As at first', chooser);
    expect(headers()).toHaveLength(7);
  });

  it('lists wide tables in part, and keeps at least one column', async () => {
    const columns = new Map(catalogue());
    for (let i = 0; i < 300; i++) {
      columns.set(`flux_${i}`, columns.get('i_mag')!);
    }
    await shown(new MemorySource(columns, { roles: ROLES }));
    await done(() => fireEvent.click(screen.getByText('Columns: 80 of 307')));
    const chooser = screen.getByLabelText('Columns shown');
    const boxes = () => [...chooser.querySelectorAll<HTMLInputElement>('input[type="checkbox"]')];
    const search = screen.getByLabelText('Find columns');
    expect(boxes()).toHaveLength(200);
    expect(chooser.textContent).toContain('107 more');
    fireEvent.change(search, { target: { value: 'flux_299' } });
    expect(boxes()).toHaveLength(1);
    await done(() => fireEvent.click(boxes()[0]));
    expect(model.gridColumns).toHaveLength(81);
    fireEvent.change(search, { target: { value: '' } });
    await done(() => fireEvent.click(screen.getByText('Main only')));
    expect(headers()).toEqual(['row_id', 'ra', 'dec', 'redshift', 'z_flag', 'survey']);
    await done(() => model.setGridColumns(['ra']));
    expect(boxes().find(({ checked }) => checked)!.disabled).toBe(true);
  });
});

describe('a row’s details', () => {
  it('go from row to row, keep what they show until the next is here, and give the keys back', async () => {
    await shown();
    const grid = screen.getByRole('grid');
    await act(() => model.openRow(0));
    const details = panel('Row details')!;
    expect(details.textContent).toContain('9007199254740993');
    act(() => void fireEvent.keyDown(details, { key: 'ArrowDown', altKey: true }));
    expect(details.textContent).toContain('Row 2 of 600');
    expect(details.textContent).toContain('9007199254740993');
    await screen.findAllByText('9007199254740994');
    await act(() => model.openRow(500));
    expect(grid.querySelector('[aria-selected="true"]')?.getAttribute('aria-rowindex')).toBe('502');
    await done(() => fireEvent.keyDown(details, { key: 'Escape' }));
    expect(panel('Row details')).toBeNull();
    expect(document.activeElement).toBe(grid);
  });
});
