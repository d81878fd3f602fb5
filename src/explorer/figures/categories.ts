import type { TranslationBundle } from '@jupyterlab/translation';
import type { Value } from '../../expr';
import type { ICategoriesResult } from '../../table/requests';
import { categoryColour, categoryName, formatCount, NEUTRAL } from '../../ui';
import { FAINT, INK, type Spec, WIDTH } from './paper';

/** A bar a value, with its count; the value's own colour where it has a meaning. */
export function categoriesSpec(
  trans: TranslationBundle,
  result: ICategoriesResult,
  title: string,
  chosen: readonly Value[] | null
): Spec {
  const { values, all, passed, others, othersAll, othersPassed } = result;
  const rows = values.map((value, i) => ({
    value: categoryName(value),
    all: all[i],
    passing: passed[i],
    colour: categoryColour(value, i),
    label: formatCount(passed[i]),
    opacity: chosen === null || chosen.includes(value) ? 1 : 0.35
  }));
  if (others > 0) {
    rows.push({
      value: trans._n('%1 other value', '%1 other values', others),
      all: othersAll,
      passing: othersPassed,
      colour: NEUTRAL,
      label: formatCount(othersPassed),
      opacity: chosen === null ? 1 : 0.35
    });
  }
  const top = rows.reduce((most, row) => Math.max(most, row.all), 1);
  const y = { field: 'value', type: 'nominal', sort: null, title, axis: { ticks: false, labelLimit: 220 } };
  const x = {
    type: 'quantitative',
    title: trans.__('number of rows'),
    scale: { domain: [0, top * 1.12], nice: false },
    axis: { tickMinStep: 1, tickCount: 5, format: ',d' }
  };
  const narrowed = rows.some(row => row.all !== row.passing);
  const layers: Spec[] = [
    {
      mark: { type: 'bar' },
      encoding: {
        y,
        x: { ...x, field: 'passing' },
        color: { field: 'colour', type: 'nominal', scale: null },
        opacity: { field: 'opacity', type: 'quantitative', scale: null }
      }
    },
    {
      mark: { type: 'text', align: 'left', dx: 5, fontSize: 11, color: INK },
      encoding: { y, x: { ...x, field: narrowed ? 'all' : 'passing' }, text: { field: 'label' } }
    }
  ];
  if (narrowed) {
    layers.unshift({ mark: { type: 'bar', color: FAINT }, encoding: { y, x: { ...x, field: 'all' } } });
  }
  return {
    datasets: { values: rows },
    data: { name: 'values' },
    width: WIDTH,
    height: { step: 22 },
    layer: layers
  };
}
