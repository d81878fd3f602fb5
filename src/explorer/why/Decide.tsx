import type { TranslationBundle } from '@jupyterlab/translation';
import { useEffect, useId, useRef, useState } from 'react';
import { Copy } from '../Copy';
import { troubleOf } from '../trouble';
import { decisionLine, type IDecision, type IMeasurement } from './explanation';

export type OnDecision = (decision: IDecision) => Promise<void> | void;

export interface IDecideProps {
  readonly trans: TranslationBundle;
  readonly measurement: IMeasurement;
  readonly kind: IDecision['kind'];
  /** Writes the decision into a recipe; without it the line can be copied. */
  readonly onDecision?: OnDecision;
  /** It was written into the recipe, or copied for it. */
  readonly onDone: (decision: IDecision) => void;
  readonly onClose: () => void;
}

/** A decision about one measurement: it needs a reason. */
export function Decide({ trans, measurement, kind, onDecision, onDone, onClose }: IDecideProps): JSX.Element {
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  useEffect(() => input.current?.focus(), [kind]);
  const decision: IDecision = { kind, rowId: measurement.rowId, reason: reason.trim() };
  const lacks = decision.reason === '';
  const record = async () => {
    if (lacks) {
      input.current?.focus();
      return;
    }
    if (onDecision === undefined) {
      return;
    }
    setBusy(true);
    setTrouble(null);
    try {
      await onDecision(decision);
      onDone(decision);
    } catch (error) {
      const { message, remedy } = troubleOf(error);
      setTrouble([message, remedy].filter(text => text).join(' '));
      setBusy(false);
    }
  };
  return (
    <form
      className="tsm-Why-decide"
      onSubmit={event => {
        event.preventDefault();
        void record();
      }}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          onClose();
        }
      }}
    >
      <label htmlFor={id}>
        {kind === 'prefer'
          ? trans.__('Why should %1 win?', nameOf(measurement))
          : trans.__('Why should %1 not count?', nameOf(measurement))}
      </label>
      <input
        ref={input}
        id={id}
        type="text"
        required
        placeholder={trans.__('reason, for those who read the recipe')}
        value={reason}
        onChange={event => setReason(event.target.value)}
      />
      {onDecision === undefined && (
        <>
          <code>{decisionLine(lacks ? { ...decision, reason: '…' } : decision)}</code>
          <small>
            {trans.__(
              'Paste it below “decisions:” of the step combine in your recipe, and run the recipe again.'
            )}
          </small>
        </>
      )}
      {trouble !== null && (
        <p className="tsm-Why-trouble" role="alert">
          {trouble}
        </p>
      )}
      <span className="tsm-Why-actions">
        {onDecision === undefined || trouble !== null ? (
          <Copy
            trans={trans}
            label={trans.__('Copy for the recipe')}
            disabled={lacks}
            text={() => decisionLine(decision)}
          />
        ) : null}
        {onDecision === undefined ? null : (
          <button type="submit" className="tsm-Button" disabled={lacks || busy}>
            {kind === 'prefer' ? trans.__('Prefer, in the recipe') : trans.__('Exclude, in the recipe')}
          </button>
        )}
        <button type="button" className="tsm-Button" onClick={onClose}>
          {trans.__('Cancel')}
        </button>
      </span>
    </form>
  );
}

function nameOf({ number, survey }: IMeasurement): string {
  return survey === null ? String(number) : `${number} ${survey}`;
}
