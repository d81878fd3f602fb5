/** What the hand and the keys make of a selected rectangle. */

/** A selected rectangle, in CSS pixels from the plot box's top left corner. */
export interface IRect {
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
  readonly y1: number;
}

/** Whether a selection bounds x only, and so spans the height. */
export type BrushAxis = 'x' | 'xy';

export type Grip = 'new' | 'move' | 'left' | 'right' | 'top' | 'bottom';

export interface IDrag {
  readonly grip: Grip;
  readonly x: number;
  readonly y: number;
  readonly from: IRect | null;
}

const EDGE = 5;

export function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}

export function gripAt(rect: IRect | null, x: number, y: number, axis: BrushAxis): Grip {
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

export function dragged(
  { grip, x: fromX, y: fromY, from }: IDrag,
  x: number,
  y: number,
  axis: BrushAxis,
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

/** Where a side stops while it is moved: at whole pixels, and at the end of the box. */
export function stopAt(place: number, length: number): number {
  return clamp(Math.round(place), 0, length);
}

function moved(rect: IRect, dx: number, dy: number, width: number, height: number): IRect {
  const x = clamp(dx, Math.min(0, -rect.x0), Math.max(0, width - rect.x1));
  const y = clamp(dy, Math.min(0, -rect.y0), Math.max(0, height - rect.y1));
  return {
    x0: stopAt(rect.x0 + x, width),
    x1: stopAt(rect.x1 + x, width),
    y0: stopAt(rect.y0 + y, height),
    y1: stopAt(rect.y1 + y, height)
  };
}

function sorted({ x0, x1, y0, y1 }: IRect): IRect {
  return { x0: Math.min(x0, x1), x1: Math.max(x0, x1), y0: Math.min(y0, y1), y1: Math.max(y0, y1) };
}

/** How far an arrow key moves, in steps: right and down are positive. */
export function arrowOf(key: string): [number, number] | null {
  switch (key) {
    case 'ArrowLeft':
      return [-1, 0];
    case 'ArrowRight':
      return [1, 0];
    case 'ArrowUp':
      return [0, -1];
    case 'ArrowDown':
      return [0, 1];
    default:
      return null;
  }
}

/** The selection after a key, or undefined where the key means nothing here. */
export function afterKey(
  { key, shiftKey }: { readonly key: string; readonly shiftKey: boolean },
  selection: IRect | null,
  axis: BrushAxis,
  step: number,
  width: number,
  height: number
): IRect | null | undefined {
  if (key === 'Escape') {
    return selection === null ? undefined : null;
  }
  const arrow = arrowOf(key);
  const dx = step * (arrow?.[0] ?? 0);
  const dy = axis === 'x' ? 0 : step * (arrow?.[1] ?? 0);
  const none = dx === 0 && dy === 0;
  if (selection === null) {
    // Enter or an arrow starts in the middle
    return key === 'Enter' || !none
      ? {
          x0: width * 0.375,
          x1: width * 0.625,
          y0: axis === 'x' ? 0 : height * 0.375,
          y1: axis === 'x' ? height : height * 0.625
        }
      : undefined;
  }
  if (none) {
    return undefined;
  }
  if (shiftKey) {
    return {
      ...selection,
      x1: stopAt(Math.max(selection.x1 + dx, selection.x0 + 1), width),
      y1: axis === 'x' ? height : stopAt(Math.max(selection.y1 + dy, selection.y0 + 1), height)
    };
  }
  return moved(selection, dx, dy, width, height);
}
