import type { TranslationBundle } from '@jupyterlab/translation';
import { useId, useLayoutEffect, useMemo, useRef } from 'react';
import type { IHistogramResult } from '../../table/requests';
import type { Range } from '../../table/selection';
import { formatCount, formatTick } from '../format';
import { useSize, type ISize } from '../hooks';
import { useTheme } from '../theme';
import { Brush, type IBrushHandle, type IRect } from './brush';
import type { IBox } from './canvas';
import { drawHistogramCounts, drawHistogramGround, histogramGround } from './histogramDraw';
import { Layers, type ILayers } from './layers';
import { still, useSummary, type ILive } from './live';
import { roundRange, sameRange, stopsAlong } from './ranges';
import { histogramSummary } from './summary';

export { Legend } from './Legend';
export { roundRange } from './ranges';

interface ICommonProps {
  readonly trans: TranslationBundle;
  /** What is counted, for the axis: `redshift` or `i mag (mag)`. */
  readonly label: string;
  readonly log?: boolean;
  readonly onSelect?: (range: Range | null) => void;
  /** A brush is about to move; all bounds that it can take. */
  readonly onApproach?: (stops: () => number[][]) => void;
}

export interface IHistogramProps extends ICommonProps {
  readonly result: IHistogramResult;
  /** The bounds selected on this column. */
  readonly selection: Range | null;
}

export interface ILiveHistogramProps extends ICommonProps {
  readonly live: ILive<IHistogramResult, Range | null>;
}

/** A histogram whose counts stay. */
export function Histogram({ result, selection, ...props }: IHistogramProps): JSX.Element {
  const low = selection?.[0];
  const high = selection?.[1];
  const live = useMemo(
    () =>
      still<IHistogramResult, Range | null>(
        result,
        low === undefined || high === undefined ? null : [low, high]
      ),
    [result, low, high]
  );
  return <LiveHistogram {...props} live={live} />;
}

/** Steps of the passing rows over those of all rows, drawn anew without a render when they change. */
export function LiveHistogram(props: ILiveHistogramProps): JSX.Element {
  const { trans, label, live, log = false, onSelect, onApproach } = props;
  const host = useRef<HTMLDivElement>(null);
  const layers = useRef<ILayers>(null);
  const brush = useRef<IBrushHandle>(null);
  const tip = useRef<HTMLDivElement>(null);
  const size = useSize(host);
  const theme = useTheme(host);
  const id = useId();
  const box = useMemo(() => boxOf(size), [size]);
  const picture = useSummary(
    live,
    (result, selection) => histogramSummary(trans, label, result, selection),
    label
  );

  useLayoutEffect(() => {
    let ground = '';
    let drawn: IHistogramResult | null = null;
    const draw = () => {
      const result = live.result();
      if (result === null || result === drawn || size.width === 0) {
        return;
      }
      if (ground !== histogramGround(result)) {
        const context = layers.current?.still(size);
        if (context) {
          drawHistogramGround(context, theme, box, result, log);
          ground = histogramGround(result);
        }
      }
      const context = layers.current?.moving(size);
      if (context) {
        drawHistogramCounts(context, theme, box, result, log);
        drawn = result;
      }
    };
    draw();
    return live.watch(what => {
      if (what === 'result') {
        draw();
      }
      brush.current?.place(rectOf(live, box));
    });
  }, [live, size, box, theme, log]);

  const select = (rect: IRect | null) => {
    const result = live.result();
    if (result !== null) {
      const [low, high] = result.range;
      const perPixel = (high - low) / (box.right - box.left);
      const range = rect && roundRange(low + rect.x0 * perPixel, low + rect.x1 * perPixel, perPixel);
      if (!sameRange(range, live.selection())) {
        onSelect?.(range);
      }
    }
  };
  const approach = () => {
    const range = live.result()?.range;
    if (range !== undefined) {
      onApproach?.(() => [stopsAlong(...range, box.right - box.left)]);
    }
  };
  const showTip = (place: { x: number } | null) => {
    const result = live.result();
    const node = tip.current;
    if (node === null || result === null) {
      return;
    }
    node.hidden = place === null;
    if (place !== null) {
      const part = place.x / (box.right - box.left);
      node.textContent = tipOf(result, Math.min(result.bins - 1, Math.floor(part * result.bins)));
      node.style.left = part > 0.5 ? `${box.left + 4}px` : '';
      node.style.right = part > 0.5 ? '' : '12px';
    }
  };

  const bins = live.result()?.bins ?? 40;
  return (
    <div className="tsm-Plot" ref={host}>
      <Layers size={size} handle={layers} picture={picture} id={`${id}-picture`} />
      <Brush
        box={box}
        axis="x"
        handle={brush}
        selection={rectOf(live, box)}
        label={trans.__(
          'Select on %1. Arrow keys move a selection, Shift with them widens it, Escape clears it.',
          label
        )}
        describedBy={`${id}-picture`}
        step={Math.max(1, (box.right - box.left) / bins)}
        onChange={select}
        onHover={showTip}
        onApproach={approach}
      />
      <div ref={tip} className="tsm-Plot-tip" style={{ top: box.top }} hidden />
    </div>
  );
}

function boxOf({ width, height }: ISize): IBox {
  return { left: 40, top: 6, right: Math.max(41, width - 8), bottom: Math.max(7, height - 20) };
}

function rectOf({ result, selection }: ILive<IHistogramResult, Range | null>, box: IBox): IRect | null {
  const counts = result();
  const selected = selection();
  if (counts === null || selected === null) {
    return null;
  }
  const [low, high] = counts.range;
  const perPixel = (high - low) / (box.right - box.left);
  const rect = {
    x0: (Math.max(low, selected[0]) - low) / perPixel,
    x1: (Math.min(high, selected[1]) - low) / perPixel,
    y0: 0,
    y1: box.bottom - box.top
  };
  return rect.x1 < rect.x0 ? null : rect;
}

function tipOf(result: IHistogramResult, bin: number): string {
  const [low, high] = result.range;
  const step = (high - low) / result.bins;
  const from = low + bin * step;
  const where = result.whole
    ? String(Math.round(from + 0.5))
    : `${formatTick(from, step)} – ${formatTick(from + step, step)}`;
  const [passed, all] = [result.passed[bin], result.all[bin]];
  return passed === all
    ? `${where}: ${formatCount(passed)}`
    : `${where}: ${formatCount(passed)} / ${formatCount(all)}`;
}
