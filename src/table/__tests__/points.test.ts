import { BinEngine } from '../binEngine';
import type { ISkyResult, ITerm } from '../requests';
import { project } from '../sky';
import { randomFrom, randomTable, rowsPassing, term, VIEWS } from './randomTable';

const ROWS = 4000;
const columns = randomTable(ROWS, randomFrom(11));
const sky = VIEWS.sky as Extract<(typeof VIEWS)[string], { kind: 'sky' }>;

function engine(): BinEngine {
  const made = new BinEngine();
  made.hold(columns);
  return made;
}

function pointsOf(made: BinEngine, terms: readonly ITerm[], points: number): ISkyResult {
  return made.update({ terms, views: { sky: { ...sky, points } } }).views.sky as ISkyResult;
}

/** Where the passing rows are, by the plain projection. */
function placesOf({ frame }: ISkyResult, terms: readonly ITerm[]): [number, number][] {
  const value = (name: string, row: number) => (columns.get(name) as { values: Float64Array }).values[row];
  return rowsPassing(terms, columns, ROWS)
    .map(row => project(frame, value('ra', row), value('dec', row)))
    .filter(([x, y]) => x >= frame.x[0] && x < frame.x[1] && y >= frame.y[0] && y < frame.y[1]);
}

function sorted(pairs: [number, number][]): [number, number][] {
  return pairs.sort(([a, b], [c, d]) => a - c || b - d);
}

describe('points of a sky map', () => {
  const narrow = [term('z BETWEEN 0.4 AND 0.42', 'z')];

  it('are the passing rows in the frame', () => {
    const found = pointsOf(engine(), narrow, 500);
    const wanted = sorted(placesOf(found, narrow));
    expect(wanted.length).toBeGreaterThan(10);
    const places = found.points!;
    const pairs = sorted(
      Array.from({ length: places.length / 2 }, (_, i) => [places[2 * i], places[2 * i + 1]])
    );
    expect(pairs.length).toBe(wanted.length);
    pairs.forEach(([x, y], i) => {
      expect(x).toBeCloseTo(wanted[i][0], 4);
      expect(y).toBeCloseTo(wanted[i][1], 4);
    });
  });

  it('are left out where they are more than asked for, or not asked for', () => {
    const count = pointsOf(engine(), narrow, 500).total;
    expect(pointsOf(engine(), narrow, count).points).toHaveLength(2 * count);
    expect(pointsOf(engine(), narrow, count - 1).points).toBeNull();
    const views = { sky: { ...sky, points: undefined } };
    expect((engine().update({ terms: narrow, views }).views.sky as ISkyResult).points).toBeNull();
  });

  it('follow a brush that moves, in a frame that shows a part', () => {
    const made = engine();
    const { frame } = pointsOf(made, [], 0);
    const views = {
      sky: { ...sky, points: 500, frame: { ...frame, x: [-0.3, 0.3] as const, y: [-0.2, 0.2] as const } }
    };
    made.prepare(['mag', 'z'], { terms: [], views });
    for (const low of [0.1, 0.2, 0.9]) {
      const terms = [term(`z BETWEEN ${low} AND 1.2`, 'z'), term('mag > 20', 'mag')];
      const found = made.update({ terms, views }).views.sky as ISkyResult;
      expect(found.points!.length).toBe(2 * found.total);
      expect(found.total).toBe(placesOf(found, terms).length);
    }
  });
});
