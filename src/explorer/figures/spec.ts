import type { TranslationBundle } from '@jupyterlab/translation';
import { formatCount, formatTick, quantityOf } from '../../ui';
import { axisLabel, axisText } from '../axis';
import { categoriesSpec } from './categories';
import { densitySpec } from './density';
import { axesOf, type IFigure } from './figure';
import { histogramSpec, stepOf } from './histogram';
import { CONFIG, type Spec, wrapped } from './paper';
import { skySpec } from './sky';
import { VERSION } from './version';

const SCHEMA = 'https://vega.github.io/schema/vega-lite/v5.json';

/** A figure as a Vega-Lite specification: the bins are in it, with what one has to know of them, and no row. */
export function specOf(trans: TranslationBundle, figure: IFigure, now = new Date()): Spec {
  const { info } = figure;
  const { layer, ...plot } = plotOf(trans, figure);
  const restricted = info.access !== 'public';
  return {
    $schema: SCHEMA,
    description: trans.__('%1 of %2', kindName(trans, figure), info.name),
    title: { text: info.name, subtitle: subtitle(trans, figure) },
    ...plot,
    layer: [...(layer as Spec[]), ...(restricted ? [accessNote(trans, info.access)] : [])],
    config: CONFIG,
    usermeta: facts(figure, now)
  };
}

/** What a file says of the figure in it. */
export function facts({ info, result, where, brushed }: IFigure, now = new Date()): Spec {
  const rows =
    'total' in result ? result.total : [...result.passed].reduce((a, b) => a + b, result.othersPassed);
  return {
    table: info.name,
    rows: info.rows,
    shown: rows,
    axes: axesOf(result),
    condition: where,
    marked: brushed,
    access: info.access,
    citation: info.citation ?? null,
    sampled: info.sampled ?? null,
    created: now.toISOString(),
    generator: `pz-tsm ${VERSION}`
  };
}

function plotOf(trans: TranslationBundle, { view, info, result, bounds, chosen }: IFigure): Spec {
  const title = (axis: string) => axisLabel(info.columns, axis);
  const range = (axis: string) => bounds.get(axis) ?? null;
  const column = (name: string) => info.columns.find(other => other.name === name);
  if (view.kind === 'histogram' && result.kind === 'histogram') {
    return histogramSpec(trans, result, view, title(result.column), range(result.column));
  }
  switch (result.kind) {
    case 'density': {
      const y = column(result.y);
      const downwards = y !== undefined && quantityOf(y, info.roles) === 'magnitude';
      return densitySpec(
        trans,
        result,
        { title: title(result.x), bounds: range(result.x) },
        { title: title(result.y), bounds: range(result.y), downwards }
      );
    }
    case 'categories':
      return categoriesSpec(trans, result, title(result.column), chosen);
    case 'sky':
      return skySpec(trans, result, range(result.ra), range(result.dec));
    default:
      throw new Error('The counts are not those of the view.');
  }
}

function kindName(trans: TranslationBundle, { info, result }: IFigure): string {
  switch (result.kind) {
    case 'histogram':
      return result.column === info.roles.redshift
        ? trans.__('n(z)')
        : trans.__('Histogram of %1', axisText(info.columns, result.column));
    case 'density':
      return trans.__(
        'Density of %1 and %2',
        axisText(info.columns, result.x),
        axisText(info.columns, result.y)
      );
    case 'categories':
      return trans.__('Counts of %1', axisText(info.columns, result.column));
    case 'sky':
      return trans.__('Sky map');
  }
}

/** How many rows, how they are binned, which are left out, and the condition that they pass. */
function subtitle(trans: TranslationBundle, figure: IFigure): string[] {
  const { info, result, where, brushed } = figure;
  const shown = facts(figure).shown as number;
  const parts = [
    shown === info.rows
      ? trans._n('%2 row', '%2 rows', shown, formatCount(shown))
      : trans.__('%1 of %2 rows', formatCount(shown), formatCount(info.rows))
  ];
  if (info.sampled) {
    parts.push(trans.__('a sample of %1', formatCount(info.sampled.of)));
  }
  if (result.kind === 'histogram' && !result.whole) {
    parts.push(trans.__('bins of %1', formatTick(stepOf(result), stepOf(result))));
  } else if (result.kind === 'density') {
    parts.push(trans.__('%1 × %2 cells', result.nx, result.ny));
  } else if (result.kind === 'sky') {
    const { frame, nx, ny } = result;
    const area = ((frame.x[1] - frame.x[0]) * (frame.y[1] - frame.y[0])) / (nx * ny);
    parts.push(trans.__('equal-area cells of %1 deg²', Number(area.toPrecision(2))));
  }
  if (result.kind !== 'categories') {
    if (result.missing > 0) {
      parts.push(trans.__('%1 without value', formatCount(result.missing)));
    }
    if (result.outside > 0) {
      parts.push(trans.__('%1 outside', formatCount(result.outside)));
    }
  }
  return [
    parts.join(' · '),
    ...(where === '' ? [] : wrapped(where)),
    ...(brushed === '' ? [] : wrapped(trans.__('marked: %1', brushed)))
  ];
}

/** Who may see it, on the figure itself. */
function accessNote(trans: TranslationBundle, access: string): Spec {
  const text =
    access === 'rubin-data-rights'
      ? trans.__('LSST data rights holders only')
      : trans.__('access: %1', access);
  return {
    data: { values: [{}] },
    mark: { type: 'text', align: 'right', baseline: 'bottom', color: '#a33000', fontSize: 9.5, dy: -3, text },
    encoding: { x: { value: 'width' }, y: { value: 0 } }
  };
}
