/** Numbers and names of a comparison as they are written. */

import type { TranslationBundle } from '@jupyterlab/translation';
import type { ITableInfo } from '../../table/source';
import { formatTick, formatValue, quantityOf } from '../../ui/format';
import { binBounds } from './overlay';
import type { IScale } from './ranges';

/** 12.1 %, 0.43 %; 0 % is none. */
export function percent(share: number): string {
  const value = 100 * share;
  if (value === 0) {
    return '0 %';
  }
  return `${Math.abs(value) >= 1 ? value.toFixed(1) : Number(value.toPrecision(2))} %`;
}

/** A difference of shares in percentage points, with its sign. */
export function points(difference: number): string {
  return `${difference < 0 ? '−' : '+'}${percent(Math.abs(difference))}`;
}

/** The bounds of a bin, with the decimals that its width needs; the value itself where a bin holds one. */
export function binText(scale: IScale, bin: number): string {
  const [low, high] = binBounds(scale, bin);
  if (scale.whole) {
    return String(Math.round((low + high) / 2));
  }
  return `${formatTick(low, high - low)}–${formatTick(high, high - low)}`;
}

export function isRedshift(info: ITableInfo, axis: string): boolean {
  return axis === info.roles.redshift;
}

/** What an axis is called in a sentence: z, or the column with its unit. */
export function axisName(info: ITableInfo, axis: string): string {
  return isRedshift(info, axis) ? 'z' : axis;
}

/** A value on an axis, no finer than a bin that it was counted in. */
export function valueText(info: ITableInfo, axis: string, value: number, step: number): string {
  const column = info.columns.find(({ name }) => name === axis);
  const quantity = column === undefined ? 'other' : quantityOf(column, info.roles);
  const decimals = Math.max(0, Math.min(6, -Math.floor(Math.log10(step))));
  return quantity === 'redshift' && decimals > 4 ? formatValue(value, quantity) : value.toFixed(decimals);
}

export function titleOf(trans: TranslationBundle, info: ITableInfo, axis: string | null): string {
  return axis !== null && isRedshift(info, axis) ? trans.__('n(z)') : trans.__('histogram');
}
