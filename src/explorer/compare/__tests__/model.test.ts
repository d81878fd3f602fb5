import type { ColumnData } from '../../../expr';
import type { IDensityResult, IHistogramResult } from '../../../table/requests';
import { MemorySource, textColumn } from '../../../table';
import { match } from '../matching';
import { restOf } from '../samples';
import { total } from '../statistics';
import { catalogue, float, otherCatalogue, ROLES, ROWS, Watch } from './data';

const COLUMNS = catalogue();
const SPLIT = COLUMNS.get('split') as Extract<ColumnData, { type: 'text' }>;
const partOf = (row: number) => SPLIT.dictionary[SPLIT.codes[row]];
const numbers = (name: string) => (COLUMNS.get(name) as { values: Float64Array }).values;

function first(model: { result: { views: readonly { [id: string]: unknown }[] } | null }, side: 0 | 1) {
  return model.result!.views[side].first as IHistogramResult;
}

describe('a comparison of parts of a table', () => {
  it('begins with train against test', async () => {
    const watch = new Watch();
    const model = await watch.model({ samples: [{ table: watch.table('sky'), condition: '' }, null] });
    expect([model.label(0), model.label(1)]).toEqual(['train', 'test']);
    expect(model.result!.passed).toEqual([ROWS / 2, ROWS / 4]);
    expect(model.shared).toBe(0);
    model.dispose();
  });

  it('counts each part as a loop over its rows does, in the same bins', async () => {
    const watch = new Watch();
    const model = await watch.model({ samples: [{ table: watch.table('sky'), condition: '' }, null] });
    const [a, b] = [first(model, 0), first(model, 1)];
    expect(a.range).toEqual(b.range);
    expect(a.range[0]).toBeLessThanOrEqual(0.01);
    expect(a.range[1]).toBeGreaterThan(1.95);
    for (const [result, part] of [
      [a, 'train'],
      [b, 'test']
    ] as const) {
      const [low, high] = result.range;
      const counts = new Uint32Array(result.bins);
      numbers('redshift').forEach((z, row) => {
        if (partOf(row) === part && z >= low && z <= high) {
          counts[Math.min(result.bins - 1, Math.floor((z - low) * (result.bins / (high - low))))] += 1;
        }
      });
      expect([...result.passed]).toEqual([...counts]);
    }
    model.dispose();
  });

  it('restricts both by one condition, and leaves a brush out of its own plot', async () => {
    const watch = new Watch();
    const model = await watch.model({ samples: [{ table: watch.table('sky'), condition: '' }, null] });
    const before = total(first(model, 0).passed);
    model.selection.setRange('redshift', [0.2, 0.5]);
    await model.idle();
    const expected = ['train', 'test'].map(
      part => [...numbers('redshift')].filter((z, row) => partOf(row) === part && z >= 0.2 && z <= 0.5).length
    );
    expect(model.result!.passed).toEqual(expected);
    expect(total(first(model, 0).passed)).toBe(before);
    expect(model.rows(0)).toBe(ROWS / 2);
    model.dispose();
  });

  it('keeps to its own condition in the plot of the column that this is about', async () => {
    const watch = new Watch();
    const model = await watch.model({
      samples: [
        { table: watch.table('sky'), condition: 'redshift < 0.5' },
        { table: watch.table('sky'), condition: 'redshift >= 0.5' }
      ]
    });
    const [a, b] = [first(model, 0), first(model, 1)];
    const [low, high] = a.range;
    const middle = Math.ceil(((0.5 - low) / (high - low)) * a.bins);
    expect(total(a.passed.subarray(middle))).toBe(0);
    expect(total(b.passed.subarray(0, middle - 1))).toBe(0);
    expect(total(a.passed) + total(b.passed)).toBe(ROWS - ROWS / 50);
    model.dispose();
  });

  it('compares a selection with the rest, rows without a value among them', async () => {
    const watch = new Watch();
    const condition = "redshift BETWEEN 0.2 AND 0.5 AND survey = 'VVDS'";
    const columns = catalogue();
    const valid = Uint8Array.from(numbers('redshift'), z => (Number.isNaN(z) ? 0 : 1));
    columns.set('redshift', { ...(columns.get('redshift') as object), valid } as ColumnData);
    const model = await watch.model({ samples: [{ table: watch.table('sky', columns), condition }, null] });
    expect(model.rows(0)! + model.rows(1)!).toBe(ROWS);
    expect([model.shared, model.neither]).toEqual([0, 0]);
    expect(restOf("a = 1 OR b = 'x'")).toBe("NOT (a = 1 OR b = 'x')");
    model.dispose();
  });

  it('counts both parts of a very large table in one binner', async () => {
    const watch = new Watch();
    const handle = watch.table('sky');
    const table = {
      key: 'sky',
      open: () => {
        const source = handle.open();
        const info = source.info.bind(source);
        source.info = async () => ({ ...(await info()), rows: 5e6 });
        return source;
      }
    };
    const model = await watch.model({ samples: [{ table, condition: '' }, null] });
    expect(watch.binners).toBe(1);
    model.selection.setText("survey = 'VVDS'");
    await model.idle();
    expect(model.result!.passed).toEqual([ROWS / 6, ROWS / 12]);
    model.dispose();
    expect([watch.tables, watch.binners]).toEqual([0, 0]);
  });

  it('says how many rows are in both samples', async () => {
    const watch = new Watch();
    const model = await watch.model({
      samples: [
        { table: watch.table('sky'), condition: "split = 'train'" },
        { table: watch.table('sky'), condition: '' }
      ]
    });
    expect(model.shared).toBe(ROWS / 2);
    model.dispose();
  });

  it('waits for a choice where nothing parts the table', async () => {
    const watch = new Watch();
    const table = watch.table('sky', catalogue(), { roles: { redshift: 'redshift' } });
    const model = await watch.model({ samples: [{ table, condition: '' }, null] });
    expect(model.samples[1]).toBeNull();
    expect(model.result).toBeNull();
    await model.setSamples([
      { table, condition: "split = 'train'" },
      { table, condition: "split = 'test'" }
    ]);
    await model.idle();
    expect(model.result!.passed).toEqual([ROWS / 2, ROWS / 4]);
    model.dispose();
  });

  it('counts nothing for a condition in error, and says what is wrong', async () => {
    const watch = new Watch();
    const table = watch.table('sky');
    const model = await watch.model({
      samples: [
        { table, condition: "splt = 'train'" },
        { table, condition: '' }
      ]
    });
    expect(model.problem(0)?.message).toContain("'splt'");
    expect(model.result).toBeNull();
    await model.setSample(0, { table, condition: "split = 'train'" });
    await model.idle();
    expect(model.result!.passed[0]).toBe(ROWS / 2);
    model.dispose();
  });

  it('shows an expression of two columns', async () => {
    const watch = new Watch();
    const model = await watch.model({ samples: [{ table: watch.table('sky'), condition: '' }, null] });
    model.setAxis('second', 'i_mag - redshift');
    await model.idle();
    const result = model.result!.views[0].second as IHistogramResult;
    expect(result.column).toBe('i_mag - redshift');
    expect(total(result.passed)).toBeGreaterThan(0.95 * 588);
    model.dispose();
  });
});

describe('a comparison of two tables', () => {
  const samples = (watch: Watch) =>
    [
      { table: watch.table('sky'), condition: '' },
      { table: watch.other(), condition: '' }
    ] as const;

  it('matches columns by role, then by name, and knows those that have no partner', () => {
    const other = otherCatalogue();
    const info = (columns: Map<string, ColumnData>, options: object) =>
      new MemorySource(columns, options).info();
    return Promise.all([info(catalogue(), { roles: ROLES }), info(other.columns, other.options)]).then(
      ([a, b]) => {
        const found = match(a, b);
        expect(found.toB.get('redshift')).toBe('zspec');
        expect(found.pairs.find(pair => pair.a === 'redshift')?.role).toBe('redshift');
        expect(found.toB.get('i_mag')).toBe('I_MAG');
        expect(found.onlyA).toEqual(['split']);
        expect(found.onlyB).toEqual(['quality']);
        // text here, numbers there
        expect(found.differing).toEqual(['survey']);
      }
    );
  });

  it('counts both in common bins under their own names', async () => {
    const watch = new Watch();
    const model = await watch.model({ samples: [...samples(watch)] });
    const [a, b] = [first(model, 0), first(model, 1)];
    expect([a.column, b.column]).toEqual(['redshift', 'zspec']);
    expect(a.range).toEqual(b.range);
    const density = model.result!.views.map(views => views.density as IDensityResult);
    expect(density[0].xRange).toEqual(density[1].xRange);
    expect(density[0].yRange).toEqual(density[1].yRange);
    expect(watch.made).toBe(2);
    model.dispose();
  });

  it('spans the values of both', async () => {
    const watch = new Watch();
    const far = new Map<string, ColumnData>([
      ['redshift', float(Float64Array.from({ length: 400 }, (_, row) => 3 + row / 400))]
    ]);
    const model = await watch.model({
      samples: [
        { table: watch.table('near'), condition: '' },
        { table: watch.table('far', far, { roles: { redshift: 'redshift' } }), condition: '' }
      ]
    });
    const [low, high] = first(model, 0).range;
    expect(low).toBeLessThanOrEqual(0.01);
    expect(high).toBeGreaterThanOrEqual(3.99);
    expect(first(model, 1).range).toEqual([low, high]);
    expect(total(first(model, 1).passed)).toBe(400);
    model.dispose();
  });

  it('restricts each in its own names', async () => {
    const watch = new Watch();
    const model = await watch.model({ samples: [...samples(watch)] });
    model.selection.setText('redshift < 0.5 AND i_mag - redshift > 20');
    await model.idle();
    const columns = otherCatalogue().columns;
    const values = (name: string) => (columns.get(name) as { values: Float64Array }).values;
    const expected = [...values('zspec')].filter((z, row) => z < 0.5 && values('I_MAG')[row] - z > 20).length;
    expect(expected).toBeGreaterThan(10);
    expect(model.result!.passed[1]).toBe(expected);
    model.dispose();
  });

  it('can be turned round, with what is shown in the other names', async () => {
    const watch = new Watch();
    const model = await watch.model({ samples: [...samples(watch)] });
    model.selection.setRange('redshift', [0.1, 0.4]);
    await model.idle();
    const [a, b] = model.result!.passed;
    await model.swap();
    await model.idle();
    expect(model.axes.first).toBe('zspec');
    expect(model.selection.text).toBe('zspec BETWEEN 0.1 AND 0.4');
    expect(model.result!.passed).toEqual([b, a]);
    model.dispose();
  });

  it('gives both binners and both tables back', async () => {
    const watch = new Watch();
    const model = await watch.model({ samples: [...samples(watch)] });
    expect([watch.tables, watch.binners]).toEqual([2, 2]);
    await model.setSample(1, { table: model.samples[0]!.table, condition: "split = 'train'" });
    await model.idle();
    // the table that is compared no longer is closed; each part of the other has a binner
    expect([watch.tables, watch.binners]).toEqual([1, 2]);
    model.dispose();
    expect([watch.tables, watch.binners]).toEqual([0, 0]);
  });

  it('gives them back when it is closed while it opens', async () => {
    const watch = new Watch();
    const both = samples(watch);
    const model = await watch.model({ samples: [both[0], null] });
    const opening = model.setSample(1, both[1]);
    model.dispose();
    await opening;
    await new Promise(resolve => setImmediate(resolve));
    expect([watch.tables, watch.binners]).toEqual([0, 0]);
  });

  it('says why a table cannot be opened', async () => {
    const watch = new Watch();
    const gone = watch.table('gone');
    const model = await watch.model({
      samples: [
        { table: watch.table('sky'), condition: '' },
        {
          condition: '',
          table: {
            key: 'gone',
            open: () => {
              const source = gone.open();
              source.info = () => Promise.reject(new Error('data/gone.parquet is not there any more.'));
              return source;
            }
          }
        }
      ]
    });
    expect(model.trouble?.message).toContain('not there');
    model.dispose();
    expect(watch.tables).toBe(0);
  });
});

it('finds the parts of a table that has surveys only', async () => {
  const watch = new Watch();
  const columns = new Map<string, ColumnData>([
    ['redshift', float([0.1, 0.2, 0.3, 0.4])],
    ['survey', textColumn(['DESI', 'DESI', 'VVDS', null])]
  ]);
  const table = watch.table('small', columns, { roles: { redshift: 'redshift', survey: 'survey' } });
  const model = await watch.model({ samples: [{ table, condition: '' }, null] });
  expect([model.label(0), model.label(1)]).toEqual(['DESI', 'VVDS']);
  model.dispose();
});
