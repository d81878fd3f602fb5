import type { TranslationBundle } from '@jupyterlab/translation';
import { useId, useLayoutEffect, useMemo, useRef } from 'react';
import type { IDensityResult } from '../../table/requests';
import type { Range } from '../../table/selection';
import { formatCount, formatTick } from '../format';
import { useSize, type ISize } from '../hooks';
import { useTheme, type ITheme } from '../theme';
import { drawBottomAxis, drawLeftAxis, haloText, ticksOf } from './axes';
import { Brush, type IBrushHandle, type IRect } from './brush';
import type { IBox } from './canvas';
import { CellPainter } from './cells';
import { Layers, type ILayers } from './layers';
import { useSummary, type ILive } from './live';
import { roundRange, sameRange, stopsAlong } from './ranges';
import { densitySummary } from './summary';

/** Bounds across and upwards. */
export type Ranges = readonly [Range | null, Range | null];

export interface ILiveDensityProps {
  readonly trans: TranslationBundle;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly live: ILive<IDensityResult, Ranges>;
  /** y grows downwards: magnitudes, whose small values are the bright ones. */
  readonly down?: boolean;
  readonly onSelect?: (x: Range | null, y: Range | null) => void;
  /** A brush is about to move; all bounds that it can take across and upwards. */
  readonly onApproach?: (stops: () => number[][]) => void;
}

/** Rows a cell of two columns, logarithmic; cells whose rows are all filtered out stay as a pale ground. */
export function LiveDensity(props: ILiveDensityProps): JSX.Element {
  const { trans, xLabel, yLabel, live, down = false, onSelect, onApproach } = props;
  const host = useRef<HTMLDivElement>(null);
  const layers = useRef<ILayers>(null);
  const brush = useRef<IBrushHandle>(null);
  const tip = useRef<HTMLDivElement>(null);
  const painter = useRef<CellPainter | null>(null);
  const size = useSize(host);
  const theme = useTheme(host);
  const id = useId();
  const box = useMemo(() => boxOf(size), [size]);
  const picture = useSummary(
    live,
    (result, [x, y]) => densitySummary(trans, xLabel, yLabel, result, x, y),
    `${xLabel}, ${yLabel}`
  );

  useLayoutEffect(() => {
    let ground = '';
    let drawn: IDensityResult | null = null;
    const draw = () => {
      const result = live.result();
      if (result === null || result === drawn || size.width === 0) {
        return;
      }
      const key = `${result.xRange.join()} ${result.yRange.join()}`;
      if (ground !== key) {
        const context = layers.current?.still(size);
        if (context) {
          drawFrame(context, theme, box, result, xLabel, yLabel, down);
          ground = key;
        }
      }
      const context = layers.current?.moving(size);
      if (context) {
        painter.current ??= new CellPainter();
        painter.current.draw(context, theme, box, result, { down });
        drawn = result;
      }
    };
    draw();
    return live.watch(what => {
      if (what === 'result') {
        draw();
      }
      brush.current?.place(rectOf(live, box, down));
    });
  }, [live, size, box, theme, down, xLabel, yLabel]);

  const select = (rect: IRect | null) => {
    const result = live.result();
    if (result === null) {
      return;
    }
    const [x, y] = rect === null ? [null, null] : rangesOf(live, result, rect, box, down);
    const [oldX, oldY] = live.selection();
    if (!sameRange(x, oldX) || !sameRange(y, oldY)) {
      onSelect?.(x, y);
    }
  };
  const approach = () => {
    const result = live.result();
    if (result !== null) {
      const { xRange, yRange } = result;
      // from the top, as the pixels are counted
      const [top, bottom] = down ? yRange : [yRange[1], yRange[0]];
      onApproach?.(() => [
        stopsAlong(...xRange, box.right - box.left),
        stopsAlong(top, bottom, box.bottom - box.top)
      ]);
    }
  };
  const showTip = (place: { x: number; y: number } | null) => {
    const result = live.result();
    if (tip.current === null || result === null) {
      return;
    }
    tip.current.hidden = place === null;
    if (place !== null) {
      tip.current.textContent = tipOf(result, place, box, down);
    }
  };

  return (
    <div className="tsm-Plot" ref={host}>
      <Layers size={size} over={false} handle={layers} picture={picture} id={`${id}-picture`} />
      <Brush
        box={box}
        axis="xy"
        handle={brush}
        selection={rectOf(live, box, down)}
        label={trans.__(
          'Select on %1 and %2. Arrow keys move a selection, Shift with them widens it, Escape clears it.',
          xLabel,
          yLabel
        )}
        describedBy={`${id}-picture`}
        step={Math.max(1, (box.right - box.left) / 40)}
        onChange={select}
        onHover={showTip}
        onApproach={approach}
      />
      <div ref={tip} className="tsm-Plot-tip tsm-mod-bottom" hidden />
    </div>
  );
}

function boxOf({ width, height }: ISize): IBox {
  return { left: 40, top: 6, right: Math.max(41, width - 8), bottom: Math.max(7, height - 34) };
}

function rectOf(
  { result, selection }: ILive<IDensityResult, Ranges>,
  box: IBox,
  down: boolean
): IRect | null {
  const counts = result();
  const [x, y] = selection();
  if (counts === null || (x === null && y === null)) {
    return null;
  }
  const [x0, x1] = counts.xRange;
  const [y0, y1] = counts.yRange;
  const perX = (x1 - x0) / (box.right - box.left);
  const perY = (y1 - y0) / (box.bottom - box.top);
  const [low, high] = [Math.max(y0, y?.[0] ?? y0), Math.min(y1, y?.[1] ?? y1)];
  const rect = {
    x0: (Math.max(x0, x?.[0] ?? x0) - x0) / perX,
    x1: (Math.min(x1, x?.[1] ?? x1) - x0) / perX,
    y0: (down ? low - y0 : y1 - high) / perY,
    y1: (down ? high - y0 : y1 - low) / perY
  };
  return rect.x1 < rect.x0 || rect.y1 < rect.y0 ? null : rect;
}

function rangesOf(
  live: ILive<IDensityResult, Ranges>,
  result: IDensityResult,
  rect: IRect,
  box: IBox,
  down: boolean
): [Range | null, Range | null] {
  const [x0, x1] = result.xRange;
  const [y0, y1] = result.yRange;
  const perX = (x1 - x0) / (box.right - box.left);
  const perY = (y1 - y0) / (box.bottom - box.top);
  const [oldX, oldY] = live.selection();
  // a side that is not bounded, and was not dragged, stays unbounded
  const fullX = oldX === null && rect.x0 <= 0 && rect.x1 >= box.right - box.left;
  const fullY = oldY === null && rect.y0 <= 0 && rect.y1 >= box.bottom - box.top;
  return [
    fullX ? null : roundRange(x0 + rect.x0 * perX, x0 + rect.x1 * perX, perX),
    fullY
      ? null
      : down
        ? roundRange(y0 + rect.y0 * perY, y0 + rect.y1 * perY, perY)
        : roundRange(y1 - rect.y1 * perY, y1 - rect.y0 * perY, perY)
  ];
}

function tipOf(result: IDensityResult, place: { x: number; y: number }, box: IBox, down: boolean): string {
  const { nx, ny, xRange, yRange } = result;
  const i = Math.min(nx - 1, Math.floor((place.x / (box.right - box.left)) * nx));
  const row = Math.min(ny - 1, Math.floor((place.y / (box.bottom - box.top)) * ny));
  const j = down ? row : ny - 1 - row;
  const [dx, dy] = [(xRange[1] - xRange[0]) / nx, (yRange[1] - yRange[0]) / ny];
  const where = `${formatTick(xRange[0] + (i + 0.5) * dx, dx / 2)}, ${formatTick(yRange[0] + (j + 0.5) * dy, dy / 2)}`;
  return `${where}: ${formatCount(result.passed[j * nx + i])}`;
}

function drawFrame(
  context: CanvasRenderingContext2D,
  theme: ITheme,
  box: IBox,
  result: IDensityResult,
  xLabel: string,
  yLabel: string,
  down: boolean
): void {
  const [x0, x1] = result.xRange;
  const [y0, y1] = result.yRange;
  drawLeftAxis(
    context,
    theme,
    box,
    ticksOf(y0, y1, (box.bottom - box.top) / 32),
    value => {
      const part = (value - y0) / (y1 - y0);
      return box.top + (down ? part : 1 - part) * (box.bottom - box.top);
    },
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
  haloText(context, theme, `${down ? '↓' : '↑'} ${yLabel}`, box.left + 4, box.top);
}
