/** A release that is considered: what the recipe names and it has not, and what is another thing there. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IFinding } from '../backend';
import { Findings } from '../findings';
import type { IAnswer } from './moving';

export interface IOtherReleaseProps {
  /** Null while it is asked. */
  readonly answer: IAnswer | null;
  /** The release that the recipe names, and the one that is considered, in short. */
  readonly now: string;
  readonly name: string;
  readonly disabled: boolean;
  readonly trans: TranslationBundle;
  readonly onApply: () => void;
  readonly onKeep: () => void;
}

export function OtherRelease(props: IOtherReleaseProps): JSX.Element {
  const { answer, now, name, disabled, trans, onApply, onKeep } = props;
  const { moved, trouble } = answer ?? {};
  return (
    <section className="tsm-OtherRelease" aria-label={trans.__('Another release: %1', name)}>
      <p role="status">
        <strong>
          {moved
            ? trans.__('From %1 to %2.', moved.old.title, moved.new.title)
            : trans.__('%1 is considered.', name)}
        </strong>{' '}
        {trans.__('The recipe still says %1.', now)}
        {answer ? '' : ` ${trans.__('Looking at what changes…')}`}
      </p>
      {trouble ? (
        <Findings findings={[{ level: 'error', ...trouble }]} trans={trans} />
      ) : moved ? (
        <>
          <Said
            title={trans._n(
              '%1 thing does not exist there',
              '%1 things do not exist there',
              moved.missing.length
            )}
            findings={moved.missing}
            trans={trans}
          />
          <Said
            title={trans._n('%1 thing changes', '%1 things change', moved.changed.length)}
            findings={moved.changed}
            trans={trans}
          />
          {moved.missing.length + moved.changed.length === 0 ? (
            <p>{trans.__('All that the recipe names exists there, and nothing changes.')}</p>
          ) : null}
          {moved.located ? null : (
            <p className="tsm-Field-description">
              {trans.__(
                'Its catalogue is not on this machine: names of columns are checked by its description only.'
              )}
            </p>
          )}
        </>
      ) : null}
      <p className="tsm-OtherRelease-actions">
        <button
          type="button"
          className="tsm-Button tsm-mod-accept"
          disabled={disabled}
          title={trans.__('Writes %1 into the recipe', name)}
          onClick={onApply}
        >
          {trans.__('Apply')}
        </button>
        <button type="button" className="tsm-Button" onClick={onKeep}>
          {trans.__('Keep %1', now)}
        </button>
      </p>
    </section>
  );
}

function Said(props: {
  title: string;
  findings: readonly IFinding[];
  trans: TranslationBundle;
}): JSX.Element | null {
  const { title, findings, trans } = props;
  return findings.length ? (
    <>
      <h4>{title}</h4>
      <Findings findings={findings} trans={trans} />
    </>
  ) : null;
}
