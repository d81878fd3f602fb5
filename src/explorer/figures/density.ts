import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDensityResult } from '../../table/requests';
import type { Range } from '../../table/selection';
import { densityRamp } from '../../ui/palette';
import { limits } from './histogram';
import { edge, FAINT, HEIGHT, powers, type Spec, tidy, WIDTH } from './paper';

export interface ISide {
  readonly title: string;
  readonly bounds: Range | null;
  /** Grows downwards, as magnitudes do: brighter is above. */
  readonly downwards?: boolean;
}

/** Cells of two axes in one hue, by the logarithm of their rows; cells whose rows are all filtered out are grey. */
export function densitySpec(trans: TranslationBundle, result: IDensityResult, x: ISide, y: ISide): Spec {
  const { nx, ny, xRange, yRange } = result;
  // whole points a cell: no seams between cells on any screen
  const width = nx * pixels(nx, WIDTH);
  const height = ny * pixels(ny, HEIGHT + 40);
  const side = (field: string, { title, downwards = false }: ISide, range: readonly [number, number]) => ({
    field,
    type: 'quantitative',
    title,
    scale: { domain: range, nice: false, zero: false, reverse: downwards }
  });
  return {
    datasets: { cells: cellRows(result, xRange, yRange) },
    data: { name: 'cells' },
    width,
    height,
    layer: [
      ...cellLayers(trans, result, side('x', x, xRange), side('y', y, yRange), [
        tidy((xRange[1] - xRange[0]) / nx),
        tidy((yRange[1] - yRange[0]) / ny)
      ]),
      ...(x.bounds === null ? [] : limits('x', x.bounds, xRange)),
      ...(y.bounds === null ? [] : limits('y', y.bounds, yRange))
    ]
  };
}

interface ICounts {
  readonly nx: number;
  readonly ny: number;
  readonly all: Uint32Array;
  readonly passed: Uint32Array;
}

/** The cells that hold anything, by their lower corner. */
export function cellRows(
  { nx, ny, all, passed }: ICounts,
  xRange: readonly [number, number],
  yRange: readonly [number, number]
): Spec[] {
  const rows: Spec[] = [];
  for (let j = 0; j < ny; j++) {
    for (let i = 0; i < nx; i++) {
      const cell = j * nx + i;
      if (all[cell] > 0) {
        const [x, y] = [edge(xRange, nx, i), edge(yRange, ny, j)];
        rows.push({ x, y, all: all[cell], passing: passed[cell] });
      }
    }
  }
  return rows;
}

/** Rectangles of a data set `cells`, of this size each. */
export function cellLayers(
  trans: TranslationBundle,
  { all, passed }: ICounts,
  x: Spec,
  y: Spec,
  size: readonly [number, number]
): Spec[] {
  const corners = [
    { calculate: `datum.x + ${size[0]}`, as: 'x2' },
    { calculate: `datum.y + ${size[1]}`, as: 'y2' }
  ];
  const encoding = { x, x2: { field: 'x2' }, y, y2: { field: 'y2' } };
  const most = passed.reduce((high, count) => Math.max(high, count), 2);
  const narrowed = passed.some((count, cell) => count === 0 && all[cell] > 0);
  const colours = densityRamp(false, 8).map(([r, g, b]) => `rgb(${r}, ${g}, ${b})`);
  const ground = {
    transform: [{ filter: 'datum.passing == 0' }, ...corners],
    mark: { type: 'rect', color: FAINT },
    encoding
  };
  const cells = {
    transform: [{ filter: 'datum.passing > 0' }, ...corners],
    mark: { type: 'rect' },
    encoding: {
      ...encoding,
      color: {
        field: 'passing',
        type: 'quantitative',
        scale: { type: 'log', domain: [1, most], nice: false, range: colours, interpolate: 'rgb' },
        legend: { title: trans.__('rows per cell'), format: ',d', gradientLength: 200, values: powers(most) }
      }
    }
  };
  return narrowed ? [ground, cells] : [cells];
}

/** Points a cell, so that about `wanted` are filled. */
export function pixels(cells: number, wanted: number): number {
  return Math.max(1, Math.round(wanted / cells));
}
