import type { TranslationBundle } from '@jupyterlab/translation';
import { useCallback, useRef } from 'react';
import type { IDensityResult } from '../../table/requests';
import type { Range } from '../../table/selection';
import { formatCount } from '../format';
import { useSize } from '../hooks';
import { useTheme, type ITheme } from '../theme';
import { drawBottomAxis, drawLeftAxis, ticksOf } from './axes';
import { Brush, type IRect } from './brush';
import { PlotCanvas, type IBox } from './canvas';
import { drawCells } from './cells';
import { roundRange } from './Histogram';

export interface IDensityProps {
  readonly trans: TranslationBundle;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly result: IDensityResult;
  readonly xSelection: Range | null;
  readonly ySelection: Range | null;
  readonly onSelect?: (x: Range | null, y: Range | null) => void;
}

/** Rows a cell of two columns, logarithmic; cells whose rows are all filtered out stay as a pale ground. */
export function Density2D(props: IDensityProps): JSX.Element {
  const { trans, xLabel, yLabel, result, xSelection, ySelection, onSelect } = props;
  const host = useRef<HTMLDivElement>(null);
  const size = useSize(host);
  const theme = useTheme(host);
  const box: IBox = {
    left: 40,
    top: 6,
    right: Math.max(41, size.width - 8),
    bottom: Math.max(7, size.height - 34)
  };
  const { left, top, right, bottom } = box;
  const [x0, x1] = result.xRange;
  const [y0, y1] = result.yRange;
  const perX = (x1 - x0) / (right - left);
  const perY = (y1 - y0) / (bottom - top);

  const draw = useCallback(
    (context: CanvasRenderingContext2D) =>
      drawDensity(context, theme, { left, top, right, bottom }, result, xLabel, yLabel),
    [theme, left, top, right, bottom, result, xLabel, yLabel]
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
      onSelect?.(null, null);
      return;
    }
    // a side that is not bounded, and was not dragged, stays unbounded
    const fullX = xSelection === null && next.x0 <= 0 && next.x1 >= right - left;
    const fullY = ySelection === null && next.y0 <= 0 && next.y1 >= bottom - top;
    onSelect?.(
      fullX ? null : roundRange(x0 + next.x0 * perX, x0 + next.x1 * perX, perX),
      fullY ? null : roundRange(y1 - next.y1 * perY, y1 - next.y0 * perY, perY)
    );
  };

  return (
    <div className="tsm-Plot" ref={host}>
      <PlotCanvas size={size} draw={draw} />
      <Brush
        box={box}
        axis="xy"
        selection={rect !== null && (rect.x1 < rect.x0 || rect.y1 < rect.y0) ? null : rect}
        label={trans.__(
          'Density of %1 rows, %2 across and %3 upwards. Arrow keys move a selection, Shift with them widens it, Escape clears it.',
          formatCount(result.total),
          xLabel,
          yLabel
        )}
        step={Math.max(1, (right - left) / 40)}
        onChange={select}
      />
    </div>
  );
}

function drawDensity(
  context: CanvasRenderingContext2D,
  theme: ITheme,
  box: IBox,
  result: IDensityResult,
  xLabel: string,
  yLabel: string
): void {
  const [x0, x1] = result.xRange;
  const [y0, y1] = result.yRange;
  drawCells(context, theme, box, result, false);
  drawLeftAxis(
    context,
    theme,
    box,
    ticksOf(y0, y1, (box.bottom - box.top) / 32),
    value => box.bottom - ((value - y0) / (y1 - y0)) * (box.bottom - box.top),
    false
  );
  drawBottomAxis(
    context,
    theme,
    box,
    ticksOf(x0, x1, (box.right - box.left) / 55),
    value => box.left + ((value - x0) / (x1 - x0)) * (box.right - box.left)
  );
  context.textAlign = 'right';
  context.textBaseline = 'bottom';
  context.fillText(xLabel, box.right, box.bottom + 33);
  context.textAlign = 'left';
  context.textBaseline = 'top';
  context.fillText(`↑ ${yLabel}`, box.left + 3, box.top);
}
