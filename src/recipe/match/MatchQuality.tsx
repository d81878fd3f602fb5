/** How good a match is: separations, purity and completeness, the null test, offsets, shared objects. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { useState } from 'react';

import { niceStep } from '../../table/binning';
import { formatCount, formatShare } from '../../ui/format';
import { countTicks, ticksOf } from '../../ui/plots/axes';
import { signed } from '../values';
import { NumberTable } from '../NumberTable';
import { Chart } from './Chart';
import { type IQuality, placeOf, radiiShown } from './summary';
import { arcsec, percent } from './words';

export interface IMatchQualityProps {
  readonly quality: IQuality;
  readonly trans: TranslationBundle;
}

const FIRST = 5;

export function MatchQuality({ quality, trans }: IMatchQualityProps): JSX.Element {
  return (
    <>
      <Separations quality={quality} trans={trans} />
      <Radii quality={quality} trans={trans} />
      <NullTest quality={quality} trans={trans} />
      <Offsets quality={quality} trans={trans} />
      <Shared quality={quality} trans={trans} />
    </>
  );
}

function marksOf(quality: IQuality) {
  const proposed = quality.proposed?.radius_arcsec;
  const marks = [{ at: quality.radius_arcsec, name: 'radius', className: 'tsm-mod-radius' }];
  if (proposed !== undefined && proposed !== quality.radius_arcsec) {
    marks.push({ at: proposed, name: 'proposed', className: 'tsm-mod-proposed' });
  }
  return marks;
}

function Separations({ quality, trans }: IMatchQualityProps): JSX.Element {
  const { bin_arcsec, counts, expected, chance } = quality.histogram;
  const reach = bin_arcsec * counts.length;
  const most = Math.max(1, ...counts, ...(expected ?? []));
  const step = niceStep(most / 4);
  const top = step * Math.ceil(most / step - 1e-9);
  const line = (values: readonly number[], x: (v: number) => number, y: (v: number) => number) =>
    values.map((value, i) => `${x((i + 0.5) * bin_arcsec).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
  const summary = trans.__(
    'Histogram of separations up to %1: %2 of %3 positions have an object within %4.',
    arcsec(reach),
    formatCount(quality.matched),
    formatCount(quality.rows),
    arcsec(quality.radius_arcsec)
  );
  return (
    <figure className="tsm-Match-figure">
      <figcaption>
        <h4>{trans.__('Separations')}</h4>
      </figcaption>
      <Chart
        summary={summary}
        xLabel={trans.__('separation of redshift and nearest object (″)')}
        yLabel={trans.__('positions in %1', arcsec(bin_arcsec))}
        xRange={[0, reach]}
        yRange={[0, top]}
        yTicks={countTicks(top, 4, false)}
        marks={marksOf(quality)}
      >
        {({ x, y }) => (
          <>
            <g className="tsm-MatchChart-bars">
              {counts.map((count, i) => (
                <rect
                  key={i}
                  x={x(i * bin_arcsec)}
                  y={y(count)}
                  width={Math.max(0.5, x(bin_arcsec) - x(0) - 0.5)}
                  height={y(0) - y(count)}
                />
              ))}
            </g>
            {chance ? <polyline className="tsm-MatchChart-chance" points={line(chance, x, y)} /> : null}
            {expected ? <polyline className="tsm-MatchChart-expected" points={line(expected, x, y)} /> : null}
          </>
        )}
      </Chart>
      <Legend
        entries={[
          ['tsm-mod-bars', trans.__('found')],
          ...(expected
            ? ([
                ['tsm-mod-expected', trans.__('expected')],
                ['tsm-mod-chance', trans.__('of it by chance')]
              ] as [string, string][])
            : []),
          ['tsm-mod-radius', trans.__('radius %1', arcsec(quality.radius_arcsec))],
          ...(quality.proposed
            ? ([['tsm-mod-proposed', trans.__('proposed %1', arcsec(quality.proposed.radius_arcsec))]] as [
                string,
                string
              ][])
            : [])
        ]}
      />
    </figure>
  );
}

function Radii({ quality, trans }: IMatchQualityProps): JSX.Element {
  const { curve, proposed } = quality;
  if (!curve || !proposed) {
    return (
      <p className="tsm-Field-description">
        {trans.__('Too few positions have an object nearby to tell purity and completeness.')}
      </p>
    );
  }
  const lowest = Math.min(
    ...curve.purity,
    ...curve.completeness.filter((_, i) => curve.radius_arcsec[i] >= 0.3)
  );
  const floor = Math.max(0, Math.min(0.8, Math.floor(lowest * 10) / 10));
  const reach = curve.radius_arcsec[curve.radius_arcsec.length - 1];
  const said = trans.__(
    'Within %1, %2 of the matches are the right object and %3 of the counterparts are matched. Purity times completeness is greatest at %4: %5 and %6.',
    arcsec(quality.radius_arcsec),
    percent(quality.purity ?? 0),
    percent(quality.completeness ?? 0),
    arcsec(proposed.radius_arcsec),
    percent(proposed.purity),
    percent(proposed.completeness)
  );
  return (
    <figure className="tsm-Match-figure">
      <figcaption>
        <h4>{trans.__('Purity and completeness')}</h4>
      </figcaption>
      <p className="tsm-Match-said">{said}</p>
      <Chart
        summary={said}
        xLabel={trans.__('radius (″)')}
        yLabel={trans.__('share')}
        xRange={[0, reach]}
        yRange={[floor, 1]}
        yTicks={ticksOf(floor, 1, 5).map(({ value }) => ({ value, label: formatShare(value, 1) }))}
        marks={marksOf(quality)}
      >
        {({ x, y }) =>
          (['purity', 'completeness'] as const).map(name => (
            <polyline
              key={name}
              className={`tsm-MatchChart-${name}`}
              points={curve.radius_arcsec
                .map((radius, i) => [radius, curve[name][i]])
                .filter(([, share]) => share >= floor)
                .map(([radius, share]) => `${x(radius).toFixed(1)},${y(share).toFixed(1)}`)
                .join(' ')}
            />
          ))
        }
      </Chart>
      <Legend
        entries={[
          ['tsm-mod-purity', trans.__('purity: matches that are the right object')],
          ['tsm-mod-completeness', trans.__('completeness: counterparts that are matched')]
        ]}
      />
      <NumberTable
        caption={trans.__('Purity and completeness by radius')}
        heads={[
          { label: trans.__('radius') },
          { label: trans.__('purity') },
          { label: trans.__('completeness') }
        ]}
        rows={radiiShown(quality).map(radius => {
          const place = placeOf(quality, radius);
          const words = [
            radius === quality.radius_arcsec ? trans.__('chosen') : '',
            radius === proposed.radius_arcsec ? trans.__('proposed') : ''
          ].filter(Boolean);
          return {
            key: radius,
            isMarked: words.length > 0,
            cells: [
              `${arcsec(radius)}${words.length ? ` · ${words.join(', ')}` : ''}`,
              percent(curve.purity[place]),
              percent(curve.completeness[place])
            ]
          };
        })}
      />
    </figure>
  );
}

function NullTest({ quality, trans }: IMatchQualityProps): JSX.Element | null {
  const test = quality.null;
  if (test.positions === 0) {
    return null;
  }
  return (
    <>
      <h4>{trans.__('Matches by chance')}</h4>
      <p className="tsm-Match-said">
        {trans.__(
          'Moved by 20″ to 30″, %1 of %2 positions still have an object within %3: %4 ± %5. %6 objects in a square degree make %7.',
          formatCount(test.hits),
          formatCount(test.positions),
          arcsec(quality.radius_arcsec),
          percent(test.rate),
          percent(test.rate_error),
          formatCount(Math.round(test.density_deg2)),
          percent(test.expected_rate)
        )}{' '}
        {quality.chance_matches === undefined
          ? ''
          : trans.__(
              'About %1 of %2 matches are to such an object.',
              formatCount(Math.round(quality.chance_matches)),
              formatCount(quality.matched)
            )}
      </p>
    </>
  );
}

function Offsets({ quality, trans }: IMatchQualityProps): JSX.Element | null {
  if (quality.offsets.length === 0) {
    return null;
  }
  return (
    <>
      <h4>{trans.__('Offsets of the surveys')}</h4>
      <NumberTable
        caption={trans.__('Median of object minus redshift position, in arcsec')}
        heads={[
          { label: trans.__('Survey') },
          { label: trans.__('rows') },
          { label: trans.__('east (″)') },
          { label: trans.__('north (″)') },
          { label: trans.__('MAD (″)'), title: trans.__('Median absolute deviation') },
          { label: trans.__('sigma'), title: trans.__('The offset in units of its own error') }
        ]}
        rows={quality.offsets.map(one => ({
          key: one.survey,
          cells: [
            one.survey,
            formatCount(one.rows),
            signed(one.east_arcsec, 3),
            signed(one.north_arcsec, 3),
            signed(one.mad_arcsec, 3),
            signed(one.significance, 1)
          ]
        }))}
      />
    </>
  );
}

function Shared({ quality, trans }: IMatchQualityProps): JSX.Element | null {
  const [all, setAll] = useState(false);
  const { objects, rows, listed } = quality.many_to_one;
  if (objects === 0) {
    return null;
  }
  const shown = all ? listed : listed.slice(0, FIRST);
  return (
    <>
      <h4>{trans.__('Objects that several galaxies found')}</h4>
      <p className="tsm-Match-said">
        {trans._n('%2 rows share one object.', '%2 rows share %1 objects.', objects, formatCount(rows))}{' '}
        {quality.blends === 0
          ? trans.__('Their redshifts agree.')
          : trans._n(
              'Of %1 the redshifts disagree: a blend, or a wrong redshift.',
              'Of %1 the redshifts disagree: blends, or wrong redshifts.',
              quality.blends
            )}
      </p>
      <table className="tsm-Combined-table">
        <caption className="tsm-hidden">{trans.__('Objects with several rows')}</caption>
        <thead>
          <tr>
            <th scope="col">{trans.__('Object')}</th>
            <th scope="col">{trans.__('Redshifts')}</th>
            <th scope="col">{trans.__('Verdict')}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(one => (
            <tr key={one.objectId}>
              <th scope="row" className="tsm-mod-code">
                {one.objectId}
              </th>
              <td>
                {one.redshifts.map((z, i) => (
                  <span key={i} className="tsm-Combined-redshift" title={trans.__('row_id %1', one.rows[i])}>
                    {z === null ? '–' : z.toFixed(4)}
                  </span>
                ))}
              </td>
              <td>{one.verdict === 'blend' ? trans.__('blend') : trans.__('one kept')}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {listed.length > FIRST ? (
        <button type="button" className="tsm-Button" aria-expanded={all} onClick={() => setAll(!all)}>
          {all
            ? trans.__('Show the first %1', FIRST)
            : objects > listed.length
              ? trans.__('Show the first %1 of %2', listed.length, formatCount(objects))
              : trans.__('Show all %1', listed.length)}
        </button>
      ) : null}
    </>
  );
}

function Legend({ entries }: { entries: readonly (readonly [string, string])[] }): JSX.Element {
  return (
    <ul className="tsm-Match-legend">
      {entries.map(([className, words]) => (
        <li key={className}>
          <span className={`tsm-Match-swatch ${className}`} aria-hidden="true" />
          {words}
        </li>
      ))}
    </ul>
  );
}
