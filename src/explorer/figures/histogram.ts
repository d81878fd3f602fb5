import type { TranslationBundle } from '@jupyterlab/translation';
import type { IHistogramResult } from '../../table/requests';
import type { Range } from '../../table/selection';
import { categoryName, categoryColour, formatTick } from '../../ui';
import type { IHistogramView } from '../views';
import { BRUSH, edge, FAINT, FILL, HEIGHT, MAIN, powers, type Spec, WIDTH } from './paper';

/** Steps of the passing rows over those of all rows; by category, one stack on another, or lines on a log scale. */
export function histogramSpec(
  trans: TranslationBundle,
  result: IHistogramResult,
  { by, log }: IHistogramView,
  title: string,
  bounds: Range | null
): Spec {
  const { range, bins, all, passed, groups, grouped } = result;
  const at = (i: number) => edge(range, bins, i);
  const numbers = Array.from({ length: bins }, (_, i) => i);
  const narrowed = numbers.some(i => passed[i] !== all[i]);
  const apart = by !== null && groups.length > 0;
  const top = numbers.reduce((most, i) => Math.max(most, narrowed ? all[i] : passed[i]), 1);
  // below one row, so that a bin of one is seen
  const floor = log ? 0.7 : 0;
  const y = {
    type: 'quantitative',
    title: result.whole
      ? trans.__('number of rows')
      : trans.__('number of rows per %1', formatTick(stepOf(result), stepOf(result))),
    scale: log
      ? { type: 'log', domain: [floor, top * 1.4], nice: false }
      : { domain: [0, top * 1.05], nice: false },
    axis: { format: ',d', ...(log ? { values: powers(top * 1.4) } : { tickCount: 5, tickMinStep: 1 }) }
  };
  const x = {
    field: 'x',
    type: 'quantitative',
    title,
    scale: { domain: range, nice: false, zero: false },
    // JupyterLab's Vega-Lite would stack along x beside a logarithmic y
    stack: null,
    axis: result.whole ? { values: middles(result), format: 'd' } : {}
  };
  const whole = trans.__('all rows');
  const some = trans.__('rows that pass');
  const names = apart ? groups.map(categoryName) : [some];
  const colours = apart ? groups.map((value, i) => categoryColour(value, i)) : [FILL];
  const legend = narrowed || apart;
  const scale = {
    domain: narrowed ? [...names, whole] : names,
    range: narrowed ? [...colours, FAINT] : colours
  };
  const colour = (what: Spec) => ({
    ...what,
    type: 'nominal',
    scale,
    legend: legend ? { title: apart ? by : null } : null
  });
  // both edges of a bin, one after the other, make a step
  const steps = { fold: ['from', 'to'], as: ['side', 'x'] };
  const lifted = (field: string) => ({ calculate: `max(datum.${field}, ${floor})`, as: 'height' });
  const upright = { orient: 'vertical', order: null };
  const area = { type: 'area', ...upright };
  const line = { type: 'line', strokeWidth: 1.2, strokeJoin: 'miter', ...upright };
  const height = { ...y, field: 'height', stack: null };
  const base = { y2: { datum: floor } };
  const layers: Spec[] = [];
  if (narrowed) {
    layers.push({
      transform: [steps, lifted('all')],
      mark: area,
      encoding: { x, y: height, ...base, color: colour({ datum: whole }) }
    });
  }
  if (!apart) {
    const transform = [steps, lifted('passing')];
    layers.push(
      {
        transform,
        mark: area,
        encoding: { x, y: height, ...base, color: colour({ datum: some }) }
      },
      { transform, mark: { ...line, color: MAIN }, encoding: { x, y: height } }
    );
  } else if (log) {
    layers.push({
      data: { name: 'groups' },
      transform: [steps, lifted('passing')],
      mark: line,
      encoding: { x, y: height, color: colour({ field: 'group' }) }
    });
  } else {
    const stack = {
      stack: 'passing',
      groupby: ['from'],
      as: ['low', 'high']
    };
    layers.push({
      data: { name: 'groups' },
      transform: [stack, steps],
      mark: area,
      encoding: {
        x,
        y: { ...y, field: 'high', stack: null },
        y2: { field: 'low' },
        color: colour({ field: 'group' })
      }
    });
  }
  if (bounds !== null) {
    layers.push(...limits('x', bounds, range));
  }
  const rows = numbers.map(i => ({ from: at(i), to: at(i + 1), all: all[i], passing: passed[i] }));
  const parts = names.flatMap((group, g) =>
    numbers.map(i => ({ from: at(i), to: at(i + 1), group, passing: grouped[g * bins + i] }))
  );
  return {
    datasets: apart ? { bins: rows, groups: parts } : { bins: rows },
    data: { name: 'bins' },
    width: WIDTH,
    height: HEIGHT,
    layer: layers
  };
}

/** The bin width. */
export function stepOf({ range, bins }: IHistogramResult): number {
  return edge([0, range[1] - range[0]], bins, 1);
}

/** The whole numbers of bins that hold one each; every so many where they are many. */
function middles({ range, bins }: IHistogramResult): number[] {
  const every = Math.ceil(bins / 20);
  return Array.from({ length: Math.ceil(bins / every) }, (_, i) => Math.round(range[0] + 0.5) + i * every);
}

/** Dashed lines at the bounds of a brush that lie inside the plot. */
export function limits(side: 'x' | 'y', bounds: Range, range: readonly [number, number]): Spec[] {
  return bounds
    .filter(bound => bound > range[0] && bound < range[1])
    .map(bound => ({
      data: { values: [{}] },
      mark: { type: 'rule', color: BRUSH, strokeDash: [5, 3] },
      encoding: { [side]: { datum: bound, type: 'quantitative' } }
    }));
}
