import { drawBottomAxis, drawLeftAxis, line, setFont, ticksOf, type ITick } from '../../ui/plots/axes';
import type { IBox } from '../../ui/plots/canvas';
import { shortCount } from '../../ui/format';
import type { ITheme } from '../../ui/theme';
import type { IOverlay } from './overlay';

import { percent } from './words';

export type OverlayMode = 'shares' | 'counts' | 'cumulative';

type Place = (value: number) => number;

/** Room of the strip that shows the difference, and of the gap above it. */
const STRIP = 0.26;
const GAP = 9;

/** Steps of A, filled, and of B, a line; below them the difference of the shares. */
export function drawOverlay(
  context: CanvasRenderingContext2D,
  theme: ITheme,
  box: IBox,
  overlay: IOverlay,
  mode: OverlayMode,
  colours: readonly [string, string],
  label: string
): void {
  const [low, high] = overlay.scale.range;
  const x: Place = value => box.left + ((value - low) / (high - low)) * (box.right - box.left);
  const height = box.bottom - box.top;
  const strip = mode === 'shares' && height > 90 ? Math.round(height * STRIP) : 0;
  const main: IBox = { ...box, bottom: box.bottom - (strip > 0 ? strip + GAP : 0) };
  if (mode === 'cumulative') {
    drawCumulative(context, theme, main, overlay, colours, x);
  } else {
    drawSteps(context, theme, main, overlay, mode, colours);
  }
  if (strip > 0) {
    drawStrip(context, theme, { ...box, top: box.bottom - strip }, overlay, colours);
    context.strokeStyle = theme.line;
    line(context, main.left, main.bottom, main.right, main.bottom);
  }
  drawBottomAxis(context, theme, box, ticksOf(low, high, (box.right - box.left) / 55), x);
  context.textAlign = 'right';
  context.textBaseline = 'bottom';
  context.fillText(label, box.right, box.bottom + 33);
}

function percentTicks(high: number, about: number): ITick[] {
  return ticksOf(0, high, about).map(({ value }) => ({ value, label: short(value) }));
}

function short(share: number): string {
  return percent(share).replace('.0 %', ' %');
}

function drawSteps(
  context: CanvasRenderingContext2D,
  theme: ITheme,
  box: IBox,
  overlay: IOverlay,
  mode: 'shares' | 'counts',
  colours: readonly [string, string]
): void {
  const { bins } = overlay.scale;
  const series = mode === 'shares' ? overlay.shares : overlay.counts;
  let top = mode === 'shares' ? 0 : 1;
  series.forEach(values => values.forEach((value: number) => (top = Math.max(top, value))));
  top = (top || 1) * 1.05;
  const y: Place = value => box.bottom - (value / top) * (box.bottom - box.top);
  const about = (box.bottom - box.top) / 32;
  const ticks =
    mode === 'shares'
      ? percentTicks(top, about)
      : ticksOf(0, top, about)
          .filter(({ value }) => Number.isInteger(value))
          .map(({ value }) => ({ value, label: shortCount(value) }));
  drawLeftAxis(context, theme, box, ticks, y);
  const edge: Place = bin => box.left + (bin / bins) * (box.right - box.left);
  series.forEach((values, side) => {
    context.beginPath();
    context.moveTo(edge(0), box.bottom);
    for (let bin = 0; bin < bins; bin++) {
      context.lineTo(edge(bin), y(values[bin]));
      context.lineTo(edge(bin + 1), y(values[bin]));
    }
    context.lineTo(edge(bins), box.bottom);
    if (side === 0) {
      context.fillStyle = colours[0];
      context.globalAlpha = 0.3;
      context.fill();
      context.globalAlpha = 1;
    }
    context.strokeStyle = colours[side];
    context.lineWidth = side === 0 ? 1.25 : 2;
    context.lineJoin = 'miter';
    context.stroke();
  });
  context.lineWidth = 1;
}

/** A minus B, a bar a bin; pale where counting alone explains it. */
function drawStrip(
  context: CanvasRenderingContext2D,
  theme: ITheme,
  box: IBox,
  overlay: IOverlay,
  colours: readonly [string, string]
): void {
  const { bins } = overlay.scale;
  const { value, sure } = overlay.difference;
  // bins beside a brush aren't part of the shares
  const most = value.reduce((top, each) => Math.max(top, Math.abs(each)), 0) || 1;
  const middle = (box.top + box.bottom) / 2;
  const y: Place = share => middle - (share / most) * ((box.bottom - box.top) / 2 - 1);
  drawLeftAxis(
    context,
    theme,
    box,
    [
      { value: most, label: '' },
      { value: 0, label: 'A − B' }
    ],
    y
  );
  const edge: Place = bin => box.left + (bin / bins) * (box.right - box.left);
  for (let bin = 0; bin < bins; bin++) {
    if (value[bin] !== 0) {
      context.fillStyle = colours[value[bin] > 0 ? 0 : 1];
      context.globalAlpha = sure[bin] === 1 ? 0.95 : 0.3;
      const [from, to] = [y(Math.max(0, value[bin])), y(Math.min(0, value[bin]))];
      context.fillRect(edge(bin) + 0.5, from, Math.max(1, edge(bin + 1) - edge(bin) - 1), to - from);
    }
  }
  context.globalAlpha = 1;
  setFont(context, theme);
  context.textAlign = 'right';
  context.textBaseline = 'top';
  context.strokeStyle = theme.ground;
  context.lineWidth = 3;
  const text = `±${percent(most)}`;
  context.strokeText(text, box.right - 2, box.top + 1);
  context.fillText(text, box.right - 2, box.top + 1);
  context.lineWidth = 1;
}

/** Both cumulative parts, and the place where they are farthest apart. */
function drawCumulative(
  context: CanvasRenderingContext2D,
  theme: ITheme,
  box: IBox,
  overlay: IOverlay,
  colours: readonly [string, string],
  x: Place
): void {
  const y: Place = part => box.bottom - part * (box.bottom - box.top - 4);
  drawLeftAxis(context, theme, box, percentTicks(1, (box.bottom - box.top) / 36), y);
  const { range, fine } = overlay.scale;
  const step = (range[1] - range[0]) / fine;
  overlay.cumulative.forEach((parts, side) => {
    context.beginPath();
    context.moveTo(x(range[0]), y(0));
    for (let bin = 0; bin < fine; bin++) {
      context.lineTo(x(range[0] + (bin + 1) * step), y(parts[bin]));
    }
    context.strokeStyle = colours[side];
    context.lineWidth = side === 0 ? 1.5 : 2;
    context.setLineDash(side === 0 ? [] : [6, 3]);
    context.stroke();
    context.setLineDash([]);
  });
  context.lineWidth = 1;
  const { kolmogorov } = overlay;
  if (kolmogorov === null || kolmogorov.distance === 0) {
    return;
  }
  const at = x(range[0] + (kolmogorov.bin + 1) * step);
  const [a, b] = overlay.cumulative.map(parts => y(parts[kolmogorov.bin]));
  context.strokeStyle = theme.ink;
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(at, a);
  context.lineTo(at, b);
  context.stroke();
  context.lineWidth = 1;
  context.fillStyle = theme.ink;
  const toRight = at < (box.left + box.right) / 2;
  context.textAlign = toRight ? 'left' : 'right';
  context.textBaseline = 'middle';
  context.fillText(`D = ${kolmogorov.distance.toFixed(3)}`, at + (toRight ? 5 : -5), (a + b) / 2);
}
