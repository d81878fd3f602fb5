import { formatValue } from '../../ui';
import type { IMeasurement } from './explanation';

/** A separation in arcseconds: as exact as catalogues are. */
export function arcsec(value: number): string {
  const decimals = value >= 10 ? 1 : value >= 0.095 ? 2 : 3;
  const text = value.toFixed(decimals);
  return `${text.includes('.') ? text.replace(/\.?0+$/, '') || '0' : text}″`;
}

/** A redshift with its error, if it has one. */
export function redshiftText({ redshift, error }: IMeasurement): string {
  const z = redshift === null ? '–' : formatValue(redshift, 'redshift');
  return error === null || !(error > 0) || redshift === null ? z : `${z} ± ${errorText(error)}`;
}

function errorText(error: number): string {
  return formatValue(Number(error.toPrecision(2)));
}
