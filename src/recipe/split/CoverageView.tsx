/** How well the training set occupies the target's magnitudes and colours: a map of cells, and what it can't see. */
import type { TranslationBundle } from '@jupyterlab/translation';

import { formatCount, formatShare } from '../../ui/format';
import { ticksOf } from '../../ui/plots/axes';
import type { IReport } from '../backend';
import { isRecord } from '../values';
import '../../../style/recipe-split.css';

interface IGrid {
  readonly mag_from: number;
  readonly mag_bin: number;
  readonly colour_from: number;
  readonly colour_bin: number;
  readonly columns: number;
  readonly rows: number;
  /** By magnitude, then colour. */
  readonly n_target: readonly number[];
  readonly n_train: readonly number[];
}

/** Training rows from which a cell is no longer sparse; as in the engine. */
const SPARSE = 5;
const SIZE = { width: 420, height: 230, left: 44, right: 8, top: 8, bottom: 36 };

export function CoverageView({
  report,
  trans
}: {
  report: IReport | null | undefined;
  trans: TranslationBundle;
}): JSX.Element | null {
  const found = report?.details.coverage;
  if (!isRecord(found)) {
    return null;
  }
  const percent = (value: unknown) => (typeof value === 'number' ? formatShare(value, 1) : '–');
  const features = Array.isArray(found.features) ? (found.features as string[]) : [];
  const redshift = isRecord(found.redshift) ? found.redshift : null;
  const lines: [string, string][] = [
    [trans.__('Target objects in empty cells'), percent(found.frac_target_in_empty_cells)],
    [trans.__('Target objects in sparse cells'), percent(found.frac_target_in_sparse_cells)],
    [
      trans.__('90 % of the target supported to'),
      typeof found.mag_limit_90 === 'number'
        ? `${found.mag_limit_90.toFixed(1)} mag`
        : trans.__('no magnitude')
    ],
    [
      trans.__('Training rows, target objects'),
      `${formatCount(Number(found.rows))} · ${formatCount(Number(found.n_target))}`
    ]
  ];
  if (redshift) {
    lines.push([
      trans.__('Redshifts (99 % of the rows)'),
      `${Number(redshift.low).toFixed(4)} – ${Number(redshift.high).toFixed(4)}`
    ]);
  }
  if (typeof found.effective_sample_size === 'number') {
    lines.push([
      trans.__('Effective sample size of the weights'),
      formatCount(Math.round(found.effective_sample_size))
    ]);
  }
  const states = isRecord(found.states) && isRecord(found.states.som) ? found.states.som : null;
  if (states) {
    lines.splice(0, 0, [
      trans.__('Cells of the map'),
      trans.__(
        '%1 filled, %2 sparse, %3 empty',
        formatCount(Number(states.filled)),
        formatCount(Number(states.sparse)),
        formatCount(Number(states.empty))
      )
    ]);
  }
  const noise = noiseOf(found.snr);
  if (noise) {
    lines.push([
      trans.__('Median S/N at %1 mag, training and target', noise.mag.toFixed(2)),
      `${noise.train.toPrecision(3)} · ${noise.target.toPrecision(3)}`
    ]);
  }
  const surveys = Array.isArray(found.by_survey) ? (found.by_survey as ISurvey[]) : [];
  const rows = Number(found.rows);
  if (surveys.length && rows > 0) {
    lines.push([
      trans.__('Surveys'),
      surveys.map(one => `${one.survey} ${formatShare(one.rows / rows, 1)}`).join(', ')
    ]);
  }
  if (Number(found.rows_without_features) > 0) {
    lines.push([
      trans.__('Rows that lack a feature, counted nowhere'),
      formatCount(Number(found.rows_without_features))
    ]);
  }
  return (
    <section className="tsm-Coverage" aria-label={trans.__('Coverage')}>
      {isRecord(found.grid) ? (
        <CellMap grid={found.grid as unknown as IGrid} features={features} trans={trans} />
      ) : null}
      <dl>
        {lines.map(([name, said]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{said}</dd>
          </div>
        ))}
      </dl>
      {typeof found.cannot_see === 'string' ? (
        <p className="tsm-Field-description">{trans.__('What it can’t see: %1', found.cannot_see)}</p>
      ) : null}
    </section>
  );
}

interface ISurvey {
  readonly survey: string;
  readonly rows: number;
}

/** Signal to noise at the faintest magnitude that training set and target have in common. */
function noiseOf(snr: unknown): { mag: number; train: number; target: number } | null {
  if (!isRecord(snr) || !Array.isArray(snr.train) || !Array.isArray(snr.target)) {
    return null;
  }
  const { train, target } = snr as { train: (number | null)[]; target: (number | null)[] };
  for (let k = Math.min(train.length, target.length) - 1; k >= 0; k--) {
    const [a, b] = [train[k], target[k]];
    if (typeof a === 'number' && typeof b === 'number') {
      return { mag: Number(snr.mag_from) + Number(snr.mag_bin) * (k + 0.5), train: a, target: b };
    }
  }
  return null;
}

function CellMap(props: { grid: IGrid; features: readonly string[]; trans: TranslationBundle }): JSX.Element {
  const { grid, features, trans } = props;
  const right = SIZE.width - SIZE.right;
  const bottom = SIZE.height - SIZE.bottom;
  const wide = (right - SIZE.left) / grid.columns;
  const high = (bottom - SIZE.top) / grid.rows;
  const x = (mag: number) => SIZE.left + (wide * (mag - grid.mag_from)) / grid.mag_bin;
  const y = (colour: number) => bottom - (high * (colour - grid.colour_from)) / grid.colour_bin;
  const states = grid.n_target.map((target, cell) =>
    target === 0
      ? null
      : grid.n_train[cell] === 0
        ? 'empty'
        : grid.n_train[cell] < SPARSE
          ? 'sparse'
          : 'filled'
  );
  const counts = { filled: 0, sparse: 0, empty: 0 };
  states.forEach(state => state && (counts[state] += 1));
  const most = Math.max(1, ...grid.n_target);
  const words = {
    filled: trans.__('filled'),
    sparse: trans.__('sparse: fewer than %1 rows', SPARSE),
    empty: trans.__('empty')
  };
  const names = ['filled', 'sparse', 'empty'] as const;
  return (
    <>
      <ul className="tsm-Coverage-legend">
        {names.map(name => (
          <li key={name}>
            <svg viewBox="0 0 10 10" aria-hidden="true">
              <rect width="10" height="10" className={`tsm-Coverage-${name}`} />
            </svg>
            {words[name]} {formatCount(counts[name])}
          </li>
        ))}
      </ul>
      <svg
        className="tsm-Coverage-map"
        viewBox={`0 0 ${SIZE.width} ${SIZE.height}`}
        role="img"
        aria-label={trans.__(
          'Cells of the target: %1 filled, %2 sparse, %3 empty',
          counts.filled,
          counts.sparse,
          counts.empty
        )}
      >
        {states.map((state, cell) => {
          if (state === null) {
            return null;
          }
          const column = Math.floor(cell / grid.rows);
          const row = cell % grid.rows;
          const { n_target: target, n_train: train } = grid;
          return (
            <rect
              key={cell}
              className={`tsm-Coverage-${state}`}
              x={SIZE.left + column * wide}
              y={bottom - (row + 1) * high}
              width={Math.max(wide - 0.6, 0.6)}
              height={Math.max(high - 0.6, 0.6)}
              opacity={0.4 + (0.6 * Math.log1p(target[cell])) / Math.log1p(most)}
            >
              <title>{trans.__('%1 training rows, %2 target objects', train[cell], target[cell])}</title>
            </rect>
          );
        })}
        {ticksOf(grid.mag_from, grid.mag_from + grid.columns * grid.mag_bin, 6).map(({ value, label }) => (
          <text key={value} x={x(value)} y={bottom + 14} textAnchor="middle">
            {label}
          </text>
        ))}
        {ticksOf(grid.colour_from, grid.colour_from + grid.rows * grid.colour_bin, 5).map(
          ({ value, label }) => (
            <text key={value} x={SIZE.left - 5} y={y(value) + 4} textAnchor="end">
              {label}
            </text>
          )
        )}
        <text x={(SIZE.left + right) / 2} y={SIZE.height - 6} textAnchor="middle">
          {features[0] ?? ''}
        </text>
        <text transform={`translate(11 ${(SIZE.top + bottom) / 2}) rotate(-90)`} textAnchor="middle">
          {features[1] ?? ''}
        </text>
      </svg>
    </>
  );
}
