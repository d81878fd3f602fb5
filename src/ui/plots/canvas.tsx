import { useEffect, useRef } from 'react';
import { type ISize } from '../hooks';

export interface IPlotCanvasProps {
  readonly size: ISize;
  readonly draw: (context: CanvasRenderingContext2D, size: ISize) => void;
}

/** A canvas of this size in CSS pixels, sharp on any screen, drawn anew when `draw` changes. */
export function PlotCanvas({ size, draw }: IPlotCanvasProps): JSX.Element {
  const ref = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = prepared(ref.current, size);
    if (context !== null) {
      draw(context, size);
    }
  }, [size, draw]);
  return (
    <canvas
      ref={ref}
      className="tsm-Plot-canvas"
      style={{ width: size.width, height: size.height }}
      aria-hidden="true"
    />
  );
}

/** A canvas of this size in CSS pixels, sharp on any screen, and empty; null where there is none to be had. */
export function prepared(
  canvas: HTMLCanvasElement | null,
  size: ISize,
  settings?: CanvasRenderingContext2DSettings
): CanvasRenderingContext2D | null {
  if (canvas === null || size.width === 0 || size.height === 0) {
    return null;
  }
  const context = canvas.getContext('2d', settings);
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

/** A box of the plot in CSS pixels. */
export interface IBox {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}
