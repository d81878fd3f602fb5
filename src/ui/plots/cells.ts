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

/** Which way a density's axes run. */
export interface IDirections {
  /** x grows to the left, as on the sky. */
  readonly toLeft?: boolean;
  /** y grows downwards, as magnitudes do. */
  readonly down?: boolean;
}

const GROUND_LIGHT: Rgba = [150, 150, 150, 90];
const GROUND_DARK: Rgba = [120, 120, 120, 90];
const STEPS = 64;

type Rgba = [number, number, number, number];

/** Paints the cells of densities into a box one after another, with the same memory. */
export class CellPainter {
  draw(
    context: CanvasRenderingContext2D,
    theme: ITheme,
    box: IBox,
    cells: ICells,
    directions: IDirections = {}
  ): void {
    const { nx, ny, all, passed } = cells;
    if (all.length === 0 || passed.length === 0 || !this.fit(nx, ny)) {
      return;
    }
    this.paint(cells, colours(theme.dark), directions);
    this._context!.putImageData(this._image!, 0, 0);
    context.imageSmoothingEnabled = false;
    context.drawImage(this._buffer!, box.left, box.top, box.right - box.left, box.bottom - box.top);
  }

  private fit(nx: number, ny: number): boolean {
    this._buffer ??= document.createElement('canvas');
    if (this._image === null || this._image.width !== nx || this._image.height !== ny) {
      this._buffer.width = nx;
      this._buffer.height = ny;
      this._context = this._buffer.getContext('2d', { willReadFrequently: true });
      this._image = new ImageData(nx, ny);
      this._pixels = new Uint32Array(this._image.data.buffer);
    }
    return this._context !== null;
  }

  private paint({ nx, ny, all, passed }: ICells, colour: Uint32Array, { toLeft, down }: IDirections): void {
    let most = 1;
    for (let i = 0; i < passed.length; i++) {
      most = passed[i] > most ? passed[i] : most;
    }
    const scale = (STEPS - 1) / Math.log1p(most);
    const pixels = this._pixels;
    const step = toLeft ? -1 : 1;
    let cell = 0;
    for (let j = 0; j < ny; j++) {
      let pixel = (down ? j : ny - 1 - j) * nx + (toLeft ? nx - 1 : 0);
      for (let i = 0; i < nx; i++, cell++, pixel += step) {
        const count = passed[cell];
        if (count > 0) {
          const log = count < LOGS.length ? LOGS[count] : Math.log1p(count);
          pixels[pixel] = colour[(log * scale + 0.5) | 0];
        } else {
          pixels[pixel] = all[cell] > 0 ? colour[STEPS] : 0;
        }
      }
    }
  }

  private _buffer: HTMLCanvasElement | null = null;
  private _context: CanvasRenderingContext2D | null = null;
  private _image: ImageData | null = null;
  private _pixels = new Uint32Array(0);
}

const LOGS = Float32Array.from({ length: 4096 }, (_, count) => Math.log1p(count));

const tables: { [dark: string]: Uint32Array } = {};

/** The ramp's colours as pixels, and after them the ground: of cells whose rows are all filtered out. */
function colours(dark: boolean): Uint32Array {
  return (tables[String(dark)] ??= makeColours(dark));
}

function makeColours(dark: boolean): Uint32Array {
  const ramp = densityRamp(dark, STEPS);
  return Uint32Array.from({ length: STEPS + 1 }, (_, i) => {
    if (i === STEPS) {
      return pixelOf(dark ? GROUND_DARK : GROUND_LIGHT);
    }
    // a single row is seen, whatever the densest cell holds
    const [red, green, blue] = ramp[Math.max(6, i)];
    return pixelOf([red, green, blue, 255]);
  });
}

/** A pixel as the machine's own order of bytes has it. */
function pixelOf(rgba: Rgba): number {
  return new Uint32Array(Uint8Array.from(rgba).buffer)[0];
}
