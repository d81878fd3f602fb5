import { useImperativeHandle, useRef, type Ref, type ReactNode, type RefObject } from 'react';
import type { ISize } from '../hooks';
import type { IBox } from './canvas';

/** The canvases of a plot: what stays while a brush moves (axes, labels), and what doesn't. */
export interface ILayers {
  /** Cleared and ready to draw on, in CSS pixels; null where there is no canvas to be had. */
  still(size: ISize): CanvasRenderingContext2D | null;
  moving(size: ISize): CanvasRenderingContext2D | null;
  /** The canvas of the layer that moves, to be shifted while new counts are on their way. */
  readonly movingNode: HTMLCanvasElement | null;
}

export interface ILayersProps {
  readonly size: ISize;
  /** Whether what moves lies over what stays, or below it. */
  readonly over?: boolean;
  readonly handle: Ref<ILayers>;
  /** Its name is the plot's summary. */
  readonly picture: RefObject<HTMLDivElement>;
  readonly id: string;
  /** Cuts what moves off at the frame of the plot. */
  readonly clip?: IBox;
  readonly children?: ReactNode;
}

export function Layers({ size, over = true, handle, picture, id, clip }: ILayersProps): JSX.Element {
  const stillNode = useRef<HTMLCanvasElement>(null);
  const movingNode = useRef<HTMLCanvasElement>(null);
  useImperativeHandle(
    handle,
    () => ({
      still: wanted => prepared(stillNode.current, wanted),
      moving: wanted => prepared(movingNode.current, wanted),
      get movingNode() {
        return movingNode.current;
      }
    }),
    []
  );
  const style = { width: size.width, height: size.height };
  const first = <canvas ref={stillNode} className="tsm-Plot-canvas" style={style} aria-hidden="true" />;
  const second = (
    <div
      className="tsm-Plot-canvas"
      style={
        clip && {
          overflow: 'hidden',
          clipPath: `inset(${clip.top}px ${size.width - clip.right}px ${size.height - clip.bottom}px ${clip.left}px)`
        }
      }
    >
      <canvas ref={movingNode} className="tsm-Plot-canvas" style={style} aria-hidden="true" />
    </div>
  );
  return (
    <div ref={picture} id={id} role="img" className="tsm-Plot-canvas">
      {over ? first : second}
      {over ? second : first}
    </div>
  );
}

/** A canvas of this size in CSS pixels, sharp on any screen, and empty. */
function prepared(canvas: HTMLCanvasElement | null, size: ISize): CanvasRenderingContext2D | null {
  if (canvas === null || size.width === 0 || size.height === 0) {
    return null;
  }
  // small, drawn often, and partly from memory: quickest where the browser keeps it in memory
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) {
    return null;
  }
  const ratio = window.devicePixelRatio || 1;
  const [width, height] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, size.width, size.height);
  return context;
}
