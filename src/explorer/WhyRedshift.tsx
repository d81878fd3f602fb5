import type { TranslationBundle } from '@jupyterlab/translation';
import { useEffect, useState } from 'react';
import type { Value } from '../expr';
import type { ITableInfo } from '../table/source';
import { categoryColour, Chip, formatCount, formatValue, Loading, NEUTRAL, Trouble, useSignal } from '../ui';
import type { ExplorerModel } from './model';
import { ConflictSteps } from './why/ConflictSteps';
import type { OnDecision } from './why/Decide';
import type { IExplanation } from './why/explanation';
import { arcsec } from './why/format';
import { MarkLegend } from './why/Mark';
import { Measurements } from './why/Measurements';
import { RedshiftAxis } from './why/RedshiftAxis';
import { SkyChart } from './why/SkyChart';
import { OpenTrouble } from './why/OpenTrouble';
import '../../style/why.css';

export interface IWhyRedshiftProps {
  readonly model: ExplorerModel;
  readonly trans: TranslationBundle;
  readonly info: ITableInfo;
  /** The row whose details are open. */
  readonly row: ReadonlyMap<string, Value>;
  /** Writes a decision into a recipe; without it the line can be copied. */
  readonly onDecision?: OnDecision;
}

/** All measurements of the object that a row measures, side by side, and how one of them came to be its redshift. */
export function WhyRedshift({ model, trans, info, row, onDecision }: IWhyRedshiftProps): JSX.Element | null {
  const { why } = model;
  useSignal(why.changed);
  const id = row.get('row_id') ?? null;
  const rowId = id === null ? null : String(id);
  const isShown = why.offered && rowId !== null;
  useEffect(() => {
    if (isShown) {
      void why.explain(rowId);
    }
  }, [why, isShown, rowId]);
  if (!isShown) {
    return null;
  }
  const { explanation, trouble } = why;
  const isStale = why.awaited !== null || why.opening !== null;
  return (
    <section className="tsm-Why" aria-label={trans.__('Why this redshift?')} aria-busy={isStale}>
      <header>
        <h4>{trans.__('Why this redshift?')}</h4>
        {explanation !== null && <Summary trans={trans} explanation={explanation} />}
        <ConflictSteps model={model} trans={trans} place={explanation?.conflict ?? null} />
      </header>
      {model.open?.row === null && why.outside === rowId && (
        <p role="status" className="tsm-Why-note">
          {trans.__('This row does not pass the present condition or search; it is shown all the same.')}
        </p>
      )}
      {trouble !== null && (
        <Trouble
          title={trans.__('The redshift could not be explained.')}
          actions={[{ label: trans.__('Try again'), run: () => void why.explain(rowId) }]}
        >
          {trouble.message} {trouble.remedy}
        </Trouble>
      )}
      <OpenTrouble model={model} trans={trans} />
      {explanation !== null ? (
        <Content
          model={model}
          trans={trans}
          info={info}
          explanation={explanation}
          rowId={rowId}
          isStale={isStale}
          onDecision={onDecision}
        />
      ) : (
        trouble === null && <Loading label={trans.__('Reading the measurements of this object…')} />
      )}
    </section>
  );
}

interface IContentProps extends Omit<IWhyRedshiftProps, 'row'> {
  readonly explanation: IExplanation;
  readonly rowId: string;
  readonly isStale: boolean;
}

function Content({
  model,
  trans,
  info,
  explanation,
  rowId,
  isStale,
  onDecision
}: IContentProps): JSX.Element {
  const { why } = model;
  const [lit, onLit] = useState<string | null>(null);
  const { measurements, count, radius, tolerance } = explanation;
  const surveys = info.columns.find(({ name }) => name === info.roles.survey)?.values ?? [];
  // as in the legends: by the survey's place among all of the table
  const colourOf = (survey: string | null) => {
    const place = surveys.findIndex(({ value }) => value === survey);
    return survey === null ? NEUTRAL : categoryColour(survey, place < 0 ? surveys.length : place);
  };
  const shared = { trans, measurements, colourOf, lit, onLit };
  const away = count - measurements.length;
  return (
    <div className={isStale ? 'tsm-mod-stale' : ''}>
      {explanation.sentence !== null && <p>{explanation.sentence}</p>}
      {measurements.length > 1 && (
        <>
          <div className="tsm-Why-pictures">
            <SkyChart {...shared} radius={radius} />
            <RedshiftAxis {...shared} tolerance={tolerance} />
          </div>
          <MarkLegend trans={trans} measurements={measurements} />
        </>
      )}
      <Measurements
        {...shared}
        current={rowId}
        onOpen={id => void why.open(id)}
        onDecision={onDecision}
        decided={id => why.decided(id)}
        onDecided={decision => why.remember(decision)}
      />
      {away > 0 && (
        <p>
          {trans._n(
            '1 more measurement of this object is not in this table.',
            '%1 more measurements of this object are not in this table.',
            away
          )}
        </p>
      )}
      <HowCombined trans={trans} explanation={explanation} />
    </div>
  );
}

interface ISummaryProps {
  readonly trans: TranslationBundle;
  readonly explanation: IExplanation;
}

function Summary({ trans, explanation }: ISummaryProps): JSX.Element {
  const { count, secure, agreement } = explanation;
  const words: { [agreement: string]: string } = {
    agree: trans.__('agree'),
    conflict: trans.__('conflict'),
    unsure: trans.__('nothing to compare')
  };
  const word = agreement === null ? undefined : words[agreement];
  return (
    <>
      <span className="tsm-Explorer-muted">
        {trans._n('1 measurement', '%2 measurements', count, formatCount(count))}
        {secure !== null && count > 1 && `, ${trans.__('%1 secure', formatCount(secure))}`}
      </span>
      {word !== undefined && (
        <Chip kind={agreement === 'conflict' ? 'bad' : agreement === 'agree' ? 'good' : 'plain'}>{word}</Chip>
      )}
    </>
  );
}

/** By what the table was combined, as far as it tells. */
function HowCombined({ trans, explanation }: ISummaryProps): JSX.Element | null {
  const { radius, criteria, tolerance, chain, policy } = explanation;
  const names: { [type: string]: string } = {
    s: trans.__('spectra'),
    g: trans.__('grism'),
    p: trans.__('photometry')
  };
  const within = Object.entries(tolerance ?? {}).map(
    ([type, value]) => `${formatValue(value)} (${names[type] ?? type})`
  );
  const isChain = chain !== null && radius !== null && chain > radius;
  const parts = [
    radius === null ? null : trans.__('paired within %1', arcsec(radius)),
    isChain ? trans.__('a chain, %1 from end to end', arcsec(chain)) : null,
    criteria.length === 0
      ? null
      : trans.__(
          'preferred by %1',
          criteria
            .map(({ by, tolerance: equal }) => (equal === null ? by : `${by} ± ${formatValue(equal)}`))
            .join(', ')
        ),
    within.length === 0 ? null : trans.__('agree within %1, in units of 1 + z', within.join(', ')),
    policy === null || policy === 'default' ? null : trans.__('policy %1', policy)
  ].filter(text => text !== null);
  return parts.length === 0 ? null : (
    <p className="tsm-Explorer-muted">{trans.__('Combined: %1.', parts.join('; '))}</p>
  );
}
