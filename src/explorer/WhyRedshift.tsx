import type { TranslationBundle } from '@jupyterlab/translation';
import type { Value } from '../expr';
import type { ITableInfo } from '../table/source';
import { categoryColour, categoryName, Chip, formatValue } from '../ui';

type Row = ReadonlyMap<string, Value>;

export interface IWhyRedshiftProps {
  readonly trans: TranslationBundle;
  readonly info: ITableInfo;
  /** The row looked at, and all measurements of its group that the table holds. */
  readonly row: Row;
  readonly members: readonly Row[];
}

/** The measurements of one object side by side: their redshifts on a line, their flags, and what decided. */
export function WhyRedshift({ trans, info, row, members }: IWhyRedshiftProps): JSX.Element {
  const { roles } = info;
  const measured = Number(row.get('n_meas') ?? members.length);
  const away = measured - members.length;
  const verdict = row.get('verdict');
  const decided = row.get('decided_by');
  const spread = row.get('z_spread');
  const flag = (member: Row) => {
    const original = member.get('z_flag_orig') ?? null;
    const ours =
      member.get('z_flag_homogenized') ?? (roles.flag === undefined ? null : member.get(roles.flag));
    return original === null
      ? formatValue(ours ?? null)
      : `${String(original)} → ${formatValue(ours ?? null)}`;
  };
  return (
    <section className="tsm-Why" aria-label={trans.__('Why this redshift?')}>
      <h4>
        {trans.__('Why this redshift?')}{' '}
        <span className="tsm-Explorer-muted">{trans._n('1 measurement', '%1 measurements', measured)}</span>{' '}
        {typeof verdict === 'string' && (
          <Chip kind={verdict === 'conflict' ? 'bad' : verdict === 'won' ? 'good' : 'plain'}>{verdict}</Chip>
        )}
      </h4>
      <Line info={info} row={row} members={members} />
      <table>
        <thead>
          <tr>
            <th scope="col">{trans.__('survey')}</th>
            <th scope="col">{trans.__('z')}</th>
            <th scope="col">{trans.__('flag')}</th>
            <th scope="col">{trans.__('verdict')}</th>
          </tr>
        </thead>
        <tbody>
          {members.map((member, i) => (
            <tr key={i} className={isSame(info, member, row) ? 'tsm-mod-open' : ''}>
              <td>{categoryName(roles.survey === undefined ? null : (member.get(roles.survey) ?? null))}</td>
              <td>{formatValue(redshiftOf(info, member), 'redshift')}</td>
              <td>{[flag(member), member.get('instrument_type') ?? ''].join(' ')}</td>
              <td>{String(member.get('verdict') ?? '')}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {typeof decided === 'string' && decided !== '' && <p>{trans.__('Decided by: %1.', decided)}</p>}
      {typeof spread === 'number' && spread > 0 && (
        <p>{trans.__('The redshifts differ by %1 in units of 1 + z.', formatValue(spread, 'redshift'))}</p>
      )}
      {away > 0 && <p>{trans._n('1 more is not in this table.', '%1 more are not in this table.', away)}</p>}
    </section>
  );
}

function redshiftOf(info: ITableInfo, row: Row): Value {
  return info.roles.redshift === undefined ? null : (row.get(info.roles.redshift) ?? null);
}

function isSame({ roles }: ITableInfo, a: Row, b: Row): boolean {
  return roles.id !== undefined && a.get(roles.id) === b.get(roles.id);
}

/** The redshifts on a line from 0. */
function Line({ info, row, members }: Omit<IWhyRedshiftProps, 'trans'>): JSX.Element | null {
  const points = members.flatMap(member => {
    const z = redshiftOf(info, member);
    return typeof z === 'number' && Number.isFinite(z) ? [{ member, z }] : [];
  });
  if (points.length === 0) {
    return null;
  }
  const most = Math.max(0.1, ...points.map(({ z }) => z)) * 1.1;
  const least = Math.min(0, ...points.map(({ z }) => z));
  const x = (z: number) => 6 + (288 * (z - least)) / (most - least);
  return (
    <svg viewBox="0 0 300 34" className="tsm-Why-line" aria-hidden="true">
      <line x1={6} x2={294} y1={14} y2={14} />
      {points.map(({ member, z }, i) => (
        <circle
          key={i}
          cx={x(z)}
          cy={14}
          r={isSame(info, member, row) ? 6 : 4}
          style={{ fill: categoryColour(member.get('verdict') ?? null, i) }}
        />
      ))}
      <text x={6} y={31}>
        {formatValue(least, 'redshift')}
      </text>
      <text x={294} y={31} textAnchor="end">
        {formatValue(most, 'redshift')}
      </text>
    </svg>
  );
}
