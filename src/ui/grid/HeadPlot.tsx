import type { TranslationBundle } from '@jupyterlab/translation';
import { useEffect, useRef, useState, type PointerEvent } from 'react';
import type { Value } from '../../expr';
import type { Range } from '../../table/selection';
import type { IColumnInfo } from '../../table/source';
import { categoryName, formatCount } from '../format';
import { clamp, dragged, gripAt, type IDrag } from '../plots/brushMoves';
import { roundRange } from '../plots/ranges';
import { Spark } from './Spark';

export const PLOT_HEIGHT = 24;
const SMALLEST = 3;

export interface IHeadPlotProps {
  readonly trans: TranslationBundle;
  readonly column: IColumnInfo;
  /** Its width, in pixels. */
  readonly width: number;
  /** Counts of the passing rows, on the edges of the column's histogram. */
  readonly passed?: Uint32Array;
  readonly selection: Range | null;
  readonly onSelect?: (range: Range | null) => void;
  readonly picked: readonly Value[] | null;
  readonly onPick?: (value: Value) => void;
}

/** A column's distribution in its header: drag over it to select a range, click a value's bar to select the value. */
export function HeadPlot(props: IHeadPlotProps): JSX.Element {
  const { column, onPick, picked, trans } = props;
  if (column.histogram) {
    return <HeadBrush {...props} histogram={column.histogram} />;
  }
  const values = column.values ?? [];
  const most = Math.max(1, ...values.map(({ count }) => count));
  if (values.length === 0 || (most < 2 && values.length > 2)) {
    // many bars of single rows say nothing
    return <div className="tsm-HeadPlot" />;
  }
  return (
    <div className="tsm-HeadPlot tsm-mod-values">
      {values.map(({ value, count }) => {
        const on = picked === null || picked.includes(value);
        return (
          <button
            type="button"
            tabIndex={-1}
            key={String(value)}
            className={`tsm-HeadPlot-value${on ? '' : ' tsm-mod-off'}`}
            aria-label={trans.__('%1 = %2: %3 rows', column.name, categoryName(value), formatCount(count))}
            title={trans.__('%1 = %2: %3 rows', column.name, categoryName(value), formatCount(count))}
            aria-pressed={picked !== null && on}
            onClick={() => onPick?.(value)}
          >
            <span style={{ height: Math.max(1, (count / most) * (PLOT_HEIGHT - 2)) }} />
          </button>
        );
      })}
    </div>
  );
}

function HeadBrush({
  trans,
  column,
  width,
  passed,
  selection,
  onSelect,
  histogram
}: IHeadPlotProps & { readonly histogram: NonNullable<IColumnInfo['histogram']> }): JSX.Element {
  const { edges, counts } = histogram;
  const [low, high] = [edges[0], edges[edges.length - 1]];
  const perPixel = (high - low) / Math.max(1, width);
  /** What the hand has selected, until the condition says so. */
  const [own, setOwn] = useState<Range | null | undefined>(undefined);
  const drag = useRef<IDrag | null>(null);
  const [from, to] = selection ?? [];
  useEffect(() => setOwn(undefined), [from, to]);

  const range = own === undefined ? selection : own;
  const x = (value: number) => clamp((value - low) / perPixel, 0, width);
  const rect =
    range === null || range[0] > range[1]
      ? null
      : { x0: x(range[0]), x1: x(range[1]), y0: 0, y1: PLOT_HEIGHT };
  const place = (event: PointerEvent) =>
    clamp(event.clientX - event.currentTarget.getBoundingClientRect().left, 0, width);
  const select = (next: Range | null) => {
    setOwn(next);
    onSelect?.(next);
  };
  const usable = onSelect !== undefined && high > low;

  return (
    <div
      className={`tsm-HeadPlot${usable ? ' tsm-mod-brush' : ''}`}
      title={usable ? trans.__('Drag to select a range of %1', column.name) : undefined}
      onPointerDown={event => {
        if (usable && event.button === 0) {
          event.currentTarget.setPointerCapture?.(event.pointerId);
          const at = place(event);
          drag.current = { grip: gripAt(rect, at, 0, 'x'), x: at, y: 0, from: rect };
        }
      }}
      onPointerMove={event => {
        const started = drag.current;
        const at = place(event);
        if (started === null || (started.grip === 'new' && Math.abs(at - started.x) < SMALLEST)) {
          return;
        }
        const next = dragged(started, at, 0, 'x', width, PLOT_HEIGHT);
        select(roundRange(low + next.x0 * perPixel, low + next.x1 * perPixel, perPixel));
      }}
      onPointerUp={() => {
        drag.current = null;
      }}
      onPointerCancel={() => {
        drag.current = null;
      }}
      onDoubleClick={() => usable && select(null)}
    >
      <Spark counts={counts} passed={passed} />
      {rect !== null && (
        <div
          className="tsm-HeadPlot-range"
          style={{ left: rect.x0, width: Math.max(1, rect.x1 - rect.x0) }}
        />
      )}
    </div>
  );
}
