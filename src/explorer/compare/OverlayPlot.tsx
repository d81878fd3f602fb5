import type { TranslationBundle } from '@jupyterlab/translation';
import { useCallback, useRef, useState } from 'react';
import type { Range } from '../../table/selection';
import { formatCount } from '../../ui/format';
import { useSize } from '../../ui/hooks';
import { Brush, type IRect } from '../../ui/plots/brush';
import { PlotCanvas } from '../../ui/plots/canvas';
import { roundRange } from '../../ui/plots/ranges';
import { useTheme } from '../../ui/theme';
import type { IOverlay } from './overlay';
import { drawOverlay, type OverlayMode } from './overlayDraw';
import { binText, percent } from './words';

export interface IOverlayPlotProps {
  readonly trans: TranslationBundle;
  readonly overlay: IOverlay;
  readonly mode: OverlayMode;
  readonly colours: readonly [string, string];
  /** What stands at the axis. */
  readonly axis: string;
  /** What a screen reader says of the plot. */
  readonly label: string;
  readonly selection: Range | null;
  readonly onSelect: (range: Range | null) => void;
}

/** Two histograms in the same bins; the brush bounds both. */
export function OverlayPlot(props: IOverlayPlotProps): JSX.Element {
  const { trans, overlay, mode, colours, axis, label, selection, onSelect } = props;
  const host = useRef<HTMLDivElement>(null);
  const size = useSize(host);
  const theme = useTheme(host);
  const [hover, setHover] = useState<number | null>(null);
  const left = 46;
  const top = 6;
  const right = Math.max(left + 1, size.width - 8);
  const bottom = Math.max(top + 1, size.height - 34);
  const { range, bins } = overlay.scale;
  const [low, high] = range;
  const perPixel = (high - low) / (right - left);

  const draw = useCallback(
    (context: CanvasRenderingContext2D) =>
      drawOverlay(context, theme, { left, top, right, bottom }, overlay, mode, colours, axis),
    [theme, right, bottom, overlay, mode, colours, axis]
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
  const bin = hover === null ? null : Math.min(bins - 1, Math.floor((hover / (right - left)) * bins));
  const onLeft = hover !== null && hover > (right - left) / 2;
  return (
    <div className="tsm-Plot" ref={host}>
      <PlotCanvas size={size} draw={draw} />
      <Brush
        box={{ left, top, right, bottom }}
        axis="x"
        selection={rect !== null && rect.x1 < rect.x0 ? null : rect}
        label={label}
        step={Math.max(1, (right - left) / bins)}
        onChange={next =>
          onSelect(
            next === null ? null : roundRange(low + next.x0 * perPixel, low + next.x1 * perPixel, perPixel)
          )
        }
        onHover={place => setHover(place?.x ?? null)}
      />
      {bin !== null && (
        <div
          className="tsm-Plot-tip"
          style={{ top, left: onLeft ? left + 4 : undefined, right: onLeft ? undefined : 12 }}
        >
          {trans.__(
            '%1: A %2 (%3), B %4 (%5)',
            binText(overlay.scale, bin),
            percent(overlay.shares[0][bin]),
            formatCount(overlay.counts[0][bin]),
            percent(overlay.shares[1][bin]),
            formatCount(overlay.counts[1][bin])
          )}
        </div>
      )}
    </div>
  );
}
