import { parse } from '../../expr';
import { axisExpr } from '../axis';
import { BinEngine } from '../binEngine';
import { LocalBinner } from '../binner';
import { Cube } from '../cube';
import { encodeColumns } from '../encode';
import { intervalsOf } from '../intervals';
import { makeCube } from '../makeCube';
import type { ITerm, IUpdateResult, ViewRequest } from '../requests';
import { inOrder } from '../stops';
import { OTHERS, plain, randomFrom, randomTable, term, VIEWS, type Random } from './randomTable';

const ROWS = 6000;
const columns = randomTable(ROWS, randomFrom(11));

/** Points would have to be looked up row by row. */
const views: { readonly [id: string]: ViewRequest } = {
  ...VIEWS,
  sky: { kind: 'sky', ra: 'ra', dec: 'dec', frame: 'data', width: 100, height: 60, cell: 3 }
};

const SPANS: { readonly [axis: string]: readonly [number, number, number] } = {
  z: [-0.2, 2.2, 300],
  mag: [17, 27, 50],
  'g - mag': [-8, 8, 211],
  count: [-5, 6, 22],
  id: [-10, 210, 44],
  flag: [-1, 5, 60],
  dec: [-1.1, 1.1, 90]
};

function stopsOf(axis: string): Float64Array {
  const [low, high, count] = SPANS[axis];
  // rounded, so that numbers of the rows are often at stops
  return inOrder(Array.from({ length: count + 1 }, (_, i) => +(low + (i * (high - low)) / count).toFixed(2)));
}

function bounds(axis: string, stops: Float64Array, random: Random): ITerm[] {
  const at = () => stops[Math.floor(stops.length * random())];
  const [low, high] = [at(), at()].sort((a, b) => a - b);
  const chance = random();
  return chance < 0.1
    ? []
    : chance < 0.2
      ? [term(`${axis} >= ${low}`, axis)]
      : chance < 0.3
        ? [term(`${axis} <= ${high}`, axis)]
        : chance < 0.4
          ? [term(`${axis} BETWEEN ${low} AND ${low}`, axis)]
          : [term(`${axis} BETWEEN ${low} AND ${high}`, axis)];
}

function intervalsIn(terms: readonly ITerm[], axis: string): Float64Array | null {
  const own = terms.find(each => each.axis === axis);
  return own === undefined
    ? null
    : intervalsOf(
        parse(own.text),
        axisExpr(axis, name => columns.has(name))
      );
}

function counts({ took: _, views, ...result }: IUpdateResult): object {
  return { ...result, views: Object.entries(views).map(([id, view]) => [id, plain(view)]) };
}

describe('counts for all stops of a brush are those of the rows', () => {
  const axes = [
    ['z'],
    ['mag'],
    ['count'],
    ['id'],
    ['flag'],
    ['g - mag'],
    ['mag', 'z'],
    ['mag', 'g - mag'],
    ['id', 'count'],
    ['dec', 'z']
  ];

  it.each(axes.map((own, seed) => ({ own, seed })))('over $own', ({ own, seed }) => {
    const random = randomFrom(seed + 5);
    const engine = new BinEngine();
    const scans = new BinEngine();
    engine.hold(columns);
    scans.hold(columns);
    const stops = own.map(stopsOf);
    let filtered = 0;
    for (const extra of OTHERS) {
      const beside = extra.filter(({ axis }) => axis === null || !own.includes(axis));
      const base = engine.update({ terms: [...beside, ...bounds(own[0], stops[0], random)], views });
      const cube = new Cube(engine.prepare(own, { terms: beside, views }, stops)!);
      for (let move = 0; move < 40; move++) {
        const terms = [...beside, ...own.flatMap((axis, i) => bounds(axis, stops[i], random))];
        const found = cube.answer(
          own.map(axis => intervalsIn(terms, axis)),
          views,
          // the views along the brush's own axes are those of any of its bounds
          base
        )!;
        const wanted = scans.update({ terms, views });
        expect(counts(found)).toEqual(counts(wanted));
        filtered += found.passed < ROWS ? 1 : 0;
      }
    }
    expect(filtered).toBeGreaterThan(100);
  });

  it('and none are given between them, nor where rows have to be listed', () => {
    const engine = new BinEngine();
    engine.hold(columns);
    const base = engine.update({ terms: [], views: VIEWS });
    const cube = new Cube(
      engine.prepare(['z'], { terms: [], views: VIEWS }, [Float64Array.of(0.25, 0.5, 1)])!
    );
    expect(cube.answer([Float64Array.of(0.25, 0.5)], VIEWS, base)!.passed).toBeGreaterThan(0);
    expect(cube.answer([Float64Array.of(0.25, 0.6)], VIEWS, base)).toBeNull();
    expect(cube.answer([Float64Array.of(0.2, 0.5)], VIEWS, base)).toBeNull();
    expect(cube.answer([Float64Array.of(0.25, 0.5, 1, 1)], VIEWS, base)).toBeNull();
    // few enough in the map to be points
    expect(cube.answer([Float64Array.of(0.25, 0.25)], VIEWS, base)).toBeNull();
    expect(cube.answer([new Float64Array(0)], { ...VIEWS, sky: views.sky }, base)!.passed).toBe(0);
  });
});

it('a table that is too large for it is counted by the worker', () => {
  const numbers = {
    rows: 3,
    whole: false,
    read: (_from: number, _to: number, out: Float64Array) => out.set([0.2, 0.4, 0.6]),
    gather: () => undefined
  };
  const view = {
    id: 'a',
    cell: Uint16Array.of(0, 1, 1),
    cells: 2,
    all: Int32Array.of(1, 2),
    bits: 0,
    axes: 3,
    shown: null
  };
  const stops = Array.from({ length: 2 }, () => inOrder(Array.from({ length: 100 }, (_, i) => i / 100)));
  const make = (room?: number) => makeCube([numbers, numbers], stops, new Uint8Array(0), 0, [view], room);
  expect(make(2)).toBeNull();
  expect(make()!.classes).toHaveLength(1);
});

it('comes from a binner, with the columns it holds', async () => {
  const binner = new LocalBinner();
  await binner.add(['z'], encodeColumns(new Map([['z', columns.get('z')!]])));
  const own = { h: { kind: 'histogram' as const, column: 'z', bins: 10 } };
  const cube = await binner.prepare(['z'], { terms: [], views: own }, [Float64Array.of(0.5, 1)]);
  const base = await binner.update({ terms: [], views: own });
  const terms = [term('z BETWEEN 0.5 AND 1', 'z')];
  const { passed } = await binner.update({ terms, views: own });
  expect(cube!.answer([Float64Array.of(0.5, 1)], own, base)!.passed).toBe(passed);
  expect(await binner.prepare(['z'], { terms: [], views: own })).toBeNull();
});
