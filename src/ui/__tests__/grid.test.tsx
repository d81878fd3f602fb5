/** @jest-environment jsdom */
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import type { IColumnInfo } from '../../table/source';
import { DataGrid, type Sort } from '../grid/DataGrid';
import { rowAt, scrollOf, scrollTopOf } from '../grid/geometry';

const trans = nullTranslator.load('tsm');
const columns: IColumnInfo[] = [
  { name: 'objectId', type: 'int', arrow: 'int64', nulls: 0, min: '1', max: '9007199254740993' },
  { name: 'redshift', type: 'float', arrow: 'double', nulls: 1, description: 'Heliocentric', unit: '' },
  { name: 'ra', type: 'float', arrow: 'double', nulls: 0, unit: 'deg' },
  { name: 'survey', type: 'text', arrow: 'string', nulls: 0 }
];

beforeAll(() => {
  for (const [name, size] of [
    ['clientWidth', 800],
    ['clientHeight', 302]
  ] as const) {
    Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => size });
  }
});
afterEach(cleanup);

function grid(total: number) {
  const asked: [number, number][] = [];
  const sorts: Sort[] = [];
  const opened: number[] = [];
  const rows = {
    total,
    request: (start: number, count: number) => void asked.push([start, count]),
    value: (row: number, column: string) =>
      column === 'objectId'
        ? 9007199254740993n + BigInt(row)
        : column === 'redshift'
          ? row === 1
            ? null
            : row / 8
          : column === 'ra'
            ? 53.1
            : 'VVDS'
  };
  render(
    <DataGrid
      trans={trans}
      label="Rows"
      columns={columns}
      roles={{ redshift: 'redshift' }}
      rows={rows}
      version={0}
      queryKey=""
      onSort={sort => sorts.push(sort)}
      onOpen={row => opened.push(row)}
    />
  );
  return { asked, sorts, opened, node: screen.getByRole('grid') };
}

const active = (node: HTMLElement) =>
  document.getElementById(node.getAttribute('aria-activedescendant') ?? '')?.textContent;

describe('the grid', () => {
  it('shows a window of all rows, and says how many there are', () => {
    const { asked, node } = grid(1_000_000);
    expect(node.getAttribute('aria-rowcount')).toBe('1000001');
    const shown = screen.getAllByRole('row').length - 1;
    expect(shown).toBeGreaterThan(8);
    expect(shown).toBeLessThan(14);
    expect(asked[asked.length - 1]).toEqual([0, shown]);
  });

  it('writes ids whole, redshifts with 4 decimals, degrees with 6, and null as null', () => {
    grid(3);
    const [, first, second] = screen.getAllByRole('row').map(row => row.textContent);
    expect(first).toContain('9007199254740993');
    expect(first).toContain('0.0000');
    expect(first).toContain('53.100000');
    expect(second).toContain('null');
  });

  it('says name and unit of each column', () => {
    grid(3);
    const header = screen.getByRole('columnheader', { name: /ra/ });
    expect(within(header).getByText('deg')).toBeTruthy();
  });

  it('moves by keys to any row and opens it', () => {
    const { node, opened, asked } = grid(1_000_000);
    fireEvent.keyDown(node, { key: 'ArrowDown' });
    fireEvent.keyDown(node, { key: 'ArrowRight' });
    expect(active(node)).toBe('null');
    fireEvent.keyDown(node, { key: 'Enter' });
    fireEvent.keyDown(node, { key: 'End', ctrlKey: true });
    fireEvent.keyDown(node, { key: 'Enter' });
    expect(opened).toEqual([1, 999_999]);
    const [start, count] = asked[asked.length - 1];
    expect(start + count).toBe(1_000_000);
  });

  it('sorts up, then down, by a click or by Space', () => {
    const { sorts, node } = grid(3);
    fireEvent.click(
      within(screen.getByRole('columnheader', { name: 'redshift' })).getByRole('button', { name: 'redshift' })
    );
    fireEvent.keyDown(node, { key: ' ' });
    expect(sorts).toEqual([
      { column: 'redshift', descending: false },
      { column: 'objectId', descending: false }
    ]);
  });
});

/** Rows that come when the test says so. */
class Late {
  readonly changed = new Signal<this, void>(this);
  total: number | null = 100_000;
  here = new Set<number>();
  request(): void {}
  value(row: number, column: string) {
    return this.here.has(row) ? `${column} ${row}` : undefined;
  }
  come(from: number, to: number): void {
    for (let row = from; row < to; row++) {
      this.here.add(row);
    }
    act(() => this.changed.emit());
  }
}

const late = (rows: Late) =>
  render(
    <DataGrid trans={trans} label="Rows" columns={columns.slice(3)} rows={rows} queryKey="" />
  ).container.querySelector<HTMLElement>('[role="grid"]')!;

/** What each row in sight says, by its number from 0. */
const inSight = () =>
  new Map(
    screen
      .getAllByRole('row')
      .slice(1)
      .map(row => [Number(row.getAttribute('aria-rowindex')) - 2, row.textContent])
  );

describe('rows under the hand', () => {
  it('says of every row what is in it, wherever and however fast it was scrolled to', () => {
    const rows = new Late();
    const node = late(rows);
    rows.come(0, 100_000);
    for (const top of [5, 24, 240, 120_000, 120_012, 119_990, 2_399_000, 48, 0, 7_200]) {
      node.scrollTop = top;
      fireEvent.scroll(node);
      const seen = inSight();
      const first = Math.floor(top / 24);
      expect(Math.min(...seen.keys())).toBe(Math.min(first, 100_000 - 10));
      expect(seen.size).toBeGreaterThanOrEqual(10);
      for (const [row, text] of seen) {
        expect(text).toBe(`survey ${row}`);
      }
    }
  });

  it('keeps the elements of rows that stay in sight', () => {
    const rows = new Late();
    const node = late(rows);
    rows.come(0, 100);
    const fifth = screen.getByText('survey 5').parentElement;
    node.scrollTop = 72;
    fireEvent.scroll(node);
    expect(screen.getByText('survey 5').parentElement).toBe(fifth);
  });

  it('shows where a row is before it shows what is in it', () => {
    const rows = new Late();
    const node = late(rows);
    rows.come(0, 200);
    node.scrollTop = 24_000;
    fireEvent.scroll(node);
    expect(new Set(inSight().values())).toEqual(new Set(['']));
    expect(node.getAttribute('aria-busy')).toBe('true');
    expect(node.textContent).toContain('1,001');
    rows.come(900, 1100);
    expect(inSight().get(1000)).toBe('survey 1000');
    expect(node.hasAttribute('aria-busy')).toBe(false);
  });

  it('keeps the rows on show until those of another order are here', () => {
    const rows = new Late();
    const node = late(rows);
    rows.come(0, 200);
    rows.total = null;
    rows.here.clear();
    act(() => rows.changed.emit());
    expect(inSight().get(3)).toBe('survey 3');
    expect(node.getAttribute('aria-busy')).toBe('true');
  });

  it('puts the rows in reading order when the hand is at rest', () => {
    jest.useFakeTimers();
    try {
      const rows = new Late();
      const node = late(rows);
      rows.come(0, 100);
      node.scrollTop = 120;
      fireEvent.scroll(node);
      act(() => void jest.runOnlyPendingTimers());
      expect([...inSight().keys()]).toEqual(Array.from({ length: inSight().size }, (_, i) => 5 + i));
    } finally {
      jest.useRealTimers();
    }
  });
});

describe('the header', () => {
  const edges = Array.from({ length: 11 }, (_, i) => i / 10);
  const counts = [1, 2, 3, 4, 5, 5, 4, 3, 2, 1];
  const z: IColumnInfo = {
    name: 'z',
    type: 'float',
    arrow: 'double',
    nulls: 0,
    histogram: { edges, counts }
  };
  const survey: IColumnInfo = {
    ...columns[3],
    values: [
      { value: 'VVDS', count: 7 },
      { value: 'DESI', count: 3 }
    ]
  };

  function header(props: Partial<Parameters<typeof DataGrid>[0]> = {}) {
    const said: unknown[] = [];
    const rows = { total: 3, request: () => undefined, value: () => 'x' };
    render(
      <DataGrid
        trans={trans}
        label="Rows"
        columns={[z, survey]}
        rows={rows}
        queryKey=""
        onSelect={(column, range) => said.push([column, range])}
        onPick={(column, value) => said.push([column, value])}
        onProfile={column => said.push(column)}
        onSort={sort => said.push(sort)}
        {...props}
      />
    );
    const head = screen.getByRole('columnheader', { name: 'z' });
    const plot = head.querySelector<HTMLElement>('.tsm-HeadPlot')!;
    return { said, head, plot, node: screen.getByRole('grid') };
  }

  // jsdom has no pointer events
  const pointer = (node: HTMLElement, type: string, clientX: number) =>
    fireEvent(node, new MouseEvent(`pointer${type}`, { bubbles: true, button: 0, clientX }));
  const drag = (node: HTMLElement, from: number, to: number) => {
    pointer(node, 'down', from);
    pointer(node, 'move', to);
    pointer(node, 'up', to);
  };

  it('selects a range by dragging over the distribution, with round bounds', () => {
    const { said, plot } = header();
    drag(plot, 14, 28);
    expect(said).toHaveLength(1);
    const [column, [low, high]] = said[0] as [string, [number, number]];
    expect(column).toBe('z');
    expect(high).toBeCloseTo(2 * low, 1);
    expect(String(low).length).toBeLessThanOrEqual(5);
  });

  it('takes a touch of the distribution for no selection', () => {
    const { said, plot } = header();
    drag(plot, 14, 15);
    expect(said).toEqual([]);
  });

  it('shows the range that is selected, and lets go of it', () => {
    const { said, head, plot } = header({ selections: column => (column === 'z' ? [0.2, 0.9] : null) });
    expect(head.textContent).toContain('0.2 – 0.9');
    expect(plot.querySelector('.tsm-HeadPlot-range')).not.toBeNull();
    fireEvent.click(within(head).getByTitle('Clear the range of z'));
    expect(said).toEqual([['z', null]]);
  });

  it('draws the share of the rows that pass', () => {
    const { plot } = header({ headers: new Map([['z', Uint32Array.from(counts, count => count >> 1)]]) });
    const drawn = [...plot.querySelectorAll('path')].map(path => path.getAttribute('d')!);
    expect(drawn).toHaveLength(2);
    expect(drawn[1]).not.toBe(drawn[0]);
  });

  it('draws no distribution of identifiers', () => {
    header({ columns: [z, { ...z, name: 'objectId' }] });
    const plots = (name: string) =>
      screen.getByRole('columnheader', { name }).querySelectorAll('.tsm-HeadPlot').length;
    expect([plots('z'), plots('objectId')]).toEqual([1, 0]);
  });

  it('picks a value by its bar', () => {
    const { said } = header();
    fireEvent.click(screen.getByRole('button', { name: 'survey = DESI: 3 rows' }));
    expect(said).toEqual([['survey', 'DESI']]);
  });

  it('is reached from the first row by keys: sorts, clears and tells of a column', () => {
    const { said, node } = header();
    fireEvent.keyDown(node, { key: 'ArrowUp' });
    expect(active(node)).toContain('z');
    fireEvent.keyDown(node, { key: 'Enter' });
    fireEvent.keyDown(node, { key: 'Escape' });
    fireEvent.keyDown(node, { key: 'ArrowRight' });
    fireEvent.keyDown(node, { key: 'F2' });
    expect(said).toEqual([{ column: 'z', descending: false }, ['z', null], 'survey']);
    fireEvent.keyDown(node, { key: 'ArrowDown' });
    expect(active(node)).toBe('x');
    fireEvent.keyDown(node, { key: 'ContextMenu' });
    expect(said[3]).toBe('survey');
  });

  it('is made wider by its edge, and as wide as before by a double click', () => {
    const { head } = header();
    const width = () => parseInt(head.style.width);
    const before = width();
    const edge = head.querySelector<HTMLElement>('.tsm-Grid-edge')!;
    drag(edge, 100, 150);
    expect(width()).toBe(before + 50);
    fireEvent.doubleClick(edge);
    expect(width()).toBe(before);
  });
});

describe('the scroll bar', () => {
  it('reaches the last row of tables taller than a browser can scroll', () => {
    const rows = 50_000_000;
    const { height, scaled } = scrollOf(rows);
    expect(scaled).toBe(true);
    expect(rowAt(height - 240, rows, 240)).toBeCloseTo(rows - 10, 3);
    expect(rowAt(scrollTopOf(1_234_567, rows, 240), rows, 240)).toBeCloseTo(1_234_567, 0);
  });
});
