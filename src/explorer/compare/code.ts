import { axisText } from '../axis';
import { isKernel, quoted, tableLines } from '../code';
import { renamedAxis, renamedText } from './matching';
import type { CompareModel } from './model';
import { SIDES, type Side } from './samples';

/** The lines of Python that compare the same rows in the same bins. */
export function comparisonPython(model: CompareModel): string {
  const { matching, result, single } = model;
  if (matching === null || result === null) {
    return '';
  }
  const names = single ? new Map<string, string>() : matching.toB;
  const none = new Map<string, string>();
  const infos = SIDES.map(side => model.info(side)!);
  const imported = infos.every(isKernel) ? 'expr' : 'expr, sources';
  const lines = ['import numpy as np', `from pz_tsm import ${imported}`, ''];
  if (single) {
    lines.push(...tableLines(infos[0]));
  }
  SIDES.forEach(side => {
    const letter = 'ab'[side];
    const table = single ? 'table' : `table_${letter}`;
    if (!single) {
      lines.push(...tableLines(infos[side], table));
    }
    const where = renamedText(model.selection.where, side === 0 ? none : names);
    const conditions = [model.samples[side]!.condition, where].filter(text => text !== '');
    lines.push(`${letter} = ${table}`);
    conditions.forEach(condition =>
      lines.push(`${letter} = ${letter}.filter(expr.mask(${quoted(condition)}, ${letter}))`)
    );
  });
  lines.push(
    '',
    'def numbers(axis, table):',
    '    values = np.asarray(expr.evaluate_value(axis, table).to_numpy(zero_copy_only=False), dtype=float)',
    '    return values[np.isfinite(values)]'
  );
  const { axes, scales } = result.plan;
  const text = (axis: string, side: Side) =>
    quoted(axisText(infos[side].columns, renamedAxis(axis, side === 0 ? none : names)));
  for (const id of ['first', 'second'] as const) {
    const axis = axes[id];
    const scale = scales.get(axis ?? '');
    if (axis === null || scale === undefined || (id === 'second' && axis === axes.first)) {
      continue;
    }
    const texts = SIDES.map(side => text(axis, side));
    const [low, high] = scale.range;
    const name = id === 'first' ? 'x' : 'y';
    lines.push(
      '',
      `# ${axis}: the share of each in common bins`,
      `${name}_a, ${name}_b = numbers(${texts[0]}, a), numbers(${texts[1]}, b)`,
      `edges = np.linspace(${low}, ${high}, ${scale.bins + 1})`,
      `n_a, n_b = np.histogram(${name}_a, edges)[0], np.histogram(${name}_b, edges)[0]`,
      'share_a, share_b = n_a / n_a.sum(), n_b / n_b.sum()',
      'error = np.sqrt(n_a / n_a.sum() ** 2 + n_b / n_b.sum() ** 2)',
      'difference = share_a - share_b',
      '# the distance of the cumulative distributions (Kolmogorov-Smirnov), of the rows themselves',
      `both = np.sort(np.concatenate([${name}_a, ${name}_b]))`,
      `below_a = np.searchsorted(np.sort(${name}_a), both, side="right") / len(${name}_a)`,
      `below_b = np.searchsorted(np.sort(${name}_b), both, side="right") / len(${name}_b)`,
      'distance = np.abs(below_a - below_b).max()',
      `effective = len(${name}_a) * len(${name}_b) / (len(${name}_a) + len(${name}_b))`,
      `print(${quoted(axis)}, "medians", np.median(${name}_a), np.median(${name}_b), "D", distance, "effective n", effective)`
    );
  }
  const density = result.views[0].density;
  if (density?.kind === 'density') {
    const pair = (side: Side) => [axes.x!, axes.y!].map(axis => text(axis, side));
    const { xRange, yRange, nx, ny } = density;
    lines.push(
      '',
      `# ${axes.x} and ${axes.y}: the difference of the densities, in shares per cell`,
      'def density(x, y, table):',
      '    x, y = (np.asarray(expr.evaluate_value(axis, table).to_numpy(zero_copy_only=False), dtype=float)',
      '            for axis in (x, y))',
      '    known = np.isfinite(x) & np.isfinite(y)',
      `    bins = np.linspace(${xRange[0]}, ${xRange[1]}, ${nx + 1}), np.linspace(${yRange[0]}, ${yRange[1]}, ${ny + 1})`,
      '    counts = np.histogram2d(x[known], y[known], bins)[0]',
      '    return counts / counts.sum()',
      '',
      `map_difference = density(${pair(0).join(', ')}, a) - density(${pair(1).join(', ')}, b)`
    );
  }
  return lines.join('\n') + '\n';
}
