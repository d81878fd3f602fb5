/** Rows of a split as numbers of bins: redshift, magnitude and place on the sky, each counted once for all parts. */
import { columnNumbers } from '../../expr';
import { eachPosition } from '../../table/skyCells';
import { frameAround } from '../../table/skyFrame';
import { fitFrame, type ISkyFrame } from '../../table/sky';

/** What the engine sends of the rows that may get a part; NaN where a value is missing. */
export interface ISplitRows {
  readonly key: BigInt64Array;
  readonly redshift?: Float32Array;
  readonly magnitude?: Float32Array;
  readonly ra?: Float32Array;
  readonly dec?: Float32Array;
}

export interface IAxis {
  readonly low: number;
  readonly high: number;
  readonly bins: number;
}

/** What the counts are made on: the same for every split of the rows. */
export interface IGrounds {
  readonly rows: number;
  readonly redshift: IAxis | null;
  readonly magnitude: IAxis | null;
  readonly sky: ISkyFrame | null;
}

/** The bins of each row; those of a missing value are beyond the last. */
export interface IBinned extends IGrounds {
  readonly key: BigInt64Array;
  readonly redshiftBin: Uint8Array;
  readonly magnitudeBin: Uint8Array;
  readonly cell: Uint16Array;
}

const BINS = 60;
export const SKY = { columns: 72, rows: 45 };
/** Widths of bins that people read off an axis. */
const WIDTHS = [0.005, 0.01, 0.02, 0.025, 0.05, 0.1, 0.2, 0.25, 0.5, 1, 2, 5];
/** The share of the values at either end that an axis may leave out. */
const TAIL = 0.001;

export function binRows(rows: ISplitRows): IBinned {
  const count = rows.key.length;
  const redshift = axisOf(rows.redshift, 0);
  const magnitude = axisOf(rows.magnitude, TAIL);
  const sky = skyOf(rows);
  return {
    rows: count,
    key: rows.key,
    redshift,
    magnitude,
    sky,
    redshiftBin: binsOf(rows.redshift, redshift, count),
    magnitudeBin: binsOf(rows.magnitude, magnitude, count),
    cell: cellsOf(rows, sky, count)
  };
}

/** An axis over the values, with bins of a round width; null where there are none. */
export function axisOf(values: Float32Array | undefined, tail: number): IAxis | null {
  const step = Math.max(1, Math.floor((values?.length ?? 0) / 200_000));
  const some: number[] = [];
  for (let i = 0; i < (values?.length ?? 0); i += step) {
    if (values![i] - values![i] === 0) {
      some.push(values![i]);
    }
  }
  if (some.length === 0) {
    return null;
  }
  some.sort((a, b) => a - b);
  const low = some[Math.floor(tail * (some.length - 1))];
  const high = some[Math.ceil((1 - Math.max(tail, TAIL)) * (some.length - 1))];
  const width = WIDTHS.find(one => (high - low) / one <= BINS - 2) ?? (high - low) / (BINS - 2);
  const from = Math.floor(low / width + 1e-9) * width;
  const bins = Math.max(4, Math.min(BINS, Math.ceil((high - from) / width + 1e-9)));
  return { low: Number(from.toFixed(6)), high: Number((from + bins * width).toFixed(6)), bins };
}

/** The outer bins also take what lies beyond the axis. */
function binsOf(values: Float32Array | undefined, axis: IAxis | null, count: number): Uint8Array {
  const found = new Uint8Array(count).fill(axis?.bins ?? 0);
  if (values && axis) {
    const scale = axis.bins / (axis.high - axis.low);
    const last = axis.bins - 1;
    for (let i = 0; i < count; i++) {
      const value = values[i];
      if (value - value === 0) {
        const place = Math.floor((value - axis.low) * scale);
        found[i] = place < 0 ? 0 : place > last ? last : place;
      }
    }
  }
  return found;
}

function skyOf({ ra, dec }: ISplitRows): ISkyFrame | null {
  if (!ra || !dec || ra.length === 0) {
    return null;
  }
  const frame = frameAround(numbersOf(ra), numbersOf(dec));
  return Number.isFinite(frame.x[0]) ? fitFrame(frame, SKY.columns, SKY.rows) : null;
}

/** Cells by row from the top, then by column from the left, where RA is largest. */
function cellsOf({ ra, dec }: ISplitRows, frame: ISkyFrame | null, count: number): Uint16Array {
  const { columns, rows } = SKY;
  const cell = new Uint16Array(count).fill(columns * rows);
  if (!ra || !dec || !frame) {
    return cell;
  }
  const [x0, x1] = frame.x;
  const [y0, y1] = frame.y;
  eachPosition(numbersOf(ra), numbersOf(dec), frame, (x, y, from, here) => {
    for (let i = 0; i < here; i++) {
      const column = Math.floor(((x1 - x[i]) / (x1 - x0)) * columns);
      const row = Math.floor(((y1 - y[i]) / (y1 - y0)) * rows);
      if (column >= 0 && column < columns && row >= 0 && row < rows) {
        cell[from + i] = row * columns + column;
      }
    }
    return true;
  });
  return cell;
}

function numbersOf(values: Float32Array) {
  return columnNumbers({ type: 'float', values, valid: null });
}
