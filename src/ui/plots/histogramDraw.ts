import type { IHistogramResult } from '../../table/requests';
import { categoryColour } from '../palette';
import type { ITheme } from '../theme';
import { countTicks, drawBottomAxis, drawLeftAxis, ticksOf } from './axes';
import type { IBox } from './canvas';

/** The place of a count: the scale is that of all rows, so that a selection is seen to be a part of them. */
function heights(box: IBox, result: IHistogramResult, log: boolean): (count: number) => number {
  const top = mostOf(result.all);
  const height = box.bottom - box.top;
  if (log) {
    const scale = height / (Math.log10(top) + 0.2);
    return count => box.bottom - (count < 1 ? 0 : (Math.log10(count) + 0.15) * scale);
  }
  const scale = height / (top * 1.04);
  return count => box.bottom - count * scale;
}

function mostOf(counts: Uint32Array): number {
  let most = 1;
  for (let i = 0; i < counts.length; i++) {
    most = counts[i] > most ? counts[i] : most;
  }
  return most;
}

/** All that a still layer depends on, besides its size and theme. */
export function histogramGround({ column, range, bins }: IHistogramResult): string {
  return `${column} ${range.join()} ${bins}`;
}

/** Axes, and the steps of all rows as a ground for those that pass. */
export function drawHistogramGround(
  context: CanvasRenderingContext2D,
  theme: ITheme,
  box: IBox,
  result: IHistogramResult,
  log: boolean
): void {
  const { bins, all } = result;
  const [low, high] = result.range;
  const y = heights(box, result, log);
  drawLeftAxis(context, theme, box, countTicks(mostOf(all), (box.bottom - box.top) / 32, log), y);
  steps(context, box, bins, all, 0, y, theme.faint, true);
  drawBottomAxis(
    context,
    theme,
    box,
    ticksOf(low, high, (box.right - box.left) / 55),
    value => box.left + ((value - low) / (high - low)) * (box.right - box.left)
  );
}

/** The steps of the passing rows; with categories, one stack on another, or lines on a logarithmic scale. */
export function drawHistogramCounts(
  context: CanvasRenderingContext2D,
  theme: ITheme,
  box: IBox,
  result: IHistogramResult,
  log: boolean
): void {
  const { bins, passed, groups, grouped } = result;
  const y = heights(box, result, log);
  if (groups.length === 0) {
    steps(context, box, bins, passed, 0, y, theme.accent, true);
  } else if (log) {
    // heights of a stack can't be read on a logarithmic scale: one line a category
    groups.forEach((value, group) =>
      steps(context, box, bins, grouped, group * bins, y, categoryColour(value, group), false)
    );
  } else {
    stack(context, box, result, y);
  }
}

/** One outline a category: along the tops from the left, and back along the bottoms. */
function stack(
  context: CanvasRenderingContext2D,
  box: IBox,
  { bins, groups, grouped }: IHistogramResult,
  y: (count: number) => number
): void {
  const width = (box.right - box.left) / bins;
  const sums = new Float64Array(bins);
  groups.forEach((value, group) => {
    const at = group * bins;
    context.fillStyle = categoryColour(value, group);
    context.beginPath();
    // runs of bins that have any: an empty one between them has no edge to draw
    for (let from = 0; from < bins; from++) {
      if (grouped[at + from] === 0) {
        continue;
      }
      let to = from;
      while (to < bins && grouped[at + to] > 0) {
        to += 1;
      }
      for (let bin = from; bin < to; bin++) {
        const top = y(sums[bin] + grouped[at + bin]);
        if (bin === from) {
          context.moveTo(box.left + bin * width, top);
        } else {
          context.lineTo(box.left + bin * width, top);
        }
        context.lineTo(box.left + (bin + 1) * width, top);
      }
      for (let bin = to - 1; bin >= from; bin--) {
        const bottom = y(sums[bin]);
        context.lineTo(box.left + (bin + 1) * width, bottom);
        context.lineTo(box.left + bin * width, bottom);
        sums[bin] += grouped[at + bin];
      }
      context.closePath();
      from = to;
    }
    context.fill();
  });
}

function steps(
  context: CanvasRenderingContext2D,
  box: IBox,
  bins: number,
  counts: Uint32Array,
  at: number,
  y: (count: number) => number,
  colour: string,
  filled: boolean
): void {
  const width = (box.right - box.left) / bins;
  context.beginPath();
  context.moveTo(box.left, box.bottom);
  let last = box.bottom;
  for (let bin = 0; bin < bins; bin++) {
    const top = y(counts[at + bin]);
    if (top !== last) {
      context.lineTo(box.left + bin * width, last);
      context.lineTo(box.left + bin * width, top);
      last = top;
    }
  }
  context.lineTo(box.right, last);
  context.lineTo(box.right, box.bottom);
  if (filled) {
    context.fillStyle = colour;
    context.globalAlpha = 0.6;
    context.fill();
    context.globalAlpha = 1;
  }
  context.strokeStyle = colour;
  context.lineWidth = 1.25;
  context.stroke();
}
