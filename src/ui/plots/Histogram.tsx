import type { TranslationBundle } from '@jupyterlab/translation';
import { useCallback, useRef, useState } from 'react';
import type { Value } from '../../expr';
import { niceStep } from '../../table/binning';
import type { IHistogramResult } from '../../table/requests';
import type { Range } from '../../table/selection';
import { categoryName, formatCount, formatTick, shortCount } from '../format';
import { useSize } from '../hooks';
import { categoryColour } from '../palette';
import { useTheme, type ITheme } from '../theme';
import { countTicks, drawBottomAxis, drawLeftAxis, ticksOf } from './axes';
import { Brush, type IRect } from './brush';
import { PlotCanvas, type IBox } from './canvas';

export interface IHistogramProps {
  readonly trans: TranslationBundle;
  /** What is counted, for the axis: `redshift` or `i mag (mag)`. */
  readonly label: string;
  readonly result: IHistogramResult;
  /** The bounds selected on this column. */
  readonly selection: Range | null;
  readonly log?: boolean;
  readonly onSelect?: (range: Range | null) => void;
}

/** Steps of the passing rows over those of all rows; with categories, one stack on another, or lines on a log scale. */
export function Histogram({
  trans,
  label,
  result,
  selection,
  log = false,
  onSelect
}: IHistogramProps): JSX.Element {
  const host = useRef<HTMLDivElement>(null);
  const size = useSize(host);
  const theme = useTheme(host);
  const [hover, setHover] = useState<number | null>(null);
  const box: IBox = {
    left: 40,
    top: 6,
    right: Math.max(41, size.width - 8),
    bottom: Math.max(7, size.height - 20)
  };
  const [low, high] = result.range;
  const perPixel = (high - low) / (box.right - box.left);
  const { left, top, right, bottom } = box;

  const draw = useCallback(
    (context: CanvasRenderingContext2D) =>
      drawHistogram(context, theme, { left, top, right, bottom }, result, log),
    [theme, left, top, right, bottom, result, log]
  );

  const rect: IRect | null =
    selection === null
      ? null
      : {
          x0: (Math.max(low, selection[0]) - low) / perPixel,
          x1: (Math.min(high, selection[1]) - low) / perPixel,
          y0: 0,
          y1: bottom - top
        };

  const select = (next: IRect | null) => {
    onSelect?.(
      next === null ? null : roundRange(low + next.x0 * perPixel, low + next.x1 * perPixel, perPixel)
    );
  };

  const bin =
    hover === null
      ? null
      : Math.min(result.bins - 1, Math.floor((hover * perPixel * result.bins) / (high - low)));
  const said = trans.__(
    '%1: steps of %2 rows from %3 to %4. Arrow keys move a selection, Shift with them widens it, Escape clears it.',
    label,
    formatCount(result.total),
    formatTick(low, (high - low) / 10),
    formatTick(high, (high - low) / 10)
  );
  return (
    <div className="tsm-Plot" ref={host}>
      <PlotCanvas size={size} draw={draw} />
      <Brush
        box={box}
        axis="x"
        selection={rect !== null && rect.x1 < rect.x0 ? null : rect}
        label={said}
        step={Math.max(1, (right - left) / result.bins)}
        onChange={select}
        onHover={place => setHover(place?.x ?? null)}
      />
      {bin !== null && (
        <div
          className="tsm-Plot-tip"
          style={{
            top,
            left: hover! > (right - left) / 2 ? left + 4 : undefined,
            right: hover! > (right - left) / 2 ? undefined : 12
          }}
        >
          {tip(result, bin)}
        </div>
      )}
    </div>
  );
}

function tip(result: IHistogramResult, bin: number): string {
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

/** Bounds with no more decimals than a pixel is worth. */
export function roundRange(low: number, high: number, perPixel: number): Range {
  const step = niceStep(perPixel);
  const decimals = Math.max(0, -Math.floor(Math.log10(step)));
  const round = (value: number) =>
    step >= 1 ? Math.round(value / step) * step : Number(value.toFixed(Math.min(12, decimals)));
  return [round(low), round(high)];
}

function drawHistogram(
  context: CanvasRenderingContext2D,
  theme: ITheme,
  box: IBox,
  result: IHistogramResult,
  log: boolean
): void {
  const { bins, all, passed, groups, grouped } = result;
  const [low, high] = result.range;
  const x = (value: number) => box.left + ((value - low) / (high - low)) * (box.right - box.left);
  const edge = (bin: number) => box.left + (bin / bins) * (box.right - box.left);
  // the scale is that of all rows, so that a selection is seen to be a part of them
  const top = Math.max(1, ...all);
  const y = (count: number) => {
    const part = log
      ? count < 1
        ? 0
        : (Math.log10(count) + 0.15) / (Math.log10(top) + 0.2)
      : count / (top * 1.04);
    return box.bottom - part * (box.bottom - box.top);
  };
  drawLeftAxis(context, theme, box, countTicks(top, (box.bottom - box.top) / 32, log), y);

  const narrowed = result.total < all.reduce((sum, count) => sum + count, 0);
  if (narrowed || groups.length > 0) {
    steps(context, bins, edge, bin => y(all[bin]), box.bottom, theme.faint);
  }
  if (groups.length === 0) {
    steps(context, bins, edge, bin => y(passed[bin]), box.bottom, theme.accent);
  } else if (log) {
    // heights of a stack can't be read on a logarithmic scale: one line a category
    groups.forEach((value, group) => {
      const counts = grouped.subarray(group * bins, (group + 1) * bins);
      steps(context, bins, edge, bin => y(counts[bin]), box.bottom, categoryColour(value, group), false);
    });
  } else {
    const sums = new Float64Array(bins);
    groups.forEach((value, group) => {
      const bottoms = Array.from(sums, y);
      for (let bin = 0; bin < bins; bin++) {
        sums[bin] += grouped[group * bins + bin];
      }
      context.fillStyle = categoryColour(value, group);
      for (let bin = 0; bin < bins; bin++) {
        if (sums[bin] > 0) {
          const height = bottoms[bin] - y(sums[bin]);
          context.fillRect(edge(bin), y(sums[bin]), edge(bin + 1) - edge(bin) + 0.3, height);
        }
      }
    });
  }
  drawBottomAxis(context, theme, box, ticksOf(low, high, (box.right - box.left) / 55), x);
}

function steps(
  context: CanvasRenderingContext2D,
  bins: number,
  edge: (bin: number) => number,
  y: (bin: number) => number,
  bottom: number,
  colour: string,
  filled = true
): void {
  context.beginPath();
  context.moveTo(edge(0), bottom);
  for (let bin = 0; bin < bins; bin++) {
    context.lineTo(edge(bin), y(bin));
    context.lineTo(edge(bin + 1), y(bin));
  }
  context.lineTo(edge(bins), bottom);
  if (filled) {
    context.fillStyle = colour;
    context.globalAlpha = 0.55;
    context.fill();
    context.globalAlpha = 1;
  }
  context.strokeStyle = colour;
  context.lineWidth = 1.25;
  context.stroke();
}

export interface ILegendProps {
  readonly trans: TranslationBundle;
  /** The column of the categories. */
  readonly column: string;
  readonly values: readonly Value[];
  readonly counts: readonly number[];
  /** The values chosen, or null for all. */
  readonly chosen: readonly Value[] | null;
  readonly onToggle: (value: Value) => void;
}

/** The categories' colours; each is a switch that filters. */
export function Legend({ trans, column, values, counts, chosen, onToggle }: ILegendProps): JSX.Element {
  return (
    <div className="tsm-Legend" role="group" aria-label={trans.__('Filter by %1', column)}>
      {values.map((value, place) => {
        const on = chosen === null || chosen.includes(value);
        return (
          <button
            type="button"
            key={String(value)}
            className={`tsm-Legend-item${on ? '' : ' tsm-mod-off'}`}
            aria-pressed={chosen !== null && on}
            title={trans.__('%1 = %2: %3 rows', column, categoryName(value), formatCount(counts[place]))}
            onClick={() => onToggle(value)}
          >
            <span className="tsm-Legend-colour" style={{ background: categoryColour(value, place) }} />
            {categoryName(value)} <span className="tsm-Legend-count">{shortCount(counts[place])}</span>
          </button>
        );
      })}
    </div>
  );
}
