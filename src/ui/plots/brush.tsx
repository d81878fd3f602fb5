import {
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  type KeyboardEvent,
  type PointerEvent,
  type Ref
} from 'react';
import {
  afterKey,
  arrowOf,
  dragged,
  gripAt,
  stopAt,
  type BrushAxis,
  type Grip,
  type IDrag,
  type IRect
} from './brushMoves';
import type { IBox } from './canvas';

export type { IRect } from './brushMoves';

/** Moves the selected rectangle without a render. */
export interface IBrushHandle {
  place(rect: IRect | null): void;
}

export interface IBrushProps {
  readonly box: IBox;
  readonly axis: BrushAxis;
  readonly selection: IRect | null;
  /** What a screen reader says of the layer. */
  readonly label: string;
  /** The id of the element that says what the plot shows. */
  readonly describedBy?: string;
  /** How far an arrow key moves, in pixels. */
  readonly step: number;
  readonly handle?: Ref<IBrushHandle>;
  /** Whether the selection is drawn as a rectangle; a sky map draws its own outline. */
  readonly outlined?: boolean;
  readonly onChange: (rect: IRect | null) => void;
  readonly onHover?: (place: { x: number; y: number } | null) => void;
  /** A brush is about to move: the pointer or the focus came here. */
  readonly onApproach?: () => void;
  /** Dragging and arrow keys shift what is shown, instead of selecting; Shift and dragging does so always. */
  readonly panning?: boolean;
  readonly onPan?: (dx: number, dy: number) => void;
}

const SMALLEST = 3;
/** A pointer that moves on over a plot comes near anew after so long, in ms: what is made ready is not kept for ever. */
const ANEW = 2000;

/** The layer of a plot that selects: drag to select, drag the selection to move it, its edges to change it. */
export function Brush(props: IBrushProps): JSX.Element {
  const { box, axis, label, describedBy, handle, outlined = true, panning = false } = props;
  const { onChange, onHover, onApproach, onPan } = props;
  const width = Math.max(0, box.right - box.left);
  const height = Math.max(0, box.bottom - box.top);
  const drag = useRef<IDrag | null>(null);
  const shift = useRef<{ x: number; y: number } | null>(null);
  const selection = useRef<IRect | null>(props.selection);
  const mark = useRef<HTMLDivElement>(null);

  const placed = useRef<IRect | null | undefined>(undefined);
  const place = useCallback(
    (rect: IRect | null) => {
      selection.current = rect;
      const node = mark.current;
      if (node !== null && !isSame(rect, placed.current)) {
        placed.current = rect;
        node.hidden = rect === null;
        if (rect !== null) {
          node.style.left = `${rect.x0}px`;
          node.style.width = `${Math.max(1, rect.x1 - rect.x0)}px`;
          node.style.top = `${axis === 'x' ? 0 : rect.y0}px`;
          node.style.height = `${axis === 'x' ? height : Math.max(1, rect.y1 - rect.y0)}px`;
        }
      }
    },
    [axis, height]
  );
  useLayoutEffect(() => {
    placed.current = undefined;
    place(props.selection);
  });

  const approached = useRef(0);
  const approach = () => {
    approached.current = performance.now();
    onApproach?.();
  };
  useImperativeHandle(handle, () => ({ place }), [place]);

  // asking for the place of the layer makes the browser lay out what has just changed: once a drag is enough
  const origin = useRef<{ left: number; top: number } | null>(null);
  const placeOf = (event: PointerEvent): { x: number; y: number } => {
    const { left, top } = origin.current ?? event.currentTarget.getBoundingClientRect();
    return { x: stopAt(event.clientX - left, width), y: stopAt(event.clientY - top, height) };
  };

  /** Where the drag was last followed to: the same place may be told twice. */
  const followed = useRef('');
  const follow = ({ clientX, clientY }: { clientX: number; clientY: number }) => {
    const started = drag.current;
    const from = origin.current;
    const at = `${clientX} ${clientY}`;
    if (started === null || from === null || at === followed.current) {
      return;
    }
    followed.current = at;
    const x = stopAt(clientX - from.left, width);
    const y = stopAt(clientY - from.top, height);
    const far = Math.max(Math.abs(x - started.x), axis === 'xy' ? Math.abs(y - started.y) : 0);
    if (started.grip !== 'new' || far >= SMALLEST) {
      onChange(dragged(started, x, y, axis, width, height));
    }
  };
  // raw updates come between frames: the counts are there before the next one is drawn, not after it
  const layer = useRef<HTMLDivElement>(null);
  const raw = useRef(follow);
  raw.current = follow;
  useEffect(() => {
    const node = layer.current;
    const onRaw = (event: Event) => raw.current(event as globalThis.PointerEvent);
    node?.addEventListener('pointerrawupdate', onRaw);
    return () => node?.removeEventListener('pointerrawupdate', onRaw);
  }, []);

  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) {
      return;
    }
    approach();
    onHover?.(null);
    event.currentTarget.setPointerCapture?.(event.pointerId);
    if (onPan !== undefined && (panning || event.shiftKey)) {
      shift.current = { x: event.clientX, y: event.clientY };
      event.currentTarget.style.cursor = 'grabbing';
      return;
    }
    origin.current = event.currentTarget.getBoundingClientRect();
    const { x, y } = placeOf(event);
    followed.current = '';
    drag.current = { grip: gripAt(selection.current, x, y, axis), x, y, from: selection.current };
  };

  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    if (shift.current !== null) {
      onPan!(event.clientX - shift.current.x, event.clientY - shift.current.y);
      shift.current = { x: event.clientX, y: event.clientY };
      return;
    }
    if (drag.current !== null) {
      follow(event);
      return;
    }
    const { x, y } = placeOf(event);
    event.currentTarget.style.cursor = panning ? 'grab' : CURSORS[gripAt(selection.current, x, y, axis)];
    onHover?.({ x, y });
    if (performance.now() - approached.current > ANEW) {
      approach();
    }
  };

  const onPointerUp = (event: PointerEvent<HTMLDivElement>) => {
    drag.current = null;
    shift.current = null;
    origin.current = null;
    event.currentTarget.style.cursor = '';
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const arrow = arrowOf(event.key);
    if (panning && onPan !== undefined && arrow !== null) {
      event.preventDefault();
      event.stopPropagation();
      onPan(0 - (arrow[0] * width) / 8, 0 - (arrow[1] * height) / 8);
      return;
    }
    const next = afterKey(event, selection.current, axis, props.step, width, height);
    if (next !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      onChange(next);
    }
  };

  return (
    <div
      ref={layer}
      className="tsm-Brush"
      style={{ left: box.left, top: box.top, width, height }}
      tabIndex={0}
      role="group"
      aria-label={label}
      aria-describedby={describedBy}
      onPointerEnter={approach}
      onFocus={approach}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerCancel={onPointerUp}
      onPointerLeave={() => onHover?.(null)}
      onDoubleClick={() => onChange(null)}
      onKeyDown={onKeyDown}
    >
      {outlined && <div ref={mark} className="tsm-Brush-selection" hidden />}
    </div>
  );
}

function isSame(a: IRect | null, b: IRect | null | undefined): boolean {
  return (
    a === b || (a !== null && b != null && a.x0 === b.x0 && a.x1 === b.x1 && a.y0 === b.y0 && a.y1 === b.y1)
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
