import { niceStep } from '../../table/binning';
import { formatTick, shortCount } from '../format';
import type { ITheme } from '../theme';
import type { IBox } from './canvas';

export interface ITick {
  readonly value: number;
  readonly label: string;
}

/** Round values inside a range, about as many as asked for. */
export function ticksOf(low: number, high: number, about: number): ITick[] {
  if (!(high > low) || about < 1) {
    return [];
  }
  const step = niceStep((high - low) / about);
  const ticks: ITick[] = [];
  for (let i = Math.ceil(low / step - 1e-6); i * step <= high + step * 1e-6; i++) {
    const value = Number((i * step).toPrecision(12));
    ticks.push({ value, label: formatTick(value, step) });
  }
  return ticks;
}

/** Ticks of an axis of counts, from 0 (or 1 where it is logarithmic). */
export function countTicks(high: number, about: number, log: boolean): ITick[] {
  if (!log) {
    return ticksOf(0, high, about)
      .filter(({ value }) => Number.isInteger(value))
      .map(({ value }) => ({ value, label: shortCount(value) }));
  }
  const ticks: ITick[] = [];
  for (let value = 1; value <= high; value *= 10) {
    ticks.push({ value, label: shortCount(value) });
  }
  return ticks;
}

export function setFont(context: CanvasRenderingContext2D, theme: ITheme): void {
  context.font = `${theme.fontSize}px ${theme.font}`;
  context.fillStyle = theme.muted;
  context.strokeStyle = theme.line;
  context.lineWidth = 1;
}

/** The axis below a box; `place` gives the x of a value. */
export function drawBottomAxis(
  context: CanvasRenderingContext2D,
  theme: ITheme,
  box: IBox,
  ticks: ITick[],
  place: (value: number) => number
): void {
  setFont(context, theme);
  context.textBaseline = 'top';
  line(context, box.left, box.bottom, box.right, box.bottom);
  let free = -Infinity;
  for (const { value, label } of ticks) {
    const x = place(value);
    line(context, x, box.bottom, x, box.bottom + 3);
    const half = context.measureText(label).width / 2;
    if (x - half > free) {
      context.textAlign = 'center';
      context.fillText(label, x, box.bottom + 5);
      free = x + half + 4;
    }
  }
}

/** The axis at the left of a box, with faint lines across it. */
export function drawLeftAxis(
  context: CanvasRenderingContext2D,
  theme: ITheme,
  box: IBox,
  ticks: ITick[],
  place: (value: number) => number,
  across = true
): void {
  setFont(context, theme);
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  for (const { value, label } of ticks) {
    const y = place(value);
    if (across) {
      context.globalAlpha = 0.4;
      line(context, box.left, y, box.right, y);
      context.globalAlpha = 1;
    } else {
      line(context, box.left - 3, y, box.left, y);
    }
    context.fillText(label, box.left - 5, y);
  }
}

/** Text over a density: the ground's colour around the letters keeps them legible. */
export function haloText(
  context: CanvasRenderingContext2D,
  theme: ITheme,
  text: string,
  x: number,
  y: number
): void {
  context.lineWidth = 3;
  context.strokeStyle = theme.ground;
  context.lineJoin = 'round';
  context.strokeText(text, x, y);
  context.fillText(text, x, y);
  context.lineWidth = 1;
  context.strokeStyle = theme.line;
}

export function line(
  context: CanvasRenderingContext2D,
  x0: number,
  y0: number,
  x1: number,
  y1: number
): void {
  context.beginPath();
  context.moveTo(Math.round(x0) + 0.5, Math.round(y0) + 0.5);
  context.lineTo(Math.round(x1) + 0.5, Math.round(y1) + 0.5);
  context.stroke();
}
