import { useCallback, useRef } from 'react';
import type { Range } from '../../table/selection';
import { useSize } from '../hooks';
import { useTheme, type ITheme } from '../theme';
import { drawBottomAxis, drawLeftAxis, ticksOf } from './axes';
import { Brush, type IRect } from './brush';
import { PlotCanvas, type IBox } from './canvas';
import { roundRange } from './ranges';

export type Rgba = readonly [number, number, number, number];

/** The colour of a cell, or null where nothing is drawn. */
export type CellColour = (cell: number) => Rgba | null;

export interface ICellPlotProps {
  readonly xLabel: string;
  readonly yLabel: string;
  readonly xRange: Range;
  readonly yRange: Range;
  readonly nx: number;
  readonly ny: number;
  /** Colours for a theme: row by row from low y, each from low x. The same function for the same picture. */
  readonly colours: (theme: ITheme) => CellColour;
  readonly xSelection: Range | null;
  readonly ySelection: Range | null;
  readonly onSelect: (x: Range | null, y: Range | null) => void;
  /** What a screen reader says of the plot. */
  readonly label: string;
  readonly onHover?: (cell: number | null) => void;
}

/** Cells of two axes in colours that are given: shares, or the difference of two. */
export function CellPlot(props: ICellPlotProps): JSX.Element {
  const { xLabel, yLabel, nx, ny, colours, xSelection, ySelection, onSelect, onHover } = props;
  const host = useRef<HTMLDivElement>(null);
  const size = useSize(host);
  const theme = useTheme(host);
  const left = 44;
  const top = 6;
  const right = Math.max(left + 1, size.width - 8);
  const bottom = Math.max(top + 1, size.height - 34);
  const [x0, x1] = props.xRange;
  const [y0, y1] = props.yRange;
  const perX = (x1 - x0) / (right - left);
  const perY = (y1 - y0) / (bottom - top);

  const draw = useCallback(
    (context: CanvasRenderingContext2D) => {
      const box: IBox = { left, top, right, bottom };
      drawImage(context, box, nx, ny, colours(theme));
      drawLeftAxis(
        context,
        theme,
        box,
        ticksOf(y0, y1, (bottom - top) / 32),
        value => bottom - ((value - y0) / (y1 - y0)) * (bottom - top),
        false
      );
      drawBottomAxis(
        context,
        theme,
        box,
        ticksOf(x0, x1, (right - left) / 55),
        value => left + ((value - x0) / (x1 - x0)) * (right - left)
      );
      context.textAlign = 'right';
      context.textBaseline = 'bottom';
      context.fillText(xLabel, right, bottom + 33);
      context.textAlign = 'left';
      context.textBaseline = 'top';
      context.fillText(`↑ ${yLabel}`, left + 3, top);
    },
    [colours, theme, right, bottom, nx, ny, x0, x1, y0, y1, xLabel, yLabel]
  );

  const rect: IRect | null =
    xSelection === null && ySelection === null
      ? null
      : {
          x0: (Math.max(x0, xSelection?.[0] ?? x0) - x0) / perX,
          x1: (Math.min(x1, xSelection?.[1] ?? x1) - x0) / perX,
          y0: (y1 - Math.min(y1, ySelection?.[1] ?? y1)) / perY,
          y1: (y1 - Math.max(y0, ySelection?.[0] ?? y0)) / perY
        };
  const select = (next: IRect | null) => {
    if (next === null) {
      onSelect(null, null);
      return;
    }
    // a side that is not bounded, and was not dragged, stays unbounded
    const fullX = xSelection === null && next.x0 <= 0 && next.x1 >= right - left;
    const fullY = ySelection === null && next.y0 <= 0 && next.y1 >= bottom - top;
    onSelect(
      fullX ? null : roundRange(x0 + next.x0 * perX, x0 + next.x1 * perX, perX),
      fullY ? null : roundRange(y1 - next.y1 * perY, y1 - next.y0 * perY, perY)
    );
  };
  return (
    <div className="tsm-Plot" ref={host}>
      <PlotCanvas size={size} draw={draw} />
      <Brush
        box={{ left, top, right, bottom }}
        axis="xy"
        selection={rect !== null && (rect.x1 < rect.x0 || rect.y1 < rect.y0) ? null : rect}
        label={props.label}
        step={Math.max(1, (right - left) / 40)}
        onChange={select}
        onHover={place => {
          if (place === null) {
            onHover?.(null);
          } else {
            const i = Math.min(nx - 1, Math.floor((place.x / (right - left)) * nx));
            const j = Math.min(ny - 1, Math.floor((1 - place.y / (bottom - top)) * ny));
            onHover?.(Math.max(0, j) * nx + i);
          }
        }}
      />
    </div>
  );
}

/** Paint cells into a box, y upwards; `toLeft` turns x round, as on the sky. */
export function drawImage(
  context: CanvasRenderingContext2D,
  box: IBox,
  nx: number,
  ny: number,
  colour: CellColour,
  toLeft = false
): void {
  const buffer = document.createElement('canvas');
  buffer.width = nx;
  buffer.height = ny;
  const own = buffer.getContext('2d');
  if (own === null) {
    return;
  }
  const image = new ImageData(nx, ny);
  for (let j = 0; j < ny; j++) {
    for (let i = 0; i < nx; i++) {
      const rgba = colour(j * nx + i);
      if (rgba !== null) {
        image.data.set(rgba, 4 * ((ny - 1 - j) * nx + (toLeft ? nx - 1 - i : i)));
      }
    }
  }
  own.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(buffer, box.left, box.top, box.right - box.left, box.bottom - box.top);
}
