import type { TranslationBundle } from '@jupyterlab/translation';
import { useEffect, useId, useLayoutEffect, useMemo, useRef } from 'react';
import type { ISkyResult } from '../../table/requests';
import type { Range } from '../../table/selection';
import type { ISkyFrame } from '../../table/sky';
import { useSize, type ISize } from '../hooks';
import { useTheme } from '../theme';
import { Brush, type IBrushHandle, type IRect } from './brush';
import type { IBox } from './canvas';
import { CellPainter } from './cells';
import type { Ranges } from './Density2D';
import { Layers, type ILayers } from './layers';
import { useSummary, type ILive } from './live';
import { sameRange } from './ranges';
import { drawSkyCounts } from './skyDraw';
import { drawSkyGrid, placeIn } from './skyGrid';
import { boundsOfRect, positionText, skyRect } from './skyPlace';
import { lyingIn } from './skyZoom';
import { skySummary } from './summary';

export interface ILiveSkyProps {
  readonly trans: TranslationBundle;
  readonly live: ILive<ISkyResult, Ranges>;
  readonly onSelect?: (ra: Range | null, dec: Range | null) => void;
  readonly onApproach?: () => void;
  /** Told the size of the map, which its projection needs. */
  readonly onSize?: (width: number, height: number) => void;
  /** The frame wished for, while its counts are on their way. */
  readonly wanted?: ISkyFrame | null;
  /** Closer (below 1) or farther, around a place given in parts of the box from its top left corner. */
  readonly onZoom?: (factor: number, at?: { x: number; y: number }) => void;
  /** The sky follows the hand, by parts of the box. */
  readonly onPan?: (right: number, down: number) => void;
  readonly panning?: boolean;
}

/** Density on the sky, equal-area, RA to the left; few enough rows are points. Several fields far apart make it all-sky. */
export function LiveSky(props: ILiveSkyProps): JSX.Element {
  const { trans, live, onSelect, onApproach, onSize, wanted = null, onZoom, onPan, panning } = props;
  const host = useRef<HTMLDivElement>(null);
  const layers = useRef<ILayers>(null);
  const brush = useRef<IBrushHandle>(null);
  const tip = useRef<HTMLDivElement>(null);
  const painter = useRef<CellPainter | null>(null);
  const size = useSize(host);
  const theme = useTheme(host);
  const id = useId();
  const box = useMemo(() => boxOf(size), [size]);
  const width = box.right - box.left;
  const height = box.bottom - box.top;
  const picture = useSummary(
    live,
    (result, [ra, dec]) => skySummary(trans, result, ra, dec),
    trans.__('Sky map, no counts yet.')
  );

  const tell = useRef(onSize);
  tell.current = onSize;
  const measured = size.width > 0 && size.height > 0;
  useEffect(() => {
    if (measured) {
      tell.current?.(width, height);
    }
  }, [measured, width, height]);

  const shift = useRef(() => {});
  shift.current = () => shiftPicture(layers.current?.movingNode ?? null, live.result()?.frame, wanted, box);
  useLayoutEffect(() => shift.current(), [wanted]);

  useLayoutEffect(() => {
    let grid = '';
    let framed: ISkyFrame | null = null;
    let drawn = '';
    let counts: ISkyResult | null = null;
    const draw = () => {
      const result = live.result();
      if (result === null || size.width === 0) {
        return;
      }
      const frame = result.frame === framed ? grid : JSON.stringify(result.frame);
      if (grid !== frame) {
        const context = layers.current?.still(size);
        if (context) {
          drawSkyGrid(context, theme, box, result.frame);
          grid = frame;
          framed = result.frame;
        }
      }
      const [ra, dec] = live.selection();
      const marked = `${ra} ${dec}`;
      if (result !== counts || marked !== drawn) {
        const context = layers.current?.moving(size);
        if (context) {
          painter.current ??= new CellPainter();
          drawSkyCounts(context, theme, box, result, ra, dec, painter.current);
          counts = result;
          drawn = marked;
        }
      }
      shift.current();
    };
    draw();
    return live.watch(() => {
      draw();
      brush.current?.place(rectOf(live, width, height));
    });
  }, [live, size, box, width, height, theme]);

  // the page must not scroll too, which a listener of React can't prevent
  const zoom = useRef(onZoom);
  zoom.current = onZoom;
  useEffect(() => {
    const node = host.current!;
    const onWheel = (event: WheelEvent) => {
      if (zoom.current === undefined || event.deltaY === 0) {
        return;
      }
      event.preventDefault();
      const bounds = node.getBoundingClientRect();
      const lines = event.deltaMode === 1 ? 16 : 1;
      const turned = Math.max(-200, Math.min(200, event.deltaY * lines));
      zoom.current(Math.exp(turned / 300), {
        x: (event.clientX - bounds.left - box.left) / width,
        y: (event.clientY - bounds.top - box.top) / height
      });
    };
    node.addEventListener('wheel', onWheel, { passive: false });
    return () => node.removeEventListener('wheel', onWheel);
  }, [box, width, height]);

  const select = (rect: IRect | null) => {
    const frame = live.result()?.frame;
    const bounds: Ranges | null =
      rect === null ? [null, null] : frame === undefined ? null : boundsOfRect(frame, rect, width, height);
    const [oldRa, oldDec] = live.selection();
    if (bounds !== null && !(sameRange(bounds[0], oldRa) && sameRange(bounds[1], oldDec))) {
      onSelect?.(...bounds);
    }
  };
  const showTip = (place: { x: number; y: number } | null) => {
    const frame = live.result()?.frame;
    const text = place === null || frame === undefined ? null : positionText(frame, place, width, height);
    if (tip.current !== null) {
      tip.current.hidden = text === null;
      tip.current.textContent = text;
    }
  };

  return (
    <div
      className="tsm-Plot"
      ref={host}
      onKeyDown={event => {
        if (onZoom !== undefined && (event.key === '+' || event.key === '=' || event.key === '-')) {
          event.preventDefault();
          event.stopPropagation();
          onZoom(event.key === '-' ? 1.5 : 1 / 1.5);
        }
      }}
    >
      <Layers size={size} over={false} clip={box} handle={layers} picture={picture} id={`${id}-picture`} />
      <Brush
        box={box}
        axis="xy"
        handle={brush}
        outlined={false}
        selection={rectOf(live, width, height)}
        label={trans.__(
          'Select on the sky, RA to the left. Arrow keys move a selection, Shift with them widens it, Escape clears it; plus and minus zoom.'
        )}
        describedBy={`${id}-picture`}
        step={Math.max(1, width / 40)}
        panning={panning}
        onChange={select}
        onHover={showTip}
        onApproach={onApproach}
        onPan={onPan && ((dx, dy) => onPan(dx / width, dy / height))}
      />
      <div ref={tip} className="tsm-Plot-tip tsm-mod-bottom" hidden />
    </div>
  );
}

function boxOf({ width, height }: ISize): IBox {
  return { left: 4, top: 4, right: Math.max(5, width - 4), bottom: Math.max(5, height - 4) };
}

function rectOf(
  { result, selection }: ILive<ISkyResult, Ranges>,
  width: number,
  height: number
): IRect | null {
  const frame = result()?.frame;
  const [ra, dec] = selection();
  return frame === undefined || (ra === null && dec === null) ? null : skyRect(frame, ra, dec, width, height);
}

/** Let a picture lie where it belongs in the frame that is wished for, until that one is drawn. */
function shiftPicture(
  node: HTMLCanvasElement | null,
  from: ISkyFrame | undefined,
  to: ISkyFrame | null,
  box: IBox
): void {
  if (node === null) {
    return;
  }
  const [width, height] = [box.right - box.left, box.bottom - box.top];
  const lying =
    from === undefined || to === null || from === to || JSON.stringify(from) === JSON.stringify(to)
      ? null
      : lyingIn(from, to, (frame, ra, dec) => {
          const [x, y] = placeIn(frame, { left: 0, top: 0, right: 1, bottom: 1 })(ra, dec);
          return [x, y];
        });
  node.style.transform =
    lying === null ? '' : `translate(${lying.x * width}px, ${lying.y * height}px) scale(${lying.scale})`;
}
