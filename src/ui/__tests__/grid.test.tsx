/** @jest-environment jsdom */
import { nullTranslator } from '@jupyterlab/translation';
import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
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
      within(screen.getByRole('columnheader', { name: /redshift/ })).getByRole('button', { hidden: true })
    );
    fireEvent.keyDown(node, { key: ' ' });
    expect(sorts).toEqual([
      { column: 'redshift', descending: false },
      { column: 'objectId', descending: false }
    ]);
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
