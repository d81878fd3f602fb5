import { useRef, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import type { IBox } from './canvas';

/** A selected rectangle, in CSS pixels from the plot box's top left corner. */
export interface IRect {
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
  readonly y1: number;
}

export interface IBrushProps {
  readonly box: IBox;
  /** Whether a selection bounds x only, and so spans the height. */
  readonly axis: 'x' | 'xy';
  readonly selection: IRect | null;
  /** What a screen reader says of the plot. */
  readonly label: string;
  /** How far an arrow key moves, in pixels. */
  readonly step: number;
  readonly onChange: (rect: IRect | null) => void;
  readonly onHover?: (place: { x: number; y: number } | null) => void;
  /** Drawn in place of the plain rectangle. */
  readonly children?: ReactNode;
}

type Grip = 'new' | 'move' | 'left' | 'right' | 'top' | 'bottom';

const EDGE = 5;
const SMALLEST = 3;

/** The layer of a plot that selects: drag to select, drag the selection to move it, its edges to change it. */
export function Brush(props: IBrushProps): JSX.Element {
  const { box, axis, selection, label, onChange, onHover, children } = props;
  const width = Math.max(0, box.right - box.left);
  const height = Math.max(0, box.bottom - box.top);
  const drag = useRef<{ grip: Grip; x: number; y: number; from: IRect | null } | null>(null);

  const placeOf = (event: PointerEvent): { x: number; y: number } => {
    const bounds = event.currentTarget.getBoundingClientRect();
    return {
      x: clamp(event.clientX - bounds.left, 0, width),
      y: clamp(event.clientY - bounds.top, 0, height)
    };
  };

  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) {
      return;
    }
    const { x, y } = placeOf(event);
    event.currentTarget.setPointerCapture?.(event.pointerId);
    drag.current = { grip: gripAt(selection, x, y, axis), x, y, from: selection };
  };

  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    const { x, y } = placeOf(event);
    const started = drag.current;
    if (started === null) {
      event.currentTarget.style.cursor = CURSORS[gripAt(selection, x, y, axis)];
      onHover?.({ x, y });
      return;
    }
    onHover?.(null);
    const far = Math.max(Math.abs(x - started.x), axis === 'xy' ? Math.abs(y - started.y) : 0);
    if (started.grip === 'new' && far < SMALLEST) {
      return;
    }
    onChange(dragged(started, x, y, axis, width, height));
  };

  const onPointerUp = () => {
    drag.current = null;
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const next = afterKey(event, props, width, height);
    if (next !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      onChange(next);
    }
  };

  return (
    <div
      className="tsm-Brush"
      style={{ left: box.left, top: box.top, width, height }}
      tabIndex={0}
      role="group"
      aria-label={label}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerCancel={onPointerUp}
      onPointerLeave={() => onHover?.(null)}
      onDoubleClick={() => onChange(null)}
      onKeyDown={onKeyDown}
    >
      {children ??
        (selection !== null && (
          <div
            className="tsm-Brush-selection"
            style={{
              left: selection.x0,
              width: Math.max(1, selection.x1 - selection.x0),
              top: axis === 'x' ? 0 : selection.y0,
              height: axis === 'x' ? height : Math.max(1, selection.y1 - selection.y0)
            }}
          />
        ))}
    </div>
  );
}

const CURSORS: { readonly [grip in Grip]: string } = {
  new: 'crosshair',
  move: 'grab',
  left: 'ew-resize',
  right: 'ew-resize',
  top: 'ns-resize',
  bottom: 'ns-resize'
};

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}

function gripAt(rect: IRect | null, x: number, y: number, axis: 'x' | 'xy'): Grip {
  if (rect === null) {
    return 'new';
  }
  const inX = x > rect.x0 - EDGE && x < rect.x1 + EDGE;
  const inY = axis === 'x' || (y > rect.y0 - EDGE && y < rect.y1 + EDGE);
  if (!inX || !inY) {
    return 'new';
  }
  if (Math.abs(x - rect.x0) < EDGE) {
    return 'left';
  }
  if (Math.abs(x - rect.x1) < EDGE) {
    return 'right';
  }
  if (axis === 'xy' && Math.abs(y - rect.y0) < EDGE) {
    return 'top';
  }
  if (axis === 'xy' && Math.abs(y - rect.y1) < EDGE) {
    return 'bottom';
  }
  return 'move';
}

function dragged(
  { grip, x: fromX, y: fromY, from }: { grip: Grip; x: number; y: number; from: IRect | null },
  x: number,
  y: number,
  axis: 'x' | 'xy',
  width: number,
  height: number
): IRect {
  if (grip === 'new' || from === null) {
    return sorted({ x0: fromX, x1: x, y0: axis === 'x' ? 0 : fromY, y1: axis === 'x' ? height : y });
  }
  switch (grip) {
    case 'move':
      return moved(from, x - fromX, axis === 'x' ? 0 : y - fromY, width, height);
    case 'left':
      return sorted({ ...from, x0: x });
    case 'right':
      return sorted({ ...from, x1: x });
    case 'top':
      return sorted({ ...from, y0: y });
    case 'bottom':
      return sorted({ ...from, y1: y });
  }
}

function moved(rect: IRect, dx: number, dy: number, width: number, height: number): IRect {
  const x = clamp(dx, Math.min(0, -rect.x0), Math.max(0, width - rect.x1));
  const y = clamp(dy, Math.min(0, -rect.y0), Math.max(0, height - rect.y1));
  return { x0: rect.x0 + x, x1: rect.x1 + x, y0: rect.y0 + y, y1: rect.y1 + y };
}

function sorted({ x0, x1, y0, y1 }: IRect): IRect {
  return { x0: Math.min(x0, x1), x1: Math.max(x0, x1), y0: Math.min(y0, y1), y1: Math.max(y0, y1) };
}

/** The selection after a key, or undefined where the key means nothing here. */
function afterKey(
  event: KeyboardEvent,
  { selection, axis, step }: IBrushProps,
  width: number,
  height: number
): IRect | null | undefined {
  if (event.key === 'Escape') {
    return selection === null ? undefined : null;
  }
  const dx = event.key === 'ArrowLeft' ? -step : event.key === 'ArrowRight' ? step : 0;
  const dy = axis === 'x' ? 0 : event.key === 'ArrowUp' ? -step : event.key === 'ArrowDown' ? step : 0;
  if (selection === null) {
    // Enter or an arrow starts in the middle
    return event.key === 'Enter' || dx !== 0 || dy !== 0
      ? {
          x0: width * 0.375,
          x1: width * 0.625,
          y0: axis === 'x' ? 0 : height * 0.375,
          y1: axis === 'x' ? height : height * 0.625
        }
      : undefined;
  }
  if (dx === 0 && dy === 0) {
    return undefined;
  }
  if (event.shiftKey) {
    return {
      ...selection,
      x1: clamp(selection.x1 + dx, selection.x0 + 1, width),
      y1: axis === 'x' ? height : clamp(selection.y1 + dy, selection.y0 + 1, height)
    };
  }
  return moved(selection, dx, dy, width, height);
}
