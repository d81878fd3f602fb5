import { compileExpression, parse } from '../../expr';
import { BinEngine } from '../binEngine';
import { BrushIndex } from '../brushIndex';
import type {
  ICategoriesResult,
  IDensityResult,
  IHistogramResult,
  ITerm,
  IUpdate,
  IUpdateResult
} from '../requests';
import { OTHERS, plain, randomFrom, randomTable, rowsPassing, term, VIEWS, type Random } from './randomTable';

const ROWS = 6000;
const columns = randomTable(ROWS, randomFrom(7));

/** Where each axis has its values, for brushes that are drawn. */
const SPANS: { readonly [axis: string]: readonly [number, number] } = {
  z: [-0.2, 2.2],
  mag: [-110, 27],
  'g - mag': [-8, 8],
  count: [-5, 6],
  id: [-10, 210],
  flag: [-1, 5],
  ra: [0, 360],
  dec: [-1.1, 1.1]
};

/** A brush somewhere on an axis: narrow, wide, half open, empty, outside, of single values, through 0 degrees. */
function brush(axis: string, random: Random): ITerm[] {
  const [low, high] = SPANS[axis];
  const at = () => {
    const value = low + (high - low) * random();
    // as often as not on a value that rows have
    return random() < 0.5 ? Number(value.toPrecision(3)) : Math.round(value);
  };
  const [a, b] = [at(), at()].sort((x, y) => x - y);
  const kinds = [
    () => [`${axis} BETWEEN ${a} AND ${b}`],
    () => [`${axis} BETWEEN ${a} AND ${b}`],
    () => [`${axis} BETWEEN ${a} AND ${b}`],
    () => [`${axis} >= ${a}`, `${axis} < ${b}`],
    () => [`${axis} > ${a}`],
    () => [`${b} >= ${axis}`],
    () => [`${axis} BETWEEN ${b} AND ${a - 1}`],
    () => [`${axis} BETWEEN ${high + 1000} AND ${high + 2000}`],
    () => [`${axis} IN (${a}, ${b}, 1, 2)`],
    () => [`${axis} = ${Math.round(a)}`],
    () => [`${axis} >= ${b} OR ${axis} <= ${a}`],
    () => []
  ];
  return kinds[Math.floor(kinds.length * random())]().map(text => term(text, axis));
}

/** Counts by plain scans: that terms which are no brushes come and go keeps the engine from making an index. */
class Scans {
  constructor() {
    this._engine.hold(columns);
  }

  update(update: IUpdate): IUpdateResult {
    this._engine.update({ terms: [term('count < 1000', null)], views: {} });
    return this._engine.update(update);
  }

  private readonly _engine = new BinEngine();
}

const scans = new Scans();

function expectSame(found: IUpdateResult, terms: readonly ITerm[], views = VIEWS): void {
  const wanted = scans.update({ terms, views });
  expect(found.passed).toBe(wanted.passed);
  for (const [id, view] of Object.entries(wanted.views)) {
    expect({ id, ...plain(found.views[id]) }).toEqual({ id, ...plain(view) });
  }
}

/** Counts by asking each row, for a part of the views. */
function expectTrue(found: IUpdateResult, terms: readonly ITerm[]): void {
  expect(found.passed).toBe(rowsPassing(terms, columns, ROWS).length);
  const passing = (...own: string[]) =>
    rowsPassing(
      terms.filter(({ axis }) => axis === null || !own.includes(axis)),
      columns,
      ROWS
    );
  const numbers = (axis: string) => {
    const value = compileExpression(parse(axis), columns);
    return (row: number) => {
      const found = value(row);
      return found === null ? NaN : Number(found);
    };
  };
  const binOf = (value: number, [low, high]: readonly [number, number], bins: number) =>
    value >= low && value <= high
      ? Math.min(bins - 1, Math.floor((value - low) * (bins / (high - low))))
      : -1;

  const nz = found.views.nz as IHistogramResult;
  const [z, survey] = [numbers('z'), compileExpression(parse('survey'), columns)];
  const inBins = new Uint32Array(nz.bins);
  const inGroups = new Uint32Array(nz.bins * nz.groups.length);
  for (const row of passing('z')) {
    const bin = binOf(z(row), nz.range, nz.bins);
    if (bin >= 0) {
      inBins[bin] += 1;
      inGroups[nz.groups.indexOf(survey(row)) * nz.bins + bin] += 1;
    }
  }
  expect([...nz.passed]).toEqual([...inBins]);
  expect([...nz.grouped]).toEqual([...inGroups]);

  const colour = found.views.colour as IDensityResult;
  const [x, y] = [numbers('mag'), numbers('g - mag')];
  const cells = new Uint32Array(colour.nx * colour.ny);
  for (const row of passing('mag', 'g - mag')) {
    const [i, j] = [binOf(x(row), colour.xRange, colour.nx), binOf(y(row), colour.yRange, colour.ny)];
    if (i >= 0 && j >= 0) {
      cells[j * colour.nx + i] += 1;
    }
  }
  expect([...colour.passed]).toEqual([...cells]);

  const surveys = found.views.surveys as ICategoriesResult;
  const left = passing('survey');
  expect([...surveys.passed]).toEqual(
    surveys.values.map(value => left.filter(row => survey(row) === value).length)
  );
}

afterEach(() => jest.restoreAllMocks());

describe('a moving brush counts as a plain scan does', () => {
  const axes = [
    ['z'],
    ['mag'],
    ['count'],
    ['id'],
    ['flag'],
    ['g - mag'],
    ['ra'],
    ['mag', 'z'],
    ['mag', 'g - mag'],
    ['ra', 'dec'],
    ['id', 'count']
  ];

  it.each(axes.map((own, seed) => ({ own, seed })))('over $own', ({ own, seed }) => {
    const random = randomFrom(seed + 100);
    const moved = jest.spyOn(BrushIndex.prototype, 'move');
    const engine = new BinEngine();
    engine.hold(columns);
    for (const extra of OTHERS) {
      const beside = extra.filter(({ axis }) => axis === null || !own.includes(axis));
      engine.prepare(own, { terms: beside, views: VIEWS });
      for (let move = 0; move < 12; move++) {
        const terms = [...beside, ...own.flatMap(axis => brush(axis, random))];
        const found = engine.update({ terms, views: VIEWS });
        expectSame(found, terms);
        if (move % 6 === 0) {
          expectTrue(found, terms);
        }
      }
    }
    expect(moved.mock.calls.length).toBeGreaterThan(20);
  });

  it('in short steps, both ends and one at a time', () => {
    const moved = jest.spyOn(BrushIndex.prototype, 'move');
    const engine = new BinEngine();
    engine.hold(columns);
    for (let step = 0; step < 40; step++) {
      const low = step < 25 ? 0.2 + step / 200 : 0.325;
      const terms = [
        term(`z BETWEEN ${low} AND ${0.9 + step / 300}`, 'z'),
        term(`mag BETWEEN ${20 + step / 100} AND 24.4`, 'mag')
      ];
      expectSame(engine.update({ terms, views: VIEWS }), terms);
    }
    // the index makes itself when the brush moves on
    expect(moved.mock.calls.length).toBeGreaterThan(30);
  });
});

describe('the index is never behind', () => {
  it('whatever changes in between, in whatever order', () => {
    const random = randomFrom(42);
    const engine = new BinEngine();
    engine.hold(columns);
    let beside: ITerm[] = [];
    let own = ['z'];
    let views = VIEWS;
    for (let step = 0; step < 150; step++) {
      const chance = random();
      if (chance < 0.1) {
        beside = OTHERS[Math.floor(OTHERS.length * random())];
      } else if (chance < 0.2) {
        own = [['z'], ['mag', 'z'], ['ra', 'dec'], ['flag'], ['survey'], ['g - mag']][
          Math.floor(6 * random())
        ];
      } else if (chance < 0.25) {
        engine.prepare(own, { terms: beside, views });
      } else if (chance < 0.3) {
        const { nz, ...rest } = VIEWS;
        views = random() < 0.5 ? VIEWS : { ...rest, wider: { ...nz, bins: 60 } as typeof nz };
      } else if (chance < 0.35) {
        const head = {
          'head:z': { kind: 'histogram' as const, column: 'z', bins: 24, range: [0, 2] as const }
        };
        const terms = beside;
        const { passed } = (engine.update({ terms, views: head }).views['head:z'] as IHistogramResult)!;
        const z = rowsPassing(
          [...terms.filter(({ axis }) => axis !== 'z'), term('z BETWEEN 0 AND 2', null)],
          columns,
          ROWS
        );
        expect(passed.reduce((sum, count) => sum + count, 0)).toBe(z.length);
      }
      const kept = beside.filter(({ axis }) => axis === null || !own.includes(axis));
      const terms = [
        ...kept,
        ...own.flatMap(axis =>
          axis === 'survey' ? [term("survey IN ('A', 'B')", axis)] : brush(axis, random)
        )
      ];
      const found = engine.update({ terms, views });
      expectSame(found, terms, views);
    }
  });

  it('when columns come and go', () => {
    const engine = new BinEngine();
    engine.hold(columns);
    const at = (low: number) => [term(`z BETWEEN ${low} AND 1`, 'z')];
    engine.prepare(['z'], { terms: [], views: VIEWS });
    expectSame(engine.update({ terms: at(0.1), views: VIEWS }), at(0.1));
    engine.hold(new Map([['more', columns.get('g')!]]));
    expectSame(engine.update({ terms: at(0.2), views: VIEWS }), at(0.2));
    // the same column with other values
    const values = Float64Array.from({ length: ROWS }, (_, row) => (row % 10) / 10);
    engine.hold(new Map([['z', { type: 'float', values, valid: null }]]));
    expect(engine.update({ terms: at(0.75), views: VIEWS }).passed).toBe(ROWS / 5);
    expect(engine.update({ terms: at(0.85), views: VIEWS }).passed).toBe(ROWS / 10);
    expect(engine.update({ terms: at(0.55), views: VIEWS }).passed).toBe((4 * ROWS) / 10);
  });

  it('a view that is not filtered by the brush stays the same object', () => {
    const engine = new BinEngine();
    engine.hold(columns);
    engine.prepare(['z'], { terms: [], views: VIEWS });
    const first = engine.update({ terms: [term('z > 0.1', 'z')], views: VIEWS });
    const second = engine.update({ terms: [term('z > 0.7', 'z')], views: VIEWS });
    expect(second.views.nz).toBe(first.views.nz);
    expect(second.views.flags).not.toBe(first.views.flags);
  });
});

describe('tables at the edge', () => {
  it.each([0, 1, 2])('of %d rows', rows => {
    const few = randomTable(rows, randomFrom(3));
    const engine = new BinEngine();
    engine.hold(few, rows);
    for (const own of [['z'], ['mag', 'z']]) {
      engine.prepare(own, { terms: [], views: VIEWS });
      for (const low of [0.1, 0.5, 0.2]) {
        const terms = own.map(axis => term(`${axis} > ${low}`, axis));
        expect(engine.update({ terms, views: VIEWS }).passed).toBe(rowsPassing(terms, few, rows).length);
      }
    }
  });

  it('with one value only, or none at all', () => {
    const engine = new BinEngine();
    const same = new Float64Array(500).fill(3);
    const none = new Float64Array(500).fill(NaN);
    engine.hold(
      new Map([
        ['same', { type: 'float', values: same, valid: null }],
        ['none', { type: 'float', values: none, valid: null }]
      ])
    );
    const views = { h: { kind: 'histogram' as const, column: 'same', bins: 10 } };
    engine.prepare(['none', 'same'], { terms: [], views });
    const counts = ['same >= 3', 'same > 3', 'same < 3', 'same <= 3', 'none < 1'].map(
      text => engine.update({ terms: [term(text, text.slice(0, 4))], views }).passed
    );
    expect(counts).toEqual([500, 0, 0, 500, 0]);
  });
});
