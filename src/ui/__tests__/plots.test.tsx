/** @jest-environment jsdom */
import { nullTranslator } from '@jupyterlab/translation';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import type { Value } from '../../expr';
import type { ICategoriesResult } from '../../table/requests';
import { ALL_SKY, project, unproject } from '../../table/sky';
import { Selection } from '../../table/selection';
import { Brush, type IRect } from '../plots/brush';
import { stopAt } from '../plots/brushMoves';
import { CategoryBars } from '../plots/CategoryBars';
import { Legend, roundRange } from '../plots/Histogram';
import { stopsAlong } from '../plots/ranges';
import { boundsOfRect, skyRect } from '../plots/skyPlace';
import { panned, zoomed } from '../plots/skyZoom';

const trans = nullTranslator.load('tsm');
afterEach(cleanup);

const box = { left: 0, top: 0, right: 100, bottom: 50 };

function brush(selection: IRect | null, axis: 'x' | 'xy' = 'x') {
  const changes: (IRect | null)[] = [];
  render(
    <Brush
      box={box}
      axis={axis}
      selection={selection}
      label="n(z)"
      step={5}
      onChange={rect => changes.push(rect)}
    />
  );
  return { changes, layer: screen.getByRole('group', { name: 'n(z)' }) };
}

const rect = { x0: 20, x1: 60, y0: 0, y1: 50 };

/** jsdom has no PointerEvent of its own. */
function point(layer: HTMLElement, type: string, clientX: number, clientY = 10): void {
  fireEvent(layer, new MouseEvent(type, { bubbles: true, clientX, clientY, button: 0 }));
}

describe('a brush', () => {
  it('selects what is dragged over', () => {
    const { changes, layer } = brush(null);
    point(layer, 'pointerdown', 70);
    point(layer, 'pointermove', 30);
    point(layer, 'pointerup', 30);
    expect(changes).toEqual([{ x0: 30, x1: 70, y0: 0, y1: 50 }]);
  });

  it('is not moved by a click', () => {
    const { changes, layer } = brush(null);
    point(layer, 'pointerdown', 70);
    point(layer, 'pointermove', 71);
    point(layer, 'pointerup', 71);
    expect(changes).toEqual([]);
  });

  it('moves when dragged, and stops at the edge', () => {
    const { changes, layer } = brush(rect);
    point(layer, 'pointerdown', 40);
    point(layer, 'pointermove', 50);
    point(layer, 'pointermove', 95);
    expect(changes[0]).toMatchObject({ x0: 30, x1: 70 });
    expect(changes[1]).toMatchObject({ x0: 60, x1: 100 });
  });

  it('changes one side when its edge is dragged', () => {
    const { changes, layer } = brush(rect);
    point(layer, 'pointerdown', 60);
    point(layer, 'pointermove', 80);
    expect(changes).toEqual([{ ...rect, x1: 80 }]);
  });

  it('stops at whole pixels, and leaves the side that is not dragged where it was', () => {
    const { changes, layer } = brush({ ...rect, x0: 20.3 });
    point(layer, 'pointerdown', 60.2);
    point(layer, 'pointermove', 80.4);
    expect(changes).toEqual([{ ...rect, x0: 20.3, x1: 80 }]);
    cleanup();
    const moved = brush({ ...rect, x0: 20.3 });
    point(moved.layer, 'pointerdown', 40);
    point(moved.layer, 'pointermove', 41.6);
    expect(moved.changes).toEqual([{ ...rect, x0: 22, x1: 62 }]);
  });

  it.each([
    [0, 3, 412],
    [-0.4, 1.2, 333.4],
    [26.5, 17, 181.25],
    [0, 360, 90],
    [1e-9, 4e-9, 500],
    [0, 5e7, 250]
  ])('takes no bounds but its stops, from %d to %d along %d pixels', (first, last, pixels) => {
    const stops = new Set(stopsAlong(first, last, pixels));
    const perPixel = (last - first) / pixels;
    const selection = new Selection(new Map([['z', 'float']]));
    for (let x = 0; x <= pixels + 1; x += 7) {
      const [from, to] = [x - 40, x].map(place => first + stopAt(place, pixels) * perPixel);
      selection.setRange('z', roundRange(Math.min(from, to), Math.max(from, to), Math.abs(perPixel)));
      const [low, high] = selection.range('z')!;
      expect([stops.has(low), stops.has(high)]).toEqual([true, true]);
    }
  });

  it('is cleared by Escape and by a double click', () => {
    const { changes, layer } = brush(rect);
    fireEvent.keyDown(layer, { key: 'Escape' });
    fireEvent.doubleClick(layer);
    expect(changes).toEqual([null, null]);
  });

  it('is made, moved and widened by keys', () => {
    const { changes, layer } = brush(null);
    fireEvent.keyDown(layer, { key: 'Enter' });
    expect(changes[0]).toMatchObject({ x0: 37.5, x1: 62.5 });
    cleanup();
    const second = brush(rect);
    fireEvent.keyDown(second.layer, { key: 'ArrowRight' });
    fireEvent.keyDown(second.layer, { key: 'ArrowRight', shiftKey: true });
    expect(second.changes[0]).toMatchObject({ x0: 25, x1: 65 });
    expect(second.changes[1]).toMatchObject({ x0: 20, x1: 65 });
    cleanup();
    // as a hand does, keys stop at whole pixels
    const third = brush({ ...rect, x0: 20.3 });
    fireEvent.keyDown(third.layer, { key: 'ArrowRight' });
    expect(third.changes).toEqual([{ ...rect, x0: 25, x1: 65 }]);
  });

  it('is announced when the pointer comes, and anew while it moves on after a while', () => {
    const now = jest.spyOn(performance, 'now');
    const onApproach = jest.fn();
    const props = { box, axis: 'x', selection: null, label: 'n(z)', step: 5, onChange: () => {} } as const;
    render(<Brush {...props} onApproach={onApproach} />);
    const layer = screen.getByRole('group', { name: 'n(z)' });
    const times: number[] = [];
    for (const [time, type] of [
      [10000, 'pointerover'],
      [11000, 'pointermove'],
      [11500, 'pointermove'],
      [16000, 'pointermove'],
      [16100, 'pointermove']
    ] as const) {
      now.mockReturnValue(time);
      onApproach.mockImplementation(() => times.push(time));
      point(layer, type, 50);
    }
    now.mockRestore();
    expect(times).toEqual([10000, 16000]);
  });
});

describe('a map that is moved', () => {
  it('follows the hand with Shift, or when it is told to, and selects nothing', () => {
    const changes: unknown[] = [];
    const moves: [number, number][] = [];
    const { rerender } = render(
      <Brush
        box={box}
        axis="xy"
        selection={null}
        label="sky"
        step={5}
        onChange={rect => changes.push(rect)}
        onPan={(dx, dy) => moves.push([dx, dy])}
      />
    );
    const layer = screen.getByRole('group', { name: 'sky' });
    fireEvent(
      layer,
      new MouseEvent('pointerdown', { bubbles: true, clientX: 10, clientY: 10, shiftKey: true })
    );
    point(layer, 'pointermove', 25, 8);
    point(layer, 'pointerup', 25, 8);
    rerender(
      <Brush
        box={box}
        axis="xy"
        selection={null}
        label="sky"
        step={5}
        panning
        onChange={rect => changes.push(rect)}
        onPan={(dx, dy) => moves.push([dx, dy])}
      />
    );
    fireEvent.keyDown(layer, { key: 'ArrowLeft' });
    expect(moves).toEqual([
      [15, -2],
      [12.5, 0]
    ]);
    expect(changes).toEqual([]);
  });

  const field = { kind: 'field' as const, ra: 150, dec: 2, x: [-1, 1] as const, y: [-0.5, 0.5] as const };

  it('keeps the place under the pointer when it zooms', () => {
    // a quarter from the left, that is at larger RA
    const under = unproject(field, 0.5, 0.25)!;
    const next = zoomed(field, 0.5, { x: 0.25, y: 0.25 });
    expect(next.x[1] - next.x[0]).toBeCloseTo(1, 9);
    const [x, y] = project(next, ...under);
    expect(x).toBeCloseTo(0.25, 2);
    expect(y).toBeCloseTo(0.125, 2);
  });

  it('ends at all sky, and comes back to a field', () => {
    let frame = zoomed(field, 100);
    expect(frame).toEqual(ALL_SKY);
    for (let i = 0; i < 4; i++) {
      frame = zoomed(frame, 0.5);
    }
    expect(frame.kind).toBe('field');
    expect(frame.x[1] - frame.x[0]).toBeLessThan(25);
    // never closer than anyone can use
    expect(zoomed(field, 1e-9).x[1]).toBeGreaterThan(1e-4);
  });

  it('shows what lies to the left when it is drawn to the right', () => {
    const next = panned(field, 0.5, 0);
    expect(next.ra).toBeCloseTo(151, 1);
    expect(next.dec).toBeCloseTo(2, 1);
  });
});

describe('bounds read from a plot', () => {
  it('have no more decimals than a pixel is worth', () => {
    expect(roundRange(0.12345678, 0.98765432, 0.003)).toEqual([0.123, 0.988]);
    expect(roundRange(1234.5, 4321.9, 12)).toEqual([1240, 4320]);
  });

  it('come back to the same place on the sky', () => {
    const frame = {
      ...ALL_SKY,
      kind: 'field' as const,
      ra: 0,
      dec: 10,
      x: [-1, 1] as const,
      y: [-0.5, 0.5] as const
    };
    const drawn = { x0: 50, x1: 150, y0: 20, y1: 80 };
    const [ra, dec] = boundsOfRect(frame, drawn, 200, 100)!;
    // RA grows to the left, and the selection passes 0
    expect(ra[0]).toBeGreaterThan(359);
    expect(ra[1]).toBeLessThan(1);
    const again = skyRect(frame, ra, dec, 200, 100)!;
    expect(again.x0).toBeCloseTo(drawn.x0, -1);
    expect(again.x1).toBeCloseTo(drawn.x1, -1);
    expect(again.y0).toBeCloseTo(drawn.y0, -1);
    expect(again.y1).toBeCloseTo(drawn.y1, -1);
  });
});

describe('categories', () => {
  const result: ICategoriesResult = {
    kind: 'categories',
    column: 'survey',
    values: ['VVDS', 'DESI', null],
    all: Uint32Array.of(600, 300, 100),
    passed: Uint32Array.of(60, 30, 10),
    others: 2,
    othersAll: 5,
    othersPassed: 0
  };

  it('show a count beside every choice, and choose by a click', () => {
    const chosen: (Value[] | null)[] = [];
    render(
      <CategoryBars trans={trans} result={result} chosen={null} onChoose={values => chosen.push(values)} />
    );
    const vvds = screen.getByRole('button', { name: /VVDS/ });
    expect(vvds.textContent).toContain('60');
    expect(vvds.title).toBe('survey = VVDS: 60 of 600 rows');
    fireEvent.click(vvds);
    expect(chosen).toEqual([['VVDS']]);
    expect(screen.getByText(/2 other values/)).toBeTruthy();
  });

  it('add to a choice, and choosing the last one away is choosing all', () => {
    const chosen: (Value[] | null)[] = [];
    render(
      <CategoryBars
        trans={trans}
        result={result}
        chosen={['VVDS']}
        onChoose={values => chosen.push(values)}
      />
    );
    fireEvent.click(screen.getByRole('button', { name: /null/ }));
    fireEvent.click(screen.getByRole('button', { name: /VVDS/ }));
    expect(chosen).toEqual([['VVDS', null], null]);
    expect(screen.getByRole('button', { name: /VVDS/ }).getAttribute('aria-pressed')).toBe('true');
  });

  it('a legend is a filter', () => {
    const toggled: Value[] = [];
    render(
      <Legend
        trans={trans}
        column="survey"
        values={['VVDS', 'DESI']}
        counts={[60, 30]}
        chosen={['DESI']}
        onToggle={value => toggled.push(value)}
      />
    );
    fireEvent.click(screen.getByRole('button', { name: /VVDS/ }));
    expect(toggled).toEqual(['VVDS']);
    expect(screen.getByRole('button', { name: /DESI/ }).getAttribute('aria-pressed')).toBe('true');
  });
});
