/** What a comparison found, in sentences that can be copied. */

import type { TranslationBundle } from '@jupyterlab/translation';
import { formatCount } from '../../ui/format';
import type { CompareModel } from './model';
import type { IOverlay } from './overlay';
import { LETTERS, SIDES } from './samples';
import { SIGMAS } from './statistics';
import { axisName, binText, percent, valueText } from './words';

/** Rows and medians of both, what they share, and where they differ most. */
export function summaryOf(trans: TranslationBundle, model: CompareModel, overlay: IOverlay | null): string[] {
  const info = model.info(0);
  const { result } = model;
  if (info === null || result === null) {
    return [];
  }
  const lines: string[] = [];
  const fine = overlay === null ? 1 : (overlay.scale.range[1] - overlay.scale.range[0]) / overlay.scale.fine;
  SIDES.forEach(side => {
    const rows = result.passed[side];
    const said = [
      rows === model.rows(side)
        ? trans._n('%2 row', '%2 rows', rows, formatCount(rows))
        : trans.__('%1 of %2 rows', formatCount(rows), formatCount(model.rows(side) ?? rows))
    ];
    const median = overlay?.medians[side] ?? null;
    if (overlay !== null && median !== null) {
      said.push(
        trans.__(
          'median %1 %2',
          axisName(info, overlay.axis),
          valueText(info, overlay.axis, median, 10 * fine)
        )
      );
    }
    lines.push(`${LETTERS[side]} (${model.label(side)}): ${said.join(', ')}.`);
  });
  if (result.where !== '') {
    lines.push(trans.__('Both are restricted to: %1.', result.where));
  }
  if (overlay !== null) {
    lines.push(...shapes(trans, overlay, axisName(info, overlay.axis), fine));
  }
  const { shared, neither } = model;
  if (shared !== null && shared > 0) {
    lines.push(trans._n('%2 row is in both.', '%2 rows are in both.', shared, formatCount(shared)));
  }
  if (neither !== null && neither > 0) {
    lines.push(
      trans._n(
        '%2 row of the table is in neither.',
        '%2 rows of the table are in neither.',
        neither,
        formatCount(neither)
      )
    );
  }
  return lines;
}

function shapes(trans: TranslationBundle, overlay: IOverlay, name: string, fine: number): string[] {
  const { largest, shares, kolmogorov, scale } = overlay;
  const lines: string[] = [];
  if (kolmogorov === null) {
    return [trans.__('One of them has no rows with a value of %1 here: shapes can’t be compared.', name)];
  }
  lines.push(
    largest === null
      ? trans.__('In no bin of %1 do the shares differ by %2 σ or more.', name, SIGMAS)
      : trans.__(
          'The largest difference is at %1 %2: A has %3, B has %4.',
          name,
          binText(scale, largest),
          percent(shares[0][largest]),
          percent(shares[1][largest])
        )
  );
  const at = scale.range[0] + (kolmogorov.bin + 1) * fine;
  lines.push(
    trans.__(
      'Kolmogorov–Smirnov distance in %1: D = %2 at %3, effective n = %4; from %5 bins.',
      name,
      kolmogorov.distance.toFixed(4),
      at.toFixed(Math.max(0, Math.min(6, -Math.floor(Math.log10(10 * fine))))),
      formatCount(kolmogorov.effective),
      formatCount(scale.fine)
    )
  );
  return lines;
}

/** Columns that could not be matched, in words; empty for one table. */
export function unmatched(trans: TranslationBundle, model: CompareModel): string[] {
  const { matching } = model;
  if (matching === null || model.single) {
    return [];
  }
  const { pairs, onlyA, onlyB, differing } = matching;
  const other = pairs.filter(({ a, b }) => a !== b).map(({ a, b }) => trans.__('%1 (there %2)', a, b));
  const lines = [trans._n('%1 column is in both.', '%1 columns are in both.', pairs.length)];
  if (other.length > 0) {
    lines.push(trans.__('Under another name in B: %1.', listOf(trans, other)));
  }
  if (onlyA.length > 0) {
    lines.push(trans.__('Only in A: %1.', listOf(trans, onlyA)));
  }
  if (onlyB.length > 0) {
    lines.push(trans.__('Only in B: %1.', listOf(trans, onlyB)));
  }
  if (differing.length > 0) {
    lines.push(
      trans.__('Of one name, but text in one and numbers in the other: %1.', listOf(trans, differing))
    );
  }
  return lines;
}

const LISTED = 8;

function listOf(trans: TranslationBundle, names: readonly string[]): string {
  const listed = names.slice(0, LISTED).join(', ');
  return names.length > LISTED ? trans.__('%1 and %2 more', listed, names.length - LISTED) : listed;
}
