/** @jest-environment jsdom */
import { nullTranslator } from '@jupyterlab/translation';
import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { LocalBinner } from '../../table';
import type { IHistogramResult, ISkyResult, IUpdate } from '../../table/requests';
import type { ExplorerModel } from '../model';
import { explorerModel, source } from './data';
import { frame, layer, layOut, point, shown } from './dom';

beforeAll(layOut);
afterEach(cleanup);

/** Drag over the n(z) from x to x, in pixels of its layer: 952 wide, from 0 to 3. */
async function drag(model: ExplorerModel, to: number[], from = 100): Promise<void> {
  const nz = layer('n(z)');
  await act(async () => {
    point(nz, 'pointerdown', from);
    for (const x of to) {
      point(nz, 'pointermove', x);
      await model.idle();
    }
    point(nz, 'pointerup', to[to.length - 1]);
    await frame();
  });
}

const footer = (view: string) =>
  screen.getByRole('region', { name: view }).querySelector('.tsm-View-print')!.textContent;

describe('a brush', () => {
  it('moves without rendering panels or rows, and all counts follow', async () => {
    // what a panel says while it renders, counted
    const said = new Map<string, number>();
    const trans = Object.create(nullTranslator.load('tsm')) as ReturnType<typeof nullTranslator.load>;
    trans.__ = (text: string, ...args: unknown[]) => {
      said.set(text, (said.get(text) ?? 0) + 1);
      return nullTranslator.load('tsm').__(text, ...args);
    };
    // rows are asked for at rest, which is not during this test
    const model = await explorerModel(source(), { settle: 1e6 });
    await shown(model, { trans });
    await drag(model, [150]);
    const renders = () =>
      ['Colour by', 'Across', 'Zoom out', 'Column of the counts', 'Rows of %1', 'Cite'].map(text =>
        said.get(text)
      );
    const before = renders();
    expect(before.every(count => count !== undefined && count > 0)).toBe(true);
    const changes: MutationRecord[] = [];
    const observer = new MutationObserver(records => changes.push(...records));
    for (const part of document.querySelectorAll('.tsm-Rows, .tsm-View-head')) {
      observer.observe(part, { subtree: true, childList: true, attributes: true, characterData: true });
    }
    await drag(model, [200, 300, 260, 500], 400);
    observer.disconnect();
    expect(renders()).toEqual(before);
    expect(
      changes.filter(({ target }) => target instanceof Element && target.closest('.tsm-Grid-head') === null)
    ).toEqual([]);

    const range = model.selection.range('redshift')!;
    expect(range[0]).toBeCloseTo((400 / 952) * 3, 1);
    expect(range[1]).toBeCloseTo((500 / 952) * 3, 1);
    const rows = model.passed!;
    expect(rows).toBeGreaterThan(30);
    expect(rows).toBeLessThan(100);
    expect(footer('density')).toContain('600 rows');
    const bars = [
      ...screen.getByRole('region', { name: 'flags' }).querySelectorAll('.tsm-CategoryBars-count')
    ];
    expect(bars.reduce((sum, { textContent }) => sum + Number(textContent), 0)).toBe(rows);
    await waitFor(() =>
      expect(document.querySelector('.tsm-Condition-count')!.textContent).toBe(
        `${rows} of 600 rows · ${600 - rows} left out`
      )
    );
    const mark = layer('n(z)').querySelector<HTMLElement>('.tsm-Brush-selection')!;
    expect(mark.hidden).toBe(false);
    expect(parseFloat(mark.style.left)).toBeCloseTo(400, -1);
    expect(parseFloat(mark.style.width)).toBeCloseTo(100, -1);
    model.dispose();
  });

  it('joins others, and a typed condition moves it', async () => {
    const model = await explorerModel();
    await shown(model);
    await drag(model, [500]);
    await act(async () => {
      fireEvent.click(screen.getByTitle(/^z_flag = 4:/));
      await model.idle();
    });
    expect(model.selection.text).toMatch(/^redshift BETWEEN .* AND .* AND z_flag = 4$/);
    await act(async () => {
      model.selection.setText('redshift BETWEEN 1.5 AND 3');
      await model.idle();
    });
    const mark = layer('n(z)').querySelector<HTMLElement>('.tsm-Brush-selection')!;
    expect(parseFloat(mark.style.left)).toBeCloseTo(952 / 2, -1);
    expect(parseFloat(mark.style.width)).toBeCloseTo(952 / 2, -1);
    model.dispose();
  });

  it('lets the counting get ready when the pointer or the focus comes near', async () => {
    const prepared: string[] = [];
    class Watched extends LocalBinner {
      override async prepare(axes: readonly string[]): Promise<null> {
        prepared.push(axes.join());
        return null;
      }
    }
    const model = await explorerModel(source(), { createBinner: async () => new Watched() });
    await shown(model);
    // a pointer on its way to another plot is not waited for
    fireEvent.pointerEnter(layer('n(z)'));
    fireEvent.focus(layer('density'));
    await waitFor(() => expect(prepared).toEqual(['i_mag,redshift']));
    fireEvent.pointerEnter(layer('n(z)'));
    await waitFor(() => expect(prepared).toEqual(['i_mag,redshift', 'redshift']));
    model.dispose();
  });

  it('is followed at once, within the event that moves it', async () => {
    let asked = 0;
    let ready = 0;
    class Watched extends LocalBinner {
      override update(update: IUpdate): ReturnType<LocalBinner['update']> {
        asked += 1;
        return super.update(update);
      }
      override async prepare(...given: Parameters<LocalBinner['prepare']>) {
        const cube = await super.prepare(...given);
        ready += 1;
        return cube;
      }
    }
    const model = await explorerModel(source(), { createBinner: async () => new Watched(), settle: 1e6 });
    await shown(model);
    const redshift = Array.from({ length: 600 }, (_, row) => row / 200);
    const inBounds = () => {
      const [low, high] = model.selection.range('redshift')!;
      return redshift.filter(value => value >= low && value <= high).length;
    };
    const nz = layer('n(z)');
    fireEvent.pointerEnter(nz);
    await waitFor(() => expect(ready).toBe(1));
    const before = asked;
    point(nz, 'pointerdown', 100);
    for (const x of [300, 420, 250, 60]) {
      act(() => point(nz, 'pointermove', x));
      expect(model.passed).toBe(inBounds());
      expect((model.result!.views.sky as ISkyResult).total).toBe(inBounds());
    }
    // an end that was typed stays as it is while the other one moves
    act(() => model.selection.setText('redshift BETWEEN 0.31415 AND 0.95'));
    await act(() => model.idle());
    point(nz, 'pointerup', 60);
    fireEvent.pointerEnter(nz);
    await waitFor(() => expect(ready).toBe(2));
    const typed = asked;
    point(nz, 'pointerdown', 0.31415 * (952 / 3));
    act(() => point(nz, 'pointermove', 200));
    expect(model.selection.range('redshift')![1]).toBe(0.95);
    expect(model.passed).toBe(inBounds());
    point(nz, 'pointerup', 200);
    // the first key brings both ends to whole pixels, so does each that follows
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowLeft']) {
      act(() => void fireEvent.keyDown(nz, { key }));
      expect(model.passed).toBe(inBounds());
    }
    expect([before, typed]).toEqual([before, before + 1]);
    expect(asked).toBe(typed);
    // nor while the counts of all views are behind another condition, or from what was made for another one
    const survey = "survey = 'DESI'";
    act(() => {
      model.selection.setText(`redshift BETWEEN 0.5 AND 1 AND ${survey}`);
      model.selection.setText('redshift BETWEEN 0.5 AND 1');
      model.selection.setText(`redshift BETWEEN 0.5 AND 1.5 AND ${survey}`);
    });
    await act(() => model.idle());
    expect(model.passed).toBe(redshift.filter((z, row) => z >= 0.5 && z <= 1.5 && row % 3 === 2).length);
    expect((model.result!.views.nz as IHistogramResult).total).toBe(200);
    await act(async () => {
      model.selection.setText("redshift BETWEEN 0.5 AND 1 AND survey = 'DESI'");
      await model.idle();
    });
    expect(model.passed).toBe(redshift.filter((z, row) => z >= 0.5 && z <= 1 && row % 3 === 2).length);
    model.dispose();
  });

  it('counts for the headers when the hand lets go, one column at a time', async () => {
    const asked: string[][] = [];
    class Watched extends LocalBinner {
      override update(update: IUpdate): ReturnType<LocalBinner['update']> {
        asked.push(Object.keys(update.views));
        return super.update(update);
      }
    }
    const model = await explorerModel(source(), { createBinner: async () => new Watched(), settle: 0 });
    await shown(model);
    const brush = layer('n(z)');
    point(brush, 'pointerdown', 100);
    point(brush, 'pointermove', 300);
    await waitFor(() => expect(model.windows.query.where ?? '').toContain('redshift'));
    await act(() => model.idle());
    expect(asked.flat().some(id => id.startsWith('head:'))).toBe(false);
    point(brush, 'pointerup', 300);
    await waitFor(() => expect(model.headers.size).toBeGreaterThan(2));
    const heads = asked.filter(ids => ids.some(id => id.startsWith('head:')));
    expect(heads.every(ids => ids.length === 1)).toBe(true);
    expect(heads).toHaveLength(model.headers.size);
    model.dispose();
  });

  it('in a header counts for the headers too only when the hand lets go, wherever that is', async () => {
    const asked: string[] = [];
    class Watched extends LocalBinner {
      override update(update: IUpdate): ReturnType<LocalBinner['update']> {
        asked.push(...Object.keys(update.views));
        return super.update(update);
      }
    }
    const edges = Array.from({ length: 7 }, (_, i) => i / 2);
    const meta = { redshift: { histogram: { edges, counts: [100, 100, 100, 100, 100, 100] } } };
    const model = await explorerModel(source({ meta }), {
      createBinner: async () => new Watched(),
      settle: 0
    });
    await shown(model);
    const head = screen.getByTitle('Drag to select a range of redshift');
    const counted = () => asked.filter(id => id.startsWith('head:'));
    const move = async (to: number) => {
      await act(async () => {
        point(head, 'pointermove', to);
        await frame();
        await model.idle();
      });
    };
    point(head, 'pointerdown', 10);
    await move(40);
    await waitFor(() => expect(model.windows.query.where ?? '').toContain('redshift'));
    await act(() => model.idle());
    expect(counted()).toEqual([]);
    point(document.body, 'pointerup', 40);
    await waitFor(() => expect(counted()).toContain('head:redshift'));
    await waitFor(() => expect(model.headers.get('redshift')?.length).toBe(6));
    model.dispose();
  });

  it('is let go of when the pointer moves with no button down', async () => {
    const model = await explorerModel();
    await shown(model);
    const held: boolean[] = [];
    const hold = jest.spyOn(model, 'hold').mockImplementation(on => void held.push(on));
    point(screen.getByRole('combobox', { name: 'Add a view' }), 'pointerdown', 10);
    document.body.dispatchEvent(new MouseEvent('pointermove', { bubbles: true, buttons: 0 }));
    document.body.dispatchEvent(new MouseEvent('pointermove', { bubbles: true, buttons: 0 }));
    expect(held).toEqual([true, false]);
    hold.mockRestore();
    model.dispose();
  });

  it('takes typed bounds, and says what is wrong with them', async () => {
    const model = await explorerModel();
    await shown(model);
    const view = within(screen.getByRole('region', { name: 'n(z)' }));
    fireEvent.click(view.getByRole('button', { name: 'bounds' }));
    const [low, high] = [/from$/, /to$/].map(name => view.getByRole('textbox', { name }));
    fireEvent.change(low, { target: { value: '1.2' } });
    fireEvent.change(high, { target: { value: '0.7' } });
    fireEvent.click(view.getByRole('button', { name: 'Select' }));
    expect(view.getByRole('alert').textContent).toContain('above the upper one');
    fireEvent.change(low, { target: { value: 'half' } });
    fireEvent.click(view.getByRole('button', { name: 'Select' }));
    expect(view.getByRole('alert').textContent).toContain('Type a number');
    fireEvent.change(low, { target: { value: '0.25' } });
    await act(async () => {
      fireEvent.click(view.getByRole('button', { name: 'Select' }));
      await model.idle();
    });
    expect(model.selection.text).toBe('redshift BETWEEN 0.25 AND 0.7');
    expect(view.queryByRole('form')).toBeNull();
    model.dispose();
  });
});

describe('what a plot says', () => {
  it('tells rows, range, peak and selection', async () => {
    const model = await explorerModel();
    await shown(model);
    const nz = within(screen.getByRole('region', { name: 'n(z)' })).getByRole('img');
    expect(nz.getAttribute('aria-label')).toMatch(/^Histogram of redshift: 600 rows from 0 to 3/);
    expect(nz.getAttribute('aria-label')).toContain('Nothing selected here.');
    expect(layer('n(z)').getAttribute('aria-describedby')).toBe(nz.id);
    await act(async () => {
      model.setRange('redshift', [1, 2]);
      await model.idle();
    });
    await waitFor(() => expect(nz.getAttribute('aria-label')).toContain('Selected: redshift from 1 to 2.'));
    const density = within(screen.getByRole('region', { name: 'density' })).getByRole('img');
    expect(density.getAttribute('aria-label')).toMatch(/^Density of 600 rows: i_mag from .* Densest near/);
    await waitFor(() =>
      expect(
        within(screen.getByRole('region', { name: 'sky' }))
          .getByRole('img')
          .getAttribute('aria-label')
      ).toMatch(/^Sky map of 201 rows, .* around RA 53\.\d+, dec -27\.\d+\./)
    );
    model.dispose();
  });
});

describe('an axis', () => {
  it('may be an expression, and one that cannot be is said in words', async () => {
    const model = await explorerModel();
    await shown(model);
    const view = within(screen.getByRole('region', { name: 'density' }));
    const choose = (text: string) => {
      const select = view.queryByRole('combobox', { name: 'Across' });
      if (select !== null) {
        const option = within(select).getByRole<HTMLOptionElement>('option', { name: 'expression…' });
        fireEvent.change(select, { target: { value: option.value } });
      }
      const input = view.getByRole('textbox', { name: 'Across: an expression' });
      fireEvent.change(input, { target: { value: text } });
      fireEvent.keyDown(input, { key: 'Enter' });
    };
    choose('i_mag - redshif');
    expect(view.getByRole('alert').textContent).toContain("Did you mean 'redshift'?");
    choose('survey');
    expect(view.getByRole('alert').textContent).toContain('This is text');
    choose('i_mag > 20');
    expect(view.getByRole('alert').textContent).toContain('true or false');
    choose('1 + 2');
    expect(view.getByRole('alert').textContent).toContain('no column');
    await act(async () => {
      choose('i_mag-redshift');
      await model.idle();
    });
    expect(view.queryByRole('alert')).toBeNull();
    expect(model.views[2]).toMatchObject({ x: 'i_mag - redshift', y: 'redshift' });
    expect(footer('density')).toContain('600 rows');
    await act(async () => {
      model.setRange('i_mag - redshift', [18, 20]);
      await model.idle();
    });
    expect(model.selection.text).toBe('i_mag - redshift BETWEEN 18 AND 20');
    model.dispose();
  });
});

describe('closing', () => {
  it('leaves no listener, observer or binner behind, twenty times', async () => {
    let open = 0;
    const listeners = new Map<string, number>();
    const count = (type: string, by: number) => listeners.set(type, (listeners.get(type) ?? 0) + by);
    type Listen = (type: string, listener: EventListenerOrEventListenerObject, options?: never) => void;
    const undo = [window, document].map(target => {
      const add: Listen = target.addEventListener.bind(target);
      const remove: Listen = target.removeEventListener.bind(target);
      const counting =
        (by: number, act: Listen): Listen =>
        (type, listener, options) => {
          count(type, by);
          act(type, listener, options);
        };
      Object.assign(target, {
        addEventListener: counting(1, add),
        removeEventListener: counting(-1, remove)
      });
      return () => Object.assign(target, { addEventListener: add, removeEventListener: remove });
    });
    class Counted extends LocalBinner {
      constructor() {
        super();
        open += 1;
      }
      override dispose(): void {
        super.dispose();
        open -= 1;
      }
    }
    let before: string | null = null;
    for (let i = 0; i < 20; i++) {
      const model = await explorerModel(source(), { createBinner: async () => new Counted() });
      const { unmount } = await shown(model);
      await drag(model, [200 + i]);
      unmount();
      model.dispose();
      // React itself listens to the document from its first root on
      before ??= JSON.stringify([...listeners]);
    }
    await Promise.resolve();
    expect(open).toBe(0);
    expect(JSON.stringify([...listeners])).toBe(before);
    undo.forEach(act => act());
  }, 60_000);
});
