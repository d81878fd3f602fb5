import { useImperativeHandle, useRef, type Ref, type ReactNode, type RefObject } from 'react';
import type { ISize } from '../hooks';
import { prepared, type IBox } from './canvas';

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

/** Small, drawn often, and partly from memory: quickest where the browser keeps it in memory. */
const MEMORY: CanvasRenderingContext2DSettings = { willReadFrequently: true };

export function Layers({ size, over = true, handle, picture, id, clip }: ILayersProps): JSX.Element {
  const stillNode = useRef<HTMLCanvasElement>(null);
  const movingNode = useRef<HTMLCanvasElement>(null);
  useImperativeHandle(
    handle,
    () => ({
      still: wanted => prepared(stillNode.current, wanted, MEMORY),
      moving: wanted => prepared(movingNode.current, wanted, MEMORY),
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
