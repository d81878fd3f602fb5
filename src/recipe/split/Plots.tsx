/** n(z), magnitudes and the sky of each part, one over the other. */
import { useCallback, useRef } from 'react';

import { useSize } from '../../ui/hooks';
import { categoryColour } from '../../ui/palette';
import { countTicks, drawBottomAxis, drawLeftAxis, ticksOf } from '../../ui/plots/axes';
import { PlotCanvas } from '../../ui/plots/canvas';
import { type ITheme, useTheme } from '../../ui/theme';
import { type IAxis, SKY } from './bins';

interface IPlotProps {
  readonly title: string;
  /** What it shows, in words: for who can't see it. */
  readonly summary: string;
  readonly labels: readonly string[];
  /** By part, then by bin. */
  readonly counts: Uint32Array;
  readonly children?: React.ReactNode;
}

const MARGIN = { left: 44, right: 8, top: 8, bottom: 24 };

/** Steps of each part over an axis; with `same` each part fills the same area. */
export function StepsOfParts(
  props: IPlotProps & { readonly axis: IAxis; readonly same: boolean }
): JSX.Element {
  const { title, summary, labels, counts, axis, same, children } = props;
  const draw = useCallback(
    (context: CanvasRenderingContext2D, size: { width: number; height: number }, theme: ITheme) => {
      const { bins, low, high } = axis;
      const box = {
        left: MARGIN.left,
        top: MARGIN.top,
        right: size.width - MARGIN.right,
        bottom: size.height - MARGIN.bottom
      };
      const heights = labels.map((_, part) => {
        const own = counts.subarray(part * bins, (part + 1) * bins);
        const total = same ? own.reduce((sum, count) => sum + count, 0) || 1 : 1;
        return Array.from(own, count => count / total);
      });
      const most = heights.reduce((top, own) => Math.max(top, ...own), 0) || 1;
      const y = (value: number) => box.bottom - ((box.bottom - box.top) * value) / (1.05 * most);
      const x = (value: number) => box.left + ((box.right - box.left) * (value - low)) / (high - low);
      if (!same) {
        drawLeftAxis(context, theme, box, countTicks(most, (box.bottom - box.top) / 32, false), y);
      }
      drawBottomAxis(context, theme, box, ticksOf(low, high, (box.right - box.left) / 55), x);
      const width = (box.right - box.left) / bins;
      heights.forEach((own, part) => {
        context.beginPath();
        context.moveTo(box.left, box.bottom);
        own.forEach((value, bin) => {
          context.lineTo(box.left + bin * width, y(value));
          context.lineTo(box.left + (bin + 1) * width, y(value));
        });
        context.lineTo(box.right, box.bottom);
        context.strokeStyle = categoryColour(labels[part], part);
        context.lineWidth = 1.6;
        context.stroke();
      });
    },
    [axis, counts, labels, same]
  );
  return <Figure title={title} summary={summary} draw={draw} extra={children} />;
}

/** The sky in cells of equal area, RA to the left: the colours of the parts mixed as the rows are, darker where more lie. */
export function SkyOfParts({ title, summary, labels, counts, children }: IPlotProps): JSX.Element {
  const draw = useCallback(
    (context: CanvasRenderingContext2D, size: { width: number; height: number }, theme: ITheme) => {
      const { columns, rows } = SKY;
      const cells = columns * rows;
      const totals = new Uint32Array(cells);
      counts.forEach((count, place) => (totals[place % cells] += count));
      const most = totals.reduce((top, count) => Math.max(top, count), 1);
      const colours = labels.map((label, part) => channels(categoryColour(label, part)));
      const scale = Math.min(size.width / columns, size.height / rows);
      const left = (size.width - columns * scale) / 2;
      const top = (size.height - rows * scale) / 2;
      context.strokeStyle = theme.line;
      context.strokeRect(left + 0.5, top + 0.5, columns * scale - 1, rows * scale - 1);
      for (let cell = 0; cell < cells; cell++) {
        if (totals[cell] === 0) {
          continue;
        }
        const mixed = [0, 0, 0];
        colours.forEach((colour, part) => {
          const share = counts[part * cells + cell] / totals[cell];
          colour.forEach((channel, i) => (mixed[i] += share * channel));
        });
        context.globalAlpha = 0.35 + (0.65 * Math.log1p(totals[cell])) / Math.log1p(most);
        context.fillStyle = `rgb(${mixed.map(Math.round).join(',')})`;
        context.fillRect(
          left + (cell % columns) * scale,
          top + Math.floor(cell / columns) * scale,
          scale + 0.4,
          scale + 0.4
        );
      }
      context.globalAlpha = 1;
    },
    [counts, labels]
  );
  return <Figure title={title} summary={summary} draw={draw} extra={children} />;
}

function Figure(props: {
  title: string;
  summary: string;
  draw: (context: CanvasRenderingContext2D, size: { width: number; height: number }, theme: ITheme) => void;
  extra?: React.ReactNode;
}): JSX.Element {
  const { title, summary, draw, extra } = props;
  const host = useRef<HTMLDivElement>(null);
  const size = useSize(host);
  const theme = useTheme(host);
  const themed = useCallback(
    (context: CanvasRenderingContext2D, its: { width: number; height: number }) => draw(context, its, theme),
    [draw, theme]
  );
  return (
    <figure className="tsm-Split-figure">
      <figcaption>
        {title} {extra}
      </figcaption>
      <div className="tsm-Split-plot" ref={host} role="img" aria-label={summary}>
        <PlotCanvas size={size} draw={themed} />
      </div>
    </figure>
  );
}

function channels(colour: string): number[] {
  const hex = colour.replace('#', '');
  return [0, 2, 4].map(place => parseInt(hex.slice(place, place + 2), 16));
}
