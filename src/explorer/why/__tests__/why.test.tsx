/** @jest-environment jsdom */
import { act, cleanup, fireEvent, screen, within } from '@testing-library/react';
import type { ITableSource } from '../../../table/source';
import { explorerModel } from '../../__tests__/data';
import { layOut, shown } from '../../__tests__/dom';
import type { IExplorerProps } from '../../Explorer';
import type { ExplorerModel } from '../../model';
import { combined, id, measurement, why } from './fixture';

let model: ExplorerModel;
let source: ReturnType<typeof combined>;

beforeAll(layOut);
beforeEach(() => {
  source = combined();
});
afterEach(() => {
  cleanup();
  model.dispose();
});

async function open(row: number, props: Partial<IExplorerProps> = {}, from: ITableSource = source) {
  model = await explorerModel(from as never);
  await shown(model, props);
  await done(() => void model.openRow(row));
}

/** Do something, and wait for what follows from it. */
async function done(what: () => void): Promise<void> {
  await act(async () => {
    what();
    await model.idle();
    // the answers of the sources of these tests are there within a turn
    await new Promise(resolve => setTimeout(resolve));
  });
}

const panel = () => screen.queryByRole('region', { name: 'Why this redshift?' });
const items = () => within(screen.getByRole('list', { name: 'Measurements' })).getAllByRole('listitem');
const click = (name: string | RegExp, where: HTMLElement = document.body) =>
  done(() => fireEvent.click(within(where).getByRole('button', { name })));
const openRow = () => (model.open?.row === null ? 'outside' : model.open?.row);

describe('an object of a combined table', () => {
  it('shows every measurement: flag in the survey’s words, rule, verdict, and whether the rule was checked', async () => {
    await open(0);
    const [first, second] = items();
    for (const words of [
      'VVDS',
      '0.6642 ± 0.0003',
      'flag 23',
      'rule VVDS last digit',
      'won',
      'It won, by its flag.'
    ]) {
      expect(first.textContent).toContain(words);
    }
    expect(second.textContent).toContain('flag 24 “secure, secondary” → 4');
    expect(within(second).getByText('proposed rule')).toBeTruthy();
    expect(within(first).queryByText('proposed rule')).toBeNull();
    expect(second.textContent).toContain('0.3″ from 1');
    expect(panel()!.textContent).toContain('2 measurements, 2 secure');
    expect(panel()!.textContent).toContain('The object of VVDS at 0.6642.');
    expect(panel()!.textContent).toContain('paired within 0.75″');
  });

  it('says in words what its pictures show, to those who come by keys', async () => {
    await open(3);
    const pictures = within(panel()!).getAllByRole('img');
    expect(pictures.every(picture => picture.getAttribute('tabindex') === '0')).toBe(true);
    const [sky, axis] = pictures.map(picture => picture.getAttribute('aria-label'));
    expect(sky).toContain('2 2dFGRS: 0.3″ east, 0.1″ south');
    expect(axis).toContain('2 2dFGRS: 1.9000 ± 0.0003');
    expect(axis).toContain('The axis is broken.');
  });

  it('lights one measurement in both pictures and in the list', async () => {
    await open(2);
    const lit = () => [...panel()!.querySelectorAll('.tsm-mod-lit')].map(node => node.tagName.toLowerCase());
    const mark = panel()!.querySelector('.tsm-Why-axis g[class] title')!.parentElement!;
    expect(lit()).toEqual([]);
    fireEvent.mouseEnter(mark);
    expect(lit()).toEqual(['g', 'g', 'li']);
    expect(items()[0].className).toContain('tsm-mod-lit');
    fireEvent.mouseLeave(mark);
    fireEvent.focus(within(items()[1]).getByRole('button', { name: '2dFGRS' }));
    expect(lit()).toEqual(['g', 'g', 'li']);
    expect(items()[1].className).toContain('tsm-mod-lit');
  });

  it('is asked for once for all its measurements; each opens its own row', async () => {
    await open(2);
    expect(items()[0].querySelector('[aria-current="true"]')).not.toBeNull();
    await click('2dFGRS', items()[1]);
    expect(openRow()).toBe(3);
    expect(items()[1].querySelector('[aria-current="true"]')).not.toBeNull();
    expect(source.why).toHaveBeenCalledTimes(1);
  });

  it('counts measurements that are elsewhere, and does without what an older table lacks', async () => {
    const bare = Object.fromEntries(
      Object.keys(measurement(6)).map(key => [
        key,
        ['row_id', 'row'].includes(key) ? measurement(6)[key as 'row'] : null
      ])
    );
    source.why.mockResolvedValue({
      ...why(id(6)),
      n_meas: 3,
      n_secure: null,
      agreement: null,
      radius_arcsec: null,
      criteria: null,
      tolerance: null,
      sentence: null,
      conflict_place: null,
      measurements: [bare as never, { ...(bare as object), row_id: id(5) } as never]
    });
    await open(6);
    expect(items()[0].textContent).toContain('no flag → none');
    expect(panel()!.textContent).toContain('1 more measurement of this object is not in this table.');
    expect(panel()!.querySelector('svg[role="img"]')).toBeNull();
  });
});

describe('conflicts', () => {
  it('follow one another', async () => {
    await open(2);
    expect(panel()!.textContent).toContain('1 of 2 conflicts');
    await click('Next conflict');
    expect(openRow()).toBe(5);
    expect(panel()!.textContent).toContain('2 of 2 conflicts');
    expect(panel()!.textContent).toContain('The object of VVDS at 0.1.');
    await click('Next conflict');
    expect(openRow()).toBe(5);
    await click('Previous conflict');
    expect(openRow()).toBe(2);
  });

  it('are found in any order, and beside the rows that pass', async () => {
    await open(0);
    await done(() => model.setSort({ column: 'redshift', descending: true }));
    await done(() => model.selection.setText("survey <> 'VVDS'"));
    // the shown rows by redshift: 1.9, 0.72, 0.6645, 0.2
    await done(() => void model.why.open(id(4)));
    expect(openRow()).toBe(1);
    expect(screen.queryByText(/does not pass the present condition/)).toBeNull();
    await done(() => void model.why.open(id(2)));
    expect(openRow()).toBe('outside');
    expect(within(panel()!).getByText(/does not pass the present condition/)).toBeTruthy();
    expect(panel()!.textContent).toContain('1 of 2 conflicts');
  });

  it('whose row could not be opened are tried again, and the trouble goes', async () => {
    await open(2);
    const windows = jest.spyOn(source, 'window').mockRejectedValue(new Error('The engine is away.'));
    await done(() => void model.why.open(id(4)));
    expect(panel()!.textContent).toContain('The row could not be opened.');
    expect(panel()!.textContent).toContain('The engine is away.');
    windows.mockRestore();
    await click('Try again');
    expect(openRow()).toBe(4);
    expect(document.body.textContent).not.toContain('The engine is away.');
  });

  it('whose row could not be opened say so no more when another row is chosen', async () => {
    await open(2);
    const windows = jest.spyOn(source, 'window').mockRejectedValue(new Error('The engine is away.'));
    await done(() => void model.why.open(id(4)));
    expect(document.body.textContent).toContain('The engine is away.');
    windows.mockRestore();
    await done(() => void model.openRow(6));
    expect(openRow()).toBe(6);
    expect(document.body.textContent).not.toContain('The engine is away.');
  });

  it('that are being opened give way to a row that is chosen meanwhile', async () => {
    await open(2);
    const answers: (() => void)[] = [];
    const real = source.window.bind(source);
    const windows = jest
      .spyOn(source, 'window')
      .mockImplementation((...asked) => new Promise<void>(go => answers.push(go)).then(() => real(...asked)));
    await done(() => void model.why.open(id(4)));
    windows.mockRestore();
    await done(() => void model.openRow(6));
    expect(answers).not.toHaveLength(0);
    await done(() => answers.forEach(go => go()));
    expect(openRow()).toBe(6);
  });

  it('are listed: surveys, redshifts and how far these are apart; each opens its object', async () => {
    await open(0);
    await click('2 conflicts', document.querySelector<HTMLElement>('.tsm-Explorer-head')!);
    expect(screen.queryByRole('complementary', { name: 'Row details' })).toBeNull();
    const list = within(screen.getByRole('list', { name: 'Objects in conflict' })).getAllByRole('button');
    expect(list).toHaveLength(2);
    expect(list[0].textContent).toContain('0.7, 1.9, 0.72');
    expect(list[0].textContent).toContain('Δz 0.5217');
    expect(list[0].textContent).toContain('VVDS, 2dFGRS, COSMOS-Web · 3 measurements');
    await done(() => fireEvent.click(list[1]));
    expect(openRow()).toBe(5);
    expect(panel()!.textContent).toContain('2 of 2 conflicts');
    await click('2 of 2 conflicts');
    expect(screen.getAllByRole('complementary').map(node => node.getAttribute('aria-label'))).toEqual([
      'Conflicts'
    ]);
    await click('About redshift');
    expect(screen.queryByRole('complementary', { name: 'Conflicts' })).toBeNull();
  });

  it('are not looked for where the counts say that there are none', async () => {
    const info = source.info.bind(source);
    source.info = async () => {
      const said = await info();
      const columns = said.columns.map(column =>
        column.name === 'agreement' ? { ...column, values: [{ value: 'agree', count: 7 }] } : column
      );
      return { ...said, columns };
    };
    await open(0);
    expect(source.conflicts).not.toHaveBeenCalled();
    expect(document.querySelector('.tsm-Explorer-head')!.textContent).not.toContain('conflict');
  });
});

describe('a decision', () => {
  const reason = () => screen.getByRole<HTMLInputElement>('textbox', { name: /^Why should/ });

  it('needs a reason, goes into the recipe, and is remembered', async () => {
    const onDecision = jest.fn();
    await open(2, { onDecision });
    await click('Prefer measurement 2…');
    const write = () => screen.getByRole<HTMLButtonElement>('button', { name: 'Prefer, in the recipe' });
    expect(write().disabled).toBe(true);
    fireEvent.change(reason(), { target: { value: ' two lines in the spectrum ' } });
    await done(() => fireEvent.click(write()));
    expect(onDecision).toHaveBeenCalledWith({
      kind: 'prefer',
      rowId: id(3),
      reason: 'two lines in the spectrum'
    });
    expect(items()[1].textContent).toContain('preferred by hand');
    expect(items()[1].textContent).toContain('“two lines in the spectrum” In the recipe');
    await done(() => void model.openRow(0));
    await done(() => void model.openRow(2));
    expect(items()[1].textContent).toContain('preferred by hand');
  });

  it('that could not be written stays in the form, with the words of what went wrong', async () => {
    await open(2, { onDecision: () => Promise.reject(new Error('The recipe is read-only.')) });
    await click('Exclude measurement 1…');
    fireEvent.change(reason(), { target: { value: 'sky line' } });
    await click('Exclude, in the recipe');
    expect(within(items()[0]).getByRole('alert').textContent).toContain('The recipe is read-only.');
    expect(reason().value).toBe('sky line');
    expect(within(items()[0]).getByRole('button', { name: 'Copy for the recipe' })).toBeTruthy();
    expect(items()[0].textContent).not.toContain('excluded by hand');
    fireEvent.keyDown(reason(), { key: 'Escape' });
    expect(screen.queryByRole('textbox', { name: /^Why should/ })).toBeNull();
    expect(panel()).not.toBeNull();
  });

  it('can be copied as a line of the recipe where there is none to write into', async () => {
    const writeText = jest.fn(async (text: string) => undefined);
    Object.defineProperty(navigator, 'clipboard', { configurable: true, value: { writeText } });
    await open(2);
    await click('Exclude measurement 1…');
    fireEvent.change(reason(), { target: { value: 'the "other" line: no' } });
    expect(items()[0].textContent).toContain('Paste it below “decisions:” of the step combine');
    await click('Copy for the recipe');
    expect(writeText).toHaveBeenCalledWith(`- {exclude: "${id(2)}", reason: "the \\"other\\" line: no"}`);
  });

  it('of the recipe is shown with its reason', async () => {
    const decision = { kind: 'exclude', reason: 'blend' };
    source.why.mockResolvedValue({
      ...why(id(0)),
      measurements: [measurement(0), measurement(1, { decision })]
    });
    await open(0);
    expect(items()[1].textContent).toContain('excluded by hand “blend”');
    expect(items()[1].textContent).not.toContain('next run');
  });
});

describe('without an explanation', () => {
  it('shows nothing where the source has none or the table is not combined', async () => {
    await open(0, {}, Object.assign(source, { why: undefined, conflicts: undefined }));
    expect(screen.getByRole('complementary', { name: 'Row details' }).textContent).toContain('redshift');
    expect(panel()).toBeNull();
    cleanup();
    model.dispose();
    const { source: plain } = await import('../../__tests__/data');
    const asked = jest.fn();
    await open(0, {}, Object.assign(plain(), { why: asked, conflicts: asked }));
    expect(panel()).toBeNull();
    expect(asked).not.toHaveBeenCalled();
  });

  it('tells in words what went wrong, and tries again', async () => {
    source.why.mockRejectedValueOnce(
      Object.assign(new Error('The engine is away.'), { remedy: 'Start it.' })
    );
    await open(0);
    const alert = within(panel()!).getByRole('alert');
    expect(alert.textContent).toContain('The engine is away. Start it.');
    expect(screen.getByRole('complementary', { name: 'Row details' }).textContent).toContain('0.6642');
    await click('Try again', alert);
    expect(items()).toHaveLength(2);
  });

  it('does not take something else for one', async () => {
    source.why.mockResolvedValueOnce({
      ...why(id(0)),
      measurements: [{ ...measurement(0), row_id: 900719925474099 }]
    } as never);
    await open(0);
    expect(within(panel()!).getByRole('alert').textContent).toContain('"row_id" is missing or malformed');
  });
});
