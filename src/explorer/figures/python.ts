import type { ICategoriesResult, IDensityResult, IHistogramResult, ISkyResult } from '../../table/requests';
import { listText } from '../../table/selection';
import type { ITableInfo } from '../../table/source';
import { categoryColour, categoryName, quantityOf } from '../../ui';
import { axisLabel, axisText } from '../axis';
import { isKernel, quoted, tableLines } from '../code';
import type { IFigure } from './figure';
import { tidy } from './paper';

/** Lines of Python that make the same figure from the table: `counts` are the counts of the view, number by number. */
export function figurePython(figure: IFigure): string {
  const { info, where } = figure;
  const lines = [
    'import matplotlib.pyplot as plt',
    'import numpy as np',
    '',
    isKernel(info) ? 'from pz_tsm import expr' : 'from pz_tsm import expr, sources',
    '',
    ...tableLines(info),
    ...(where === '' ? [] : [`table = table.filter(expr.mask(${quoted(where)}, table))`]),
    ...plotLines(figure),
    'plt.show()'
  ];
  return `${lines.join('\n')}\n`;
}

function plotLines(figure: IFigure): string[] {
  const { view, result, info } = figure;
  switch (result.kind) {
    case 'histogram': {
      const by = view.kind === 'histogram' && result.groups.length > 0 ? view.by : null;
      return histogramLines(info, result, by, view.kind === 'histogram' && view.log);
    }
    case 'density':
      return densityLines(info, result);
    case 'categories':
      return categoryLines(info, result);
    case 'sky':
      return skyLines(info, result);
  }
}

/** A function for the values of an axis, and one for the bin of each: as the explorer does it. */
const VALUES = [
  '',
  '',
  'def values(axis, rows):',
  '    return expr.evaluate_value(axis, rows).cast("float64").to_numpy(zero_copy_only=False)',
  '',
  '',
  'def bin_of(x, low, high, bins):',
  '    return np.minimum(((x - low) * (bins / (high - low))).astype(int), bins - 1)',
  ''
];

function histogramLines(
  info: ITableInfo,
  result: IHistogramResult,
  by: string | null,
  log: boolean
): string[] {
  const axis = quoted(axisText(info.columns, result.column));
  const [low, high] = result.range;
  const head = [
    ...VALUES,
    '',
    'def counted(rows):',
    `    x = values(${axis}, rows)`,
    '    x = x[(x >= low) & (x <= high)]',
    '    return np.bincount(bin_of(x, low, high, bins), minlength=bins)',
    '',
    '',
    `low, high, bins = ${number(low)}, ${number(high)}, ${result.bins}`,
    'edges = np.linspace(low, high, bins + 1)',
    'counts = counted(table)'
  ];
  const labels = [
    `plt.xlabel(${label(info, result.column)})`,
    'plt.ylabel("number of rows")',
    ...(log ? ['plt.yscale("log")'] : [])
  ];
  if (by === null) {
    return [
      ...head,
      `plt.stairs(counts, edges, fill=True, color="#b4c9dd")`,
      'plt.stairs(counts, edges)',
      ...labels
    ];
  }
  const groups = result.groups.map(
    (value, i) =>
      `    (${quoted(categoryName(value))}, ${quoted(listText(by, [value]))}, "${categoryColour(value, i)}"),`
  );
  return [
    ...head,
    'groups = [',
    ...groups,
    ']',
    ...(log ? [] : ['below = np.zeros(bins, dtype=int)']),
    'for name, condition, colour in groups:',
    '    part = counted(table.filter(expr.mask(condition, table)))',
    ...(log
      ? ['    plt.stairs(part, edges, color=colour, label=name)']
      : [
          '    plt.stairs(below + part, edges, baseline=below, fill=True, color=colour, label=name)',
          '    below += part'
        ]),
    ...labels,
    `plt.legend(title=${quoted(by)})`
  ];
}

function densityLines(info: ITableInfo, result: IDensityResult): string[] {
  const { xRange, yRange, nx, ny } = result;
  const column = info.columns.find(({ name }) => name === result.y);
  const downwards = column !== undefined && quantityOf(column, info.roles) === 'magnitude';
  return [
    ...VALUES,
    '',
    `x = values(${quoted(axisText(info.columns, result.x))}, table)`,
    `y = values(${quoted(axisText(info.columns, result.y))}, table)`,
    `x_range, nx = (${number(xRange[0])}, ${number(xRange[1])}), ${nx}`,
    `y_range, ny = (${number(yRange[0])}, ${number(yRange[1])}), ${ny}`,
    'inside = (x >= x_range[0]) & (x <= x_range[1]) & (y >= y_range[0]) & (y <= y_range[1])',
    'cell = bin_of(y[inside], *y_range, ny) * nx + bin_of(x[inside], *x_range, nx)',
    'counts = np.bincount(cell, minlength=nx * ny).reshape(ny, nx)',
    ...meshLines('np.linspace(*x_range, nx + 1)', 'np.linspace(*y_range, ny + 1)'),
    `plt.xlabel(${label(info, result.x)})`,
    `plt.ylabel(${label(info, result.y)})`,
    ...(downwards ? ['plt.gca().invert_yaxis()  # brighter is above'] : [])
  ];
}

function meshLines(x: string, y: string): string[] {
  return [
    'shown = np.ma.masked_equal(counts, 0)',
    `plt.pcolormesh(${x}, ${y}, shown, norm="log", cmap="Blues")`,
    'plt.colorbar(label="rows per cell")'
  ];
}

function categoryLines(info: ITableInfo, result: ICategoriesResult): string[] {
  const conditions = result.values.map(
    value => `    ${quoted(categoryName(value))}: ${quoted(listText(result.column, [value]))},`
  );
  return [
    'conditions = {',
    ...conditions,
    '}',
    'counts = np.array([expr.mask(condition, table).sum() for condition in conditions.values()])',
    'plt.barh(list(conditions), counts)',
    'plt.gca().invert_yaxis()',
    'plt.xlabel("number of rows")',
    `plt.ylabel(${label(info, result.column)})`
  ];
}

function skyLines(info: ITableInfo, result: ISkyResult): string[] {
  const { frame, nx, ny } = result;
  const ra = quoted(axisText(info.columns, result.ra));
  const dec = quoted(axisText(info.columns, result.dec));
  const all = frame.kind === 'all';
  const place = all
    ? [
        '# Mollweide: equal areas, all sky',
        `lon = (ra - ${number(frame.ra)} + 180) % 360 - 180`,
        'target, theta = np.pi * np.sin(np.radians(dec)), np.radians(dec)',
        'for _ in range(40):',
        '    slope = np.maximum(2 + 2 * np.cos(2 * theta), 1e-12)',
        '    theta = theta - (2 * theta + np.sin(2 * theta) - target) / slope',
        'x = 2 * np.sqrt(2) / np.pi * lon * np.cos(theta)',
        'y = np.degrees(np.sqrt(2) * np.sin(theta))'
      ]
    : [
        '# Lambert: equal areas around the centre of the field',
        `ra_0, dec_0 = ${number(frame.ra)}, np.radians(${number(frame.dec)})`,
        'a, d = np.radians(ra - ra_0), np.radians(dec)',
        'distance = np.sin(dec_0) * np.sin(d) + np.cos(dec_0) * np.cos(d) * np.cos(a)',
        'k = np.degrees(np.sqrt(2 / (1 + distance)))',
        'x = k * np.cos(d) * np.sin(a)',
        'y = k * (np.cos(dec_0) * np.sin(d) - np.sin(dec_0) * np.cos(d) * np.cos(a))'
      ];
  return [
    '',
    '',
    'def values(axis, rows):',
    '    return expr.evaluate_value(axis, rows).cast("float64").to_numpy(zero_copy_only=False)',
    '',
    '',
    `ra, dec = values(${ra}, table), values(${dec}, table)`,
    ...place,
    `x_range, nx = (${number(frame.x[0])}, ${number(frame.x[1])}), ${nx}`,
    `y_range, ny = (${number(frame.y[0])}, ${number(frame.y[1])}), ${ny}`,
    'known = np.isfinite(x) & np.isfinite(y) & (np.abs(dec) <= 90)',
    'i = np.floor((x[known] - x_range[0]) * (nx / (x_range[1] - x_range[0]))).astype(int)',
    'j = np.floor((y[known] - y_range[0]) * (ny / (y_range[1] - y_range[0]))).astype(int)',
    'inside = (i >= 0) & (i < nx) & (j >= 0) & (j < ny)',
    'counts = np.bincount(j[inside] * nx + i[inside], minlength=nx * ny).reshape(ny, nx)',
    ...meshLines('np.linspace(*x_range, nx + 1)', 'np.linspace(*y_range, ny + 1)'),
    'plt.gca().set_aspect("equal")',
    'plt.gca().invert_xaxis()  # right ascension grows to the left',
    'plt.xlabel("degrees from the centre, equal area")',
    'plt.ylabel("degrees")'
  ];
}

function label(info: ITableInfo, axis: string): string {
  return quoted(axisLabel(info.columns, axis));
}

/** A number as Python reads it, to the last bit. */
function number(value: number): string {
  const short = tidy(value) === value ? tidy(value) : value;
  return Number.isInteger(short) && Math.abs(short) < 1e15 ? `${short}.0` : String(short);
}
