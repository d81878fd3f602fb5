/** What combine makes of the user's catalogues, and what an edit of its parameters changes. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { type ReactNode, useState } from 'react';

import { formatCount, formatShare } from '../../ui/format';
import { categoryColour } from '../../ui/palette';
import type { IReport } from '../backend';
import { NumberTable } from '../NumberTable';
import { Bars } from './Bars';
import { signed } from '../values';
import { combinedOf, foldedSizes, type ICombined, type ILine, lines } from './summary';
import '../../../style/recipe-combine.css';

export interface ICombinePreviewProps {
  readonly now: IReport | null | undefined;
  readonly before: IReport | null | undefined;
  readonly run: IReport | null | undefined;
  readonly trans: TranslationBundle;
  /** What is said of the step; it stands below the numbers, so that these stay in their place. */
  readonly children?: ReactNode;
}

const FIRST = 5;

export function CombinePreview(props: ICombinePreviewProps): JSX.Element | null {
  const { trans } = props;
  const now = combinedOf(props.now);
  if (!now) {
    return <>{props.children}</>;
  }
  return (
    <div className="tsm-Combined">
      <Changes now={now} before={combinedOf(props.before)} run={combinedOf(props.run)} trans={trans} />
      {props.children}
      <div className="tsm-Combined-pair">
        <Bars
          title={trans.__('Measurements of an object')}
          unit={trans.__('objects')}
          entries={foldedSizes(now.sizes).map(([label, count]) => ({ label, count }))}
        />
        {now.decided && now.decided.size > 0 ? (
          <Bars
            title={trans.__('What decided')}
            unit={trans.__('rows')}
            entries={byCount(now.decided).map(([label, count]) => ({ label: words(label, trans), count }))}
          />
        ) : null}
      </div>
      <Winners combined={now} trans={trans} />
      <Conflicts combined={now} trans={trans} />
      <Offsets combined={now} trans={trans} />
      <Decisions combined={now} trans={trans} />
    </div>
  );
}

function Changes(props: {
  now: ICombined;
  before: ICombined | null;
  run: ICombined | null;
  trans: TranslationBundle;
}): JSX.Element {
  const { now, before, run, trans } = props;
  const shown = lines(now, before, run, {
    objects: trans.__('Objects'),
    several: trans.__('measured more than once'),
    best: trans.__('with a best measurement'),
    conflicts: trans.__('Conflicts: secure redshifts disagree'),
    chains: trans.__('Chains: wider than the radius'),
    wonBy: survey => trans.__('Won by %1', survey)
  });
  const cell = (line: ILine, other: number | null) => {
    const difference = other === null || line.now === null ? 0 : line.now - other;
    return (
      <td className="tsm-mod-number">
        {other === null ? '–' : formatCount(other)}
        <span className="tsm-Combined-change">
          {difference === 0 ? '' : `${difference > 0 ? '+' : '−'}${formatCount(Math.abs(difference))}`}
        </span>
      </td>
    );
  };
  return (
    <table className="tsm-Combined-table">
      <caption className="tsm-hidden">{trans.__('What the combination makes, and what changed')}</caption>
      <thead>
        <tr>
          <th scope="col">{trans.__('%1 measurements', formatCount(now.rows))}</th>
          <th scope="col" className="tsm-mod-number">
            {trans.__('now')}
          </th>
          {before ? (
            <th
              scope="col"
              className="tsm-mod-number tsm-mod-other"
              title={trans.__('As it was before the last edit; then what the edit changed')}
            >
              {trans.__('before')}
            </th>
          ) : null}
          {run ? (
            <th
              scope="col"
              className="tsm-mod-number tsm-mod-other"
              title={trans.__('In the last run; then what is different now')}
            >
              {trans.__('last run')}
            </th>
          ) : null}
        </tr>
      </thead>
      <tbody>
        {shown.map(line => (
          <tr key={line.label} className={line.survey ? 'tsm-mod-survey' : undefined}>
            <th scope="row">{line.label}</th>
            <td className="tsm-mod-number tsm-mod-now">{line.now === null ? '–' : formatCount(line.now)}</td>
            {before ? cell(line, line.before) : null}
            {run ? cell(line, line.run) : null}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** For each survey the rows that won, of those that it measured. */
function Winners({ combined, trans }: { combined: ICombined; trans: TranslationBundle }): JSX.Element | null {
  const { winners, measured } = combined;
  if (!winners || winners.size === 0) {
    return null;
  }
  const names = byCount(measured ?? winners).map(([name]) => name);
  return (
    <Bars
      title={trans.__('Best measurement, by survey')}
      unit={measured ? trans.__('best of rows measured') : trans.__('best')}
      entries={names.map((name, place) => {
        const won = winners.get(name) ?? 0;
        const of = measured?.get(name);
        return {
          label: name,
          count: won,
          of,
          colour: categoryColour(name, place),
          text:
            of === undefined
              ? undefined
              : trans.__('%1 of %2 · %3', formatCount(won), formatCount(of), formatShare(won, of))
        };
      })}
    />
  );
}

function Conflicts({
  combined,
  trans
}: {
  combined: ICombined;
  trans: TranslationBundle;
}): JSX.Element | null {
  const [all, setAll] = useState(false);
  const { conflicts, conflictsTotal } = combined;
  if (conflicts.length === 0) {
    return null;
  }
  const shown = all ? conflicts : conflicts.slice(0, FIRST);
  return (
    <>
      <h4>{trans._n('%2 conflict', '%2 conflicts', conflictsTotal, formatCount(conflictsTotal))}</h4>
      <table className="tsm-Combined-table tsm-mod-conflicts">
        <caption className="tsm-hidden">{trans.__('Objects whose secure redshifts disagree')}</caption>
        <thead>
          <tr>
            <th scope="col">{trans.__('Object (group_id)')}</th>
            <th scope="col">{trans.__('Secure redshifts')}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ group_id, rows }) => (
            <tr key={group_id}>
              <td className="tsm-mod-code">{group_id}</td>
              <td>
                {rows.map(row => (
                  <span
                    key={row.row_id}
                    className="tsm-Combined-redshift"
                    title={trans.__('row_id %1', row.row_id)}
                  >
                    {row.survey ?? trans.__('no survey')} <b>{row.redshift?.toFixed(4) ?? '–'}</b>
                    {row.flag === undefined || row.flag === null ? '' : ` (${row.flag})`}
                  </span>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="tsm-Field-description">
        {trans.__(
          'After a run its measurements open in the explorer: there each conflict is shown with all that is known, and can be decided.'
        )}
      </p>
      {conflicts.length > FIRST ? (
        <button type="button" className="tsm-Button" aria-expanded={all} onClick={() => setAll(!all)}>
          {all
            ? trans.__('Show the first %1', FIRST)
            : conflictsTotal > conflicts.length
              ? trans.__('Show the first %1 of %2', conflicts.length, formatCount(conflictsTotal))
              : trans.__('Show all %1', formatCount(conflicts.length))}
        </button>
      ) : null}
    </>
  );
}

function Offsets({ combined, trans }: { combined: ICombined; trans: TranslationBundle }): JSX.Element | null {
  if (combined.offsets.length === 0) {
    return null;
  }
  const arcsec = (value: number | null) => (value === null ? '–' : signed(value, 3));
  return (
    <>
      <h4>{trans.__('Offsets between surveys')}</h4>
      <NumberTable
        caption={trans.__('Median differences of position, in arcsec')}
        heads={[
          { label: trans.__('Surveys') },
          { label: trans.__('pairs') },
          { label: trans.__('ΔRA cos Dec (″)') },
          { label: trans.__('ΔDec (″)') },
          { label: trans.__('scatter (″)') },
          { label: trans.__('removed'), isText: true }
        ]}
        rows={combined.offsets.map(one => ({
          key: `${one.a} ${one.b}`,
          cells: [
            `${one.a} – ${one.b}`,
            formatCount(one.pairs),
            arcsec(one.dra_arcsec),
            arcsec(one.ddec_arcsec),
            arcsec(one.scatter_arcsec),
            one.applied ? trans.__('yes') : trans.__('no')
          ]
        }))}
      />
    </>
  );
}

function Decisions({
  combined,
  trans
}: {
  combined: ICombined;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { applied, unknown, chainsSplit } = combined;
  const said = [
    applied ? trans._n('%1 decision of yours applied.', '%1 decisions of yours applied.', applied) : '',
    unknown
      ? trans._n('%1 is about a row that is not there.', '%1 are about rows that are not there.', unknown)
      : '',
    chainsSplit
      ? trans._n('%1 chain was split by redshift.', '%1 chains were split by redshift.', chainsSplit)
      : ''
  ].filter(Boolean);
  return said.length ? <p className="tsm-Field-description">{said.join(' ')}</p> : null;
}

function byCount(counts: ReadonlyMap<string, number>): [string, number][] {
  return [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
}

/** Names of what decided that are no columns. */
function words(criterion: string, trans: TranslationBundle): string {
  const known: { readonly [name: string]: string } = {
    row_id: trans.__('row_id (all equal)'),
    delta_z: trans.__('nobody: conflict'),
    decision: trans.__('a decision of yours'),
    eligible: trans.__('the only one eligible'),
    conflict: trans.__('conflict')
  };
  return known[criterion] ?? criterion;
}
