import { nullTranslator } from '@jupyterlab/translation';
import { compile } from 'vega-lite';
import type { IDensityResult, IHistogramResult } from '../../../table/requests';
import { source } from '../../__tests__/data';
import { figureOf } from '../figure';
import { toSvg, withMetadata } from '../render';
import { figureName } from '../save';
import { specOf } from '../spec';
import { VERSION } from '../version';
import { counted, figure, KINDS, VIEWS } from './figures';

const trans = nullTranslator.load('tsm');
const CONDITION = "survey = 'DESI' AND (z_flag = 3 OR i_mag < 20)";

type Row = { readonly [key: string]: number | string };
type Datasets = { readonly [name: string]: readonly Row[] };

function datasets(spec: object): Datasets {
  return (spec as { datasets: Datasets }).datasets;
}

async function specFor(kind: (typeof KINDS)[number], condition = '') {
  return specOf(trans, await figure(kind, condition), new Date('2026-11-23T08:00:00Z'));
}

describe.each(KINDS)('a figure of %s', kind => {
  it.each(['', CONDITION])('is a specification that Vega-Lite takes without a word (%s)', async condition => {
    const said: unknown[] = [];
    const logger = {
      level: () => logger,
      warn: (...words: unknown[]) => (said.push(words), logger),
      error: (...words: unknown[]) => (said.push(words), logger),
      info: () => logger,
      debug: () => logger
    };
    const spec = await specFor(kind, condition);
    const plain = JSON.parse(JSON.stringify(spec)); // nothing in it that a file would not keep
    expect(plain).toEqual(spec);
    compile(plain, { logger: logger as never });
    expect(said).toEqual([]);
  });

  it('holds bins, of which there are as many whatever the number of rows', async () => {
    const { result } = await figure(kind);
    for (const [name, rows] of Object.entries(datasets(await specFor(kind)))) {
      expect(rows.length).toBeGreaterThan(0);
      if (name === 'bins' && result.kind === 'histogram') {
        expect(rows).toHaveLength(result.bins);
      }
    }
    const text = JSON.stringify(await specFor(kind));
    expect(text).not.toContain('9007199254740993');
    expect(text).not.toContain('row_id');
  });

  it('is drawn without code made from text', async () => {
    const spec = await specFor(kind, CONDITION);
    const real = globalThis.Function;
    const refuse = () => {
      throw new Error('forbidden here');
    };
    let svg: string;
    globalThis.Function = new Proxy(real, { construct: refuse, apply: refuse });
    try {
      svg = await toSvg(spec);
    } finally {
      globalThis.Function = real;
    }
    expect(svg).toContain('VVDS Final');
    expect(svg).toContain('fill="white"');
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe('the bins', () => {
  it('of a histogram are those of the view', async () => {
    const { result } = await figure('stacked', CONDITION);
    const { range, bins, all, passed, groups, grouped } = result as IHistogramResult;
    const { bins: rows, groups: parts } = datasets(await specFor('stacked', CONDITION));
    expect(rows.map(row => row.all)).toEqual([...all]);
    expect(rows.map(row => row.passing)).toEqual([...passed]);
    expect([rows[0].from, rows[bins - 1].to]).toEqual([...range]);
    rows.slice(1).forEach((row, i) => expect(row.from).toBe(rows[i].to));
    expect(parts.map(row => row.passing)).toEqual([...grouped]);
    expect([...new Set(parts.map(row => row.group))]).toEqual(groups);
  });

  it('of a density are the cells that hold rows, at their place', async () => {
    const { result } = await figure('density', CONDITION);
    const { xRange, yRange, nx, ny, all, passed } = result as IDensityResult;
    const { cells } = datasets(await specFor('density', CONDITION));
    expect(cells).toHaveLength(all.filter(count => count > 0).length);
    for (const { x, y, all: here, passing } of cells) {
      const i = Math.round(((Number(x) - xRange[0]) / (xRange[1] - xRange[0])) * nx);
      const j = Math.round(((Number(y) - yRange[0]) / (yRange[1] - yRange[0])) * ny);
      expect([all[j * nx + i], passed[j * nx + i]]).toEqual([here, passing]);
    }
  });
});

describe('what is said in a figure', () => {
  it('names table, rows, bin width, condition, and marks what is brushed in the view itself', async () => {
    const spec = await specFor('nz', `redshift BETWEEN 0.5 AND 1 AND ${CONDITION}`);
    const { text, subtitle } = spec.title as { text: string; subtitle: string[] };
    expect(text).toBe('VVDS Final');
    // the view's own brush is shown, not applied: 88 rows of all redshifts pass the rest
    const { shown } = spec.usermeta as { shown: number };
    expect(subtitle[0]).toBe(`${shown} of 600 rows · bins of 0.05`);
    expect(subtitle[1]).toBe("survey = 'DESI' AND (z_flag = 3 OR i_mag < 20)");
    expect(subtitle[2]).toBe('marked: redshift BETWEEN 0.5 AND 1');
    expect(datasets(spec).bins.reduce((sum, row) => sum + Number(row.passing), 0)).toBe(shown);
    expect(JSON.stringify(spec.layer)).toContain('"datum":0.5');
  });

  it('keeps all facts in its metadata', async () => {
    const from = source({ access: 'rubin-data-rights', citation: 'Le Fèvre et al. 2013' });
    const spec = specOf(trans, await figure('nz', CONDITION, from), new Date('2026-11-23T08:00:00Z'));
    expect(spec.usermeta).toMatchObject({
      table: 'VVDS Final',
      rows: 600,
      condition: CONDITION,
      access: 'rubin-data-rights',
      citation: 'Le Fèvre et al. 2013',
      created: '2026-11-23T08:00:00.000Z',
      generator: `pz-tsm ${VERSION}`
    });
    expect(JSON.stringify(spec.layer)).toContain('LSST data rights holders only');
    expect(JSON.stringify((await specFor('nz')).layer)).not.toContain('rights');
    const svg = withMetadata('<svg width="1">x</svg>', spec);
    expect(svg).toMatch(/^<svg width="1"><title>VVDS Final<\/title>/);
    expect(svg).toContain('"access":"rubin-data-rights"');
  });

  it('says that nothing is stacked along x: the Vega-Lite of JupyterLab would, beside a logarithmic y', async () => {
    type Layer = { readonly encoding: { readonly x?: { readonly field?: string; readonly stack?: null } } };
    const layers = (await specFor('log', CONDITION)).layer as Layer[];
    const along = layers.flatMap(({ encoding: { x } }) => (x?.field === undefined ? [] : [x]));
    expect(along).toHaveLength(3);
    along.forEach(x => expect(x.stack).toBeNull());
  });

  it('is nothing while the view has no counts of what it shows now', async () => {
    const model = await counted();
    expect(figureOf(model, { ...VIEWS.nz, column: 'i_mag' })).toBeNull();
    expect(figureOf({ ...model, result: null }, VIEWS.nz)).toBeNull();
  });

  it('has magnitudes growing downwards, so that brighter is above', async () => {
    expect(JSON.stringify((await specFor('colour')).layer)).toContain('"reverse":true');
    expect(JSON.stringify((await specFor('density')).layer)).not.toContain('"reverse":true');
  });
});

describe('the name of a figure’s file', () => {
  it('is of table, view and condition, and fits any system', async () => {
    expect(figureName(await figure('nz'))).toBe('VVDS_Final-nz');
    expect(figureName(await figure('density', 'z_flag >= 3'))).toBe(
      'VVDS_Final-redshift_against_i_mag-z_flag_ge_3'
    );
    const odd = source({ name: '../..\\évil "name"<script>.fits.gz' });
    expect(figureName(await figure('field', '', odd))).toBe('e_vil_name_script-sky');
    const long = `${'z_flag = 3 OR '.repeat(40)} z_flag = 4`;
    expect(figureName(await figure('nz', long)).length).toBeLessThan(150);
  });
});
