import type { TranslationBundle } from '@jupyterlab/translation';
import type { ISkyResult } from '../../table/requests';
import type { Range } from '../../table/selection';
import { ALL_SKY, project } from '../../table/sky';
import { cellLayers, cellRows, pixels } from './density';
import { graticule, outlineOf } from './graticule';
import { BRUSH, INK, type Spec, tidy, WIDTH } from './paper';

/** Equal-area cells in the plane of the projection, RA to the left, with meridians and parallels. */
export function skySpec(
  trans: TranslationBundle,
  result: ISkyResult,
  ra: Range | null,
  dec: Range | null
): Spec {
  const { frame, nx, ny } = result;
  const scale = pixels(nx, WIDTH);
  const all = frame.kind === 'all';
  const bare = { grid: false, labels: false, ticks: false, domain: false };
  const axis = (title: string, titlePadding: number) => (all ? null : { ...bare, title, titlePadding });
  const x = {
    field: 'x',
    type: 'quantitative',
    scale: { domain: [frame.x[0], frame.x[1]], reverse: true, nice: false, zero: false },
    axis: axis(trans.__('right ascension (deg)'), 24)
  };
  const y = {
    field: 'y',
    type: 'quantitative',
    scale: { domain: [frame.y[0], frame.y[1]], nice: false, zero: false },
    axis: axis(trans.__('declination (deg)'), 48)
  };
  const { lines, labels } = graticule(frame, nx * scale, ny * scale);
  const brushed = ra !== null || dec !== null;
  const curve = { type: 'line', clip: true, order: null };
  const text = (side: string, mark: Spec): Spec => ({
    data: { name: 'labels' },
    transform: [{ filter: `datum.side == '${side}'` }],
    mark: { type: 'text', fontSize: 11, color: INK, ...mark },
    encoding: { x, y, text: { field: 'text' } }
  });
  // a ground around the letters keeps them legible over the cells
  const over = (side: string, mark: Spec): Spec[] => [
    text(side, { ...mark, stroke: 'white', strokeWidth: 3, strokeJoin: 'round' }),
    text(side, mark)
  ];
  return {
    datasets: {
      cells: cellRows(result, frame.x, frame.y),
      lines,
      labels,
      ...(brushed ? { brush: outlineOf(frame, ra, dec) } : {}),
      ...(all ? { outline: outline() } : {})
    },
    data: { name: 'cells' },
    width: nx * scale,
    height: ny * scale,
    // the round sky has its own outline
    ...(all ? { view: { stroke: null } } : {}),
    layer: [
      ...cellLayers(trans, result, x, y, [
        tidy((frame.x[1] - frame.x[0]) / nx),
        tidy((frame.y[1] - frame.y[0]) / ny)
      ]),
      {
        data: { name: 'lines' },
        mark: { ...curve, color: INK, opacity: 0.35, strokeWidth: 0.6 },
        encoding: { x, y, detail: { field: 'line', type: 'nominal' } }
      },
      ...(brushed
        ? [
            {
              data: { name: 'brush' },
              mark: { ...curve, color: BRUSH, strokeDash: [5, 3], strokeWidth: 1.4 },
              encoding: { x, y, detail: { field: 'line', type: 'nominal' } }
            }
          ]
        : []),
      ...(all
        ? [
            {
              data: { name: 'outline' },
              mark: { type: 'line', order: null, color: INK, strokeWidth: 1 },
              encoding: { x, y }
            },
            ...over('equator', { baseline: 'bottom', dy: -2 }),
            text('left', { align: 'right', dx: -5 })
          ]
        : [
            text('bottom', { baseline: 'top', dy: 6 }),
            text('left', { align: 'right', baseline: 'middle', dx: -6 })
          ])
    ]
  };
}

/** The edge of an all-sky map. */
function outline(): Spec[] {
  return Array.from({ length: 181 }, (_, i) => {
    const [lon, dec] = i <= 90 ? [179.9999, -90 + 2 * i] : [-179.9999, 90 - 2 * (i - 90)];
    const [x, y] = project({ ...ALL_SKY, ra: 0 }, lon, dec);
    return { x: tidy(x), y: tidy(y) };
  });
}
