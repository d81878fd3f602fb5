import { densityRamp } from '../palette';
import type { ITheme } from '../theme';
import type { IBox } from './canvas';

export interface ICells {
  readonly nx: number;
  readonly ny: number;
  /** Row by row from low y, each from low x. */
  readonly all: Uint32Array;
  readonly passed: Uint32Array;
}

/** Paint the cells of a density into a box, y upwards; `toLeft` turns x round, as on the sky. */
export function drawCells(
  context: CanvasRenderingContext2D,
  theme: ITheme,
  box: IBox,
  cells: ICells,
  toLeft: boolean
): void {
  const { nx, ny, all, passed } = cells;
  const image = paint(cells, theme, toLeft);
  const buffer = document.createElement('canvas');
  buffer.width = nx;
  buffer.height = ny;
  const own = buffer.getContext('2d');
  if (own === null || all.length === 0 || passed.length === 0) {
    return;
  }
  own.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(buffer, box.left, box.top, box.right - box.left, box.bottom - box.top);
}

function paint({ nx, ny, all, passed }: ICells, theme: ITheme, toLeft: boolean): ImageData {
  const ramp = densityRamp(theme.dark);
  const ground = theme.dark ? [120, 120, 120, 90] : [150, 150, 150, 90];
  let most = 1;
  for (let i = 0; i < passed.length; i++) {
    most = passed[i] > most ? passed[i] : most;
  }
  const scale = (ramp.length - 1) / Math.log1p(most);
  const image = new ImageData(nx, ny);
  for (let j = 0; j < ny; j++) {
    for (let i = 0; i < nx; i++) {
      const cell = j * nx + i;
      const pixel = 4 * ((ny - 1 - j) * nx + (toLeft ? nx - 1 - i : i));
      if (passed[cell] > 0) {
        // a single row is seen, whatever the densest cell holds
        const colour = ramp[Math.max(6, Math.round(Math.log1p(passed[cell]) * scale))];
        image.data[pixel] = colour[0];
        image.data[pixel + 1] = colour[1];
        image.data[pixel + 2] = colour[2];
        image.data[pixel + 3] = 255;
      } else if (all[cell] > 0) {
        image.data.set(ground, pixel);
      }
    }
  }
  return image;
}
