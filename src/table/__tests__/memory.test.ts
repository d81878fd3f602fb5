import type { ColumnData } from '../../expr';
import { BinEngine } from '../binEngine';
import { textColumn } from '../memory';
import type { ViewRequest } from '../requests';
import { randomFrom, term } from './randomTable';

const ROWS = 600_000;

/** What a catalogue of 61 bytes a row has, as far as the views read it. */
function catalogue(): Map<string, ColumnData> {
  const random = randomFrom(5);
  const base = Float64Array.from({ length: ROWS }, random);
  const floats = (low: number, span: number): ColumnData => ({
    type: 'float',
    values: Float64Array.from(base, value => low + span * value),
    valid: null
  });
  const codes = Int32Array.from(base, value => Math.floor(value * 6));
  return new Map<string, ColumnData>([
    ['z', floats(0, 2)],
    ['ra', floats(50, 10)],
    ['dec', floats(-30, 5)],
    ['i_mag', { type: 'float', values: Float32Array.from(base, value => 18 + value), valid: null }],
    ['g_mag', { type: 'float', values: Float32Array.from(base, value => 19 + value * value), valid: null }],
    [
      'flag',
      { type: 'int', values: new BigInt64Array(ROWS).map((_, row) => BigInt(codes[row])), valid: null }
    ],
    ['survey', { ...textColumn(['A', 'B', 'C', 'D', 'E', 'F']), codes }]
  ]);
}

const views: { readonly [id: string]: ViewRequest } = {
  nz: { kind: 'histogram', column: 'z', bins: 80, by: 'survey' },
  sky: { kind: 'sky', ra: 'ra', dec: 'dec', frame: 'data', width: 360, height: 220, cell: 2.5 },
  mag: { kind: 'density', x: 'i_mag', y: 'z', nx: 110, ny: 110 },
  colour: { kind: 'density', x: 'i_mag', y: 'g_mag - i_mag', nx: 110, ny: 110 },
  flags: { kind: 'categories', column: 'flag', limit: 40 },
  g: { kind: 'histogram', column: 'g_mag', bins: 80 }
};

describe('memory of many rows', () => {
  it('beside the columns: at most 30 % of 61 bytes a row, with six views and an index', () => {
    const engine = new BinEngine(0);
    const columns = catalogue();
    engine.hold(columns);
    const head = { 'head:z': { kind: 'histogram' as const, column: 'z', bins: 24, range: [0, 2] as const } };
    const orders: string[][] = [['z'], ['i_mag', 'z'], ['ra', 'dec']];
    orders.forEach((axes, turn) => {
      engine.prepare(axes, { terms: [], views });
      for (const low of [0.1, 0.2]) {
        engine.update({ terms: axes.map(axis => term(`${axis} > ${low}`, axis)), views });
      }
      engine.update({ terms: [term(`g_mag > ${19 + turn / 10}`, 'g_mag')], views });
      engine.update({ terms: [term(`g_mag > ${19 + turn / 10}`, 'g_mag')], views: head });
      engine.prepare(axes, { terms: [], views });
      expect(engine.bytes().derived / ROWS).toBeLessThan(0.3 * 61);
    });
    // an index was there: four bytes a row of its order among them
    expect(engine.bytes().derived / ROWS).toBeGreaterThan(12);
    const bytes = [...columns.values()].reduce(
      (sum, column) => sum + (column.type === 'text' ? column.codes : column.values).byteLength,
      0
    );
    expect(engine.bytes().columns).toBeGreaterThanOrEqual(bytes);
    expect(engine.bytes().columns).toBeLessThan(bytes + 100);
  });
});
