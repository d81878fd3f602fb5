/** The step match beside its form: what is expected before it runs, and how good it was after. */
import type { TranslationBundle } from '@jupyterlab/translation';

import { formatCount } from '../../ui/format';
import type { IReport } from '../backend';
import { NumberTable } from '../NumberTable';
import { MatchQuality } from './MatchQuality';
import { FarExpected } from './FarExpected';
import { expectedOf, farOf, type IExpected, qualityOf, takenOf } from './summary';
import { aboutTime, megabytes, percent } from './words';
import '../../../style/recipe-combine.css';
import '../../../style/recipe-match.css';

export interface IMatchViewProps {
  readonly report: IReport | null | undefined;
  readonly trans: TranslationBundle;
}

export function MatchView({ report, trans }: IMatchViewProps): JSX.Element | null {
  const expected = expectedOf(report);
  const quality = qualityOf(report);
  const sample = quality ? null : (expected?.sample ?? null);
  const far = farOf(report);
  const taken = takenOf(report);
  if (!expected && !quality && !far && !taken) {
    return null;
  }
  return (
    <div className="tsm-Match">
      {expected ? <Expected expected={expected} trans={trans} /> : null}
      {taken ? (
        <p className="tsm-Field-description">
          {taken.where === 'engine'
            ? trans.__('Matched by LSDB: %1.', taken.why)
            : trans.__('Matched in memory: %1.', taken.why)}
        </p>
      ) : null}
      {far ? <FarExpected far={far} trans={trans} /> : null}
      {sample ? (
        <p className="tsm-Field-description">
          {trans.__(
            'From %1 positions that were matched for this plan, in %2 of the partitions.',
            formatCount(sample.rows),
            formatCount(sample.partitions ?? 0)
          )}
        </p>
      ) : null}
      {(quality ?? sample) ? <MatchQuality quality={(quality ?? sample)!} trans={trans} /> : null}
    </div>
  );
}

function Expected({ expected, trans }: { expected: IExpected; trans: TranslationBundle }): JSX.Element {
  const { matches, overlap, chance, result, run } = expected;
  const areas = (degrees: number) => Number(degrees.toPrecision(3)).toString();
  const lines: [string, string, string?][] = [
    [
      trans.__('In the footprint'),
      trans.__('%1 of %2', formatCount(overlap.inside), formatCount(expected.rows)),
      trans.__(
        '%1 of %2 square degrees; footprint from %3',
        areas(overlap.area_deg2.both),
        areas(overlap.area_deg2.rows),
        overlap.source
      )
    ],
    matches.exact
      ? [trans.__('Matches'), formatCount(matches.rows), trans.__('matched for this plan')]
      : [
          trans.__('Expected matches'),
          trans.__('about %1', formatCount(matches.rows)),
          trans.__('%1 to %2', formatCount(matches.low), formatCount(matches.high))
        ],
    [
      trans.__('By chance'),
      trans.__('about %1', formatCount(Math.round(chance.rows))),
      trans.__(
        '%1 of positions have one anyway, with %2 objects in a square degree',
        percent(chance.rate),
        formatCount(Math.round(chance.density_deg2))
      )
    ],
    [
      trans.__('Size'),
      trans.__('%1 of %2', megabytes(result.file_bytes), megabytes(result.limit_bytes)),
      result.over
        ? trans.__('more than the PZ Server takes in one upload')
        : trans.__('of what the PZ Server takes in one upload')
    ],
    [
      run.where === 'engine' ? trans.__('As a job') : trans.__('In memory'),
      aboutTime(run.seconds, trans),
      trans.__(
        '%1 of %2 partitions, %3 objects; %4',
        formatCount(run.partitions),
        formatCount(run.of_partitions),
        formatCount(run.objects),
        run.why
      )
    ]
  ];
  return (
    <>
      <table className="tsm-Combined-table tsm-Match-expected">
        <caption className="tsm-hidden">
          {trans.__('What the match to %1 will find', expected.release)}
        </caption>
        <tbody>
          {lines.map(([name, value, more]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td className="tsm-mod-now">{value}</td>
              <td className="tsm-Match-more">{more}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <Surveys expected={expected} trans={trans} />
    </>
  );
}

/** How many rows of each survey lie in the footprint, where not all do. */
function Surveys({ expected, trans }: { expected: IExpected; trans: TranslationBundle }): JSX.Element | null {
  const surveys = expected.overlap.by_survey;
  if (surveys.every(one => one.inside === one.rows)) {
    return null;
  }
  return (
    <NumberTable
      caption={trans.__('Rows in the footprint, by survey')}
      heads={[
        { label: trans.__('Survey') },
        { label: trans.__('rows') },
        { label: trans.__('in the footprint') }
      ]}
      rows={surveys.map(one => ({
        key: one.survey,
        cells: [one.survey, formatCount(one.rows), formatCount(one.inside)]
      }))}
    />
  );
}
