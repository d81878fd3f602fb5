/** @jest-environment jsdom */
import { nullTranslator } from '@jupyterlab/translation';
import { act, cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import axe from 'axe-core';
import { Compare } from '../Compare';
import { layOut } from '../../__tests__/layOut';
import { comparisonPython } from '../code';
import type { CompareModel } from '../model';
import { ROWS, Watch } from './data';

const trans = nullTranslator.load('tsm');

beforeAll(layOut);
afterEach(cleanup);

async function shown(model: CompareModel, props: Partial<Parameters<typeof Compare>[0]> = {}) {
  let container!: HTMLElement;
  await act(async () => {
    ({ container } = render(<Compare model={model} trans={trans} {...props} />));
    await model.idle();
  });
  return container;
}

async function parts(watch = new Watch()) {
  return watch.model({ samples: [{ table: watch.table('sky'), condition: '' }, null] });
}

async function tables(watch = new Watch()) {
  return watch.model({
    samples: [
      { table: watch.table('sky'), condition: '' },
      { table: watch.other(), condition: '' }
    ]
  });
}

describe('the comparison', () => {
  it('says what is compared and what it found', async () => {
    const model = await parts();
    await shown(model);
    expect(screen.getByRole('group', { name: 'Sample A' }).textContent).toContain('train600 rows');
    expect(screen.getByRole('group', { name: 'Sample B' }).textContent).toContain('test300 rows');
    const summary = screen.getByRole('region', { name: 'Summary' }).textContent!;
    expect(summary).toMatch(/A \(train\): 600 rows, median z 0\.\d+\./);
    // test goes to 2, train to 1
    expect(summary).toMatch(/The largest difference is at z 1\.\d+–\d\.\d+: A has 0 %, B has \d+\.\d %\./);
    expect(summary).toMatch(/D = 0\.[345]\d+ at (0\.9\d*|1\.0\d*), effective n = 19\d/);
    expect(summary).toContain(`${ROWS / 4} rows of the table are in neither.`);
    model.dispose();
  });

  it('describes each plot to those who do not see it', async () => {
    const model = await parts();
    await shown(model);
    expect(
      screen.getByRole('group', { name: /^Steps of z for A, 588 rows.*They differ most at/ })
    ).toBeTruthy();
    expect(screen.getByRole('group', { name: /^Density of B: \d+ rows/ })).toBeTruthy();
    expect(screen.getByRole('group', { name: /^Difference of the densities.*differ by 2 σ/ })).toBeTruthy();
    expect(screen.getByRole('img', { name: /Sky map.*both [\d.]+ deg²/ })).toBeTruthy();
    expect(screen.getByRole('button', { name: /^VVDS: A [\d.]+ %, B [\d.]+ %$/ })).toBeTruthy();
    model.dispose();
  });

  it('says which columns could not be matched', async () => {
    const model = await tables();
    await shown(model);
    const summary = screen.getByRole('region', { name: 'Summary' }).textContent!;
    expect(summary).toContain('Under another name in B: redshift (there zspec)');
    expect(summary).toContain('Only in A: split.');
    expect(summary).toContain('Only in B: quality.');
    expect(summary).toContain('Of one name, but text in one and numbers in the other: survey.');
    model.dispose();
  });

  it('restricts both by what is typed', async () => {
    const model = await parts();
    await shown(model);
    const input = screen.getByRole('textbox', { name: 'both restricted to' });
    fireEvent.change(input, { target: { value: "survey = 'VVDS'" } });
    await act(async () => {
      fireEvent.keyDown(input, { key: 'Enter' });
      await model.idle();
    });
    expect(screen.getByText('A: 200 of 600 · B: 100 of 300')).toBeTruthy();
    expect(screen.getByRole('region', { name: 'Summary' }).textContent).toContain(
      "Both are restricted to: survey = 'VVDS'."
    );
    model.dispose();
  });

  it('restricts both by a brush made with the keyboard', async () => {
    const model = await parts();
    await shown(model);
    await act(async () => {
      fireEvent.keyDown(screen.getByRole('group', { name: /^Steps of z/ }), { key: 'Enter' });
      await model.idle();
    });
    expect(model.selection.text).toMatch(/^redshift BETWEEN /);
    expect(model.result!.passed[0]).toBeLessThan(model.rows(0)!);
    expect(model.result!.passed[1]).toBeLessThan(model.rows(1)!);
    model.dispose();
  });

  it('draws a plot in the way that is chosen', async () => {
    const model = await parts();
    await shown(model);
    const button = (name: string) => screen.getByRole('button', { name });
    const [overlap, difference] = [button('overlap'), button('difference')];
    expect([overlap, difference].map(one => one.getAttribute('aria-pressed'))).toEqual(['true', 'false']);
    fireEvent.click(difference);
    expect([overlap, difference].map(one => one.getAttribute('aria-pressed'))).toEqual(['false', 'true']);
    expect(screen.getByRole('region', { name: 'sky' }).textContent).toContain('differ by 2 σ or more');
    model.dispose();
  });

  it('turns A and B round', async () => {
    const model = await parts();
    await shown(model);
    await act(async () => {
      fireEvent.click(screen.getByRole('button', { name: 'Turn A and B round' }));
      await model.idle();
    });
    expect(screen.getByRole('group', { name: 'Sample A' }).textContent).toContain('test300 rows');
    model.dispose();
  });

  it('chooses another value, the rest, and a condition', async () => {
    const model = await parts();
    await shown(model);
    fireEvent.click(screen.getByRole('button', { name: 'Change…' }));
    const choose = (name: string, value: string) =>
      act(async () => {
        fireEvent.change(screen.getByRole('combobox', { name }), { target: { value } });
        await model.idle();
      });
    await choose('Value of split in B', 'validation');
    expect(model.samples[1]!.condition).toBe("split = 'validation'");
    const rest = within(
      screen.getByRole('combobox', { name: 'Which rows are in B' })
    ).getByRole<HTMLOptionElement>('option', { name: 'the rest: not in A' });
    await choose('Which rows are in B', rest.value);
    expect(model.rows(1)).toBe(ROWS / 2);
    const condition = within(
      screen.getByRole('combobox', { name: 'Which rows are in B' })
    ).getByRole<HTMLOptionElement>('option', { name: 'by a condition' });
    await choose('Which rows are in B', condition.value);
    const input = screen.getByRole<HTMLInputElement>('textbox', { name: 'Condition of B' });
    input.value = 'redshif > 1';
    await act(async () => {
      fireEvent.keyDown(input, { key: 'Enter' });
      await model.idle();
    });
    await waitFor(() => expect(screen.getByText(/Did you mean 'redshift'/)).toBeTruthy());
    model.dispose();
  });

  it('begins with a table that is chosen', async () => {
    const watch = new Watch();
    const model = await watch.model({});
    await shown(model, { chooseTable: async () => watch.table('sky') });
    await act(async () => {
      fireEvent.click(screen.getByRole('button', { name: 'Choose a table…' }));
    });
    await act(() => model.idle());
    await waitFor(() =>
      expect(screen.getByRole('group', { name: 'Sample B' }).textContent).toContain('test')
    );
    model.dispose();
    expect([watch.tables, watch.binners]).toEqual([0, 0]);
  });

  it('takes an expression as an axis, and says what is wrong with one', async () => {
    const model = await tables();
    await shown(model);
    const select = screen.getAllByRole('combobox', { name: 'Column of the histogram' })[1];
    const option = within(select).getByRole<HTMLOptionElement>('option', { name: 'expression…' });
    fireEvent.change(select, { target: { value: option.value } });
    const input = screen.getByRole('textbox', { name: 'Column of the histogram: an expression' });
    fireEvent.change(input, { target: { value: 'i_mag - split' } });
    fireEvent.keyDown(input, { key: 'Enter' });
    expect(input.getAttribute('aria-invalid')).toBe('true');
    fireEvent.change(input, { target: { value: 'i_mag - redshift' } });
    await act(async () => {
      fireEvent.keyDown(input, { key: 'Enter' });
      await model.idle();
    });
    expect(model.result!.views[1].second).toMatchObject({ column: 'I_MAG - zspec' });
    model.dispose();
  });

  it('has nothing that stands in the way of assistive technology', async () => {
    const model = await parts();
    const container = await shown(model, { choosing: true });
    const { violations } = await axe.run(container, { rules: { 'color-contrast': { enabled: false } } });
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`)).toEqual([]);
    model.dispose();
  });

  it('gives the same comparison as Python, in the names of each table', async () => {
    const model = await tables();
    model.selection.setText('i_mag < 23');
    await model.idle();
    const text = comparisonPython(model);
    expect(text).toContain('table_a = sources.read_table("data/sky.parquet")');
    expect(text).toContain('a = a.filter(expr.mask("i_mag < 23", a))');
    expect(text).toContain('b = b.filter(expr.mask("I_MAG < 23", b))');
    expect(text).toContain('numbers("redshift", a), numbers("zspec", b)');
    const { range, bins } = model.result!.plan.scales.get('redshift')!;
    expect(text).toContain(`np.linspace(${range[0]}, ${range[1]}, ${bins + 1})`);
    model.dispose();
  });
});
