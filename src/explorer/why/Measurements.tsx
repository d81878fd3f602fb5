import type { TranslationBundle } from '@jupyterlab/translation';
import { useState } from 'react';
import { categoryName, Chip, formatValue, type ChipKind } from '../../ui';
import { Decide, type OnDecision } from './Decide';
import { separation, type IDecision, type IMeasurement } from './explanation';
import { arcsec, redshiftText } from './format';
import { litClass, type ILit } from './lit';

export interface IMeasurementsProps extends ILit {
  readonly trans: TranslationBundle;
  readonly measurements: readonly IMeasurement[];
  /** The row whose details are open. */
  readonly current: string;
  readonly colourOf: (survey: string | null) => string;
  readonly onOpen: (rowId: string) => void;
  readonly onDecision?: OnDecision;
  /** What was decided since the table was made. */
  readonly decided: (rowId: string) => IDecision | null;
  readonly onDecided: (decision: IDecision) => void;
}

/** All measurements of an object, the best first: what each says, what became of it and why. */
export function Measurements(props: IMeasurementsProps): JSX.Element {
  const { trans, measurements } = props;
  const [deciding, setDeciding] = useState<{ rowId: string; kind: IDecision['kind'] } | null>(null);
  return (
    <ol className="tsm-Why-list" aria-label={trans.__('Measurements')}>
      {measurements.map(measurement => (
        <Measurement
          {...props}
          key={measurement.rowId}
          measurement={measurement}
          deciding={deciding?.rowId === measurement.rowId ? deciding.kind : null}
          onDeciding={kind => setDeciding(kind === null ? null : { rowId: measurement.rowId, kind })}
        />
      ))}
    </ol>
  );
}

interface IMeasurementProps extends IMeasurementsProps {
  readonly measurement: IMeasurement;
  readonly deciding: IDecision['kind'] | null;
  readonly onDeciding: (kind: IDecision['kind'] | null) => void;
}

function Measurement(props: IMeasurementProps): JSX.Element {
  const { trans, measurement, measurements, current, colourOf, lit, onLit } = props;
  const { onOpen, onDecision, decided, onDecided, deciding, onDeciding } = props;
  const { number, rowId, survey, verdict, sentence, isProposed } = measurement;
  const isCurrent = rowId === current;
  const decision = measurement.decision ?? decided(rowId);
  const away = number === 1 ? null : separation(measurement, measurements[0]);
  return (
    <li
      className={`${litClass(lit, rowId)}${isCurrent ? ' tsm-mod-open' : ''}`}
      onMouseEnter={() => onLit(rowId)}
      onMouseLeave={() => onLit(null)}
      onFocus={() => onLit(rowId)}
      onBlur={() => onLit(null)}
    >
      <div className="tsm-Why-first">
        <span className="tsm-Why-key" style={{ borderColor: colourOf(survey) }}>
          {number}
        </span>
        <button
          type="button"
          className="tsm-Why-survey"
          aria-current={isCurrent}
          title={isCurrent ? trans.__('This row') : trans.__('Open this row')}
          onClick={() => onOpen(rowId)}
        >
          {categoryName(survey)}
        </button>
        <span className="tsm-Why-z">{redshiftText(measurement)}</span>
        {verdict !== null && <Chip kind={verdictKind(verdict)}>{verdict}</Chip>}
      </div>
      <div>
        <FlagLine trans={trans} measurement={measurement} />
        {isProposed && (
          <>
            {' '}
            <Chip
              kind="warning"
              title={trans.__('Nobody has checked this rule against the survey’s publication yet.')}
            >
              {trans.__('proposed rule')}
            </Chip>
          </>
        )}
      </div>
      <RuleLine trans={trans} measurement={measurement} away={away} best={measurements[0].number} />
      {sentence !== null && <div className="tsm-Why-path">{sentence}</div>}
      {decision !== null && (
        <div className="tsm-Why-decision">
          <Chip kind="busy">
            {decision.kind === 'prefer' ? trans.__('preferred by hand') : trans.__('excluded by hand')}
          </Chip>{' '}
          {decision.reason === '' ? '' : `“${decision.reason}”`}
          {measurement.decision === null && ' ' + trans.__('In the recipe; it counts from its next run on.')}
        </div>
      )}
      {deciding === null ? (
        <div className="tsm-Why-actions">
          {(['prefer', 'exclude'] as const).map(kind => (
            <button
              key={kind}
              type="button"
              className="tsm-View-switch"
              aria-label={
                kind === 'prefer'
                  ? trans.__('Prefer measurement %1…', number)
                  : trans.__('Exclude measurement %1…', number)
              }
              onClick={() => onDeciding(kind)}
            >
              {kind === 'prefer' ? trans.__('Prefer…') : trans.__('Exclude…')}
            </button>
          ))}
        </div>
      ) : (
        <Decide
          trans={trans}
          measurement={measurement}
          kind={deciding}
          onDecision={onDecision}
          onDone={made => {
            onDecided(made);
            onDeciding(null);
          }}
          onClose={() => onDeciding(null)}
        />
      )}
    </li>
  );
}

interface ILineProps {
  readonly trans: TranslationBundle;
  readonly measurement: IMeasurement;
}

/** The survey's own flag and words, and what they became. */
function FlagLine({ trans, measurement }: ILineProps): JSX.Element {
  const { flagGiven, flag, meaning, sentence, type, spectralClass, isSecondary, confidence } = measurement;
  // the path to the verdict may say it already
  const words = meaning !== null && !sentence?.includes(meaning) ? meaning : null;
  const rest = [
    type === null
      ? null
      : ({ s: trans.__('spectrum'), g: trans.__('grism'), p: trans.__('photometry') }[type] ?? type),
    spectralClass,
    isSecondary ? trans.__('secondary target') : null,
    confidence === null ? null : trans.__('confidence %1', formatValue(confidence))
  ].filter(text => text !== null);
  return (
    <>
      {flagGiven === null ? trans.__('no flag') : trans.__('flag %1', formatValue(flagGiven))}
      {words !== null && ` “${words}”`}
      {' → '}
      <strong>{flag === null ? trans.__('none') : formatValue(flag)}</strong>
      {rest.length > 0 && ` · ${rest.join(' · ')}`}
    </>
  );
}

/** The rule that fired, and how far the measurement is from the first. */
function RuleLine({
  trans,
  measurement,
  away,
  best
}: ILineProps & { readonly away: number | null; readonly best: number }): JSX.Element | null {
  const { rule, product, sourceId } = measurement;
  const parts = [
    rule === null ? null : trans.__('rule %1', rule),
    away === null ? null : trans.__('%1 from %2', arcsec(away), best),
    // a file's name is its content's hash, which says nothing to a reader
    product === null || product.startsWith('sha256:') ? null : trans.__('from %1', product),
    sourceId === null ? null : trans.__('id %1', sourceId)
  ].filter(text => text !== null);
  return parts.length === 0 ? null : <div className="tsm-Explorer-muted">{parts.join(' · ')}</div>;
}

export function verdictKind(verdict: string): ChipKind {
  return verdict === 'won' || verdict === 'single' ? 'good' : verdict === 'conflict' ? 'bad' : 'plain';
}
