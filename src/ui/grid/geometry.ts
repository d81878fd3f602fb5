import type { IColumnInfo, IRoles } from '../../table/source';
import { quantityOf } from '../format';

export const ROW_HEIGHT = 24;
/** Browsers stop at some 17 to 33 million pixels; beyond this height the scroll bar is proportional. */
const TALLEST = 8_000_000;

export interface IScroll {
  /** Height of what is scrolled, in pixels. */
  readonly height: number;
  /** Whether a pixel is more than a pixel of rows. */
  readonly scaled: boolean;
}

export function scrollOf(rows: number): IScroll {
  const height = rows * ROW_HEIGHT;
  return height <= TALLEST ? { height, scaled: false } : { height: TALLEST, scaled: true };
}

/** The first row shown (a fraction counts) at a place of the scroll bar. */
export function rowAt(scrollTop: number, rows: number, viewport: number): number {
  const { height, scaled } = scrollOf(rows);
  if (!scaled) {
    return scrollTop / ROW_HEIGHT;
  }
  const last = Math.max(0, rows - viewport / ROW_HEIGHT);
  return Math.min(last, (scrollTop / Math.max(1, height - viewport)) * last);
}

/** The place of the scroll bar that shows this row first. */
export function scrollTopOf(row: number, rows: number, viewport: number): number {
  const { height, scaled } = scrollOf(rows);
  if (!scaled) {
    return row * ROW_HEIGHT;
  }
  const last = Math.max(1, rows - viewport / ROW_HEIGHT);
  return (Math.min(row, last) / last) * (height - viewport);
}

/** A width that shows a column's name and its values, in pixels. */
export function widthOf(column: IColumnInfo, roles: IRoles): number {
  const name = Math.max(column.name.length, (column.unit?.length ?? 0) + 2) * 8.5 + 32;
  let value: number;
  if (column.type === 'text') {
    value = Math.max(...(column.values ?? []).map(({ value }) => String(value ?? '').length), 11) * 8;
  } else if (column.type === 'int') {
    value = Math.max(String(column.max ?? '').length, String(column.min ?? '').length, 3) * 8.4;
  } else {
    value = { degrees: 11, redshift: 8, magnitude: 8, id: 19, other: 10 }[quantityOf(column, roles)] * 8.4;
  }
  // a selected range has to be readable above a distribution
  const least = column.histogram ? 104 : 72;
  return Math.round(Math.max(least, Math.min(260, Math.max(name, value + 20))));
}

/** Columns that a viewport shows: the first one, and the one after the last. */
export function columnsShown(offsets: readonly number[], left: number, width: number): [number, number] {
  let first = 0;
  while (first < offsets.length - 2 && offsets[first + 1] <= left) {
    first += 1;
  }
  let end = first;
  while (end < offsets.length - 1 && offsets[end] < left + width) {
    end += 1;
  }
  return [Math.max(0, first - 1), Math.min(offsets.length - 1, end + 1)];
}
