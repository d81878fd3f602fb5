/** What one should know before a process is sent, what is missing, and the button. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IProcessDetail } from '../../api';
import { Failure } from '../frame';
import type { IProblem } from './check';
import type { IFormProps } from './form';
import { notesOf } from './known';

export function Before({ model, trans, actions }: IFormProps): JSX.Element {
  const { problems, told, trouble, unsure, busy, notice, draft, python } = model;
  const errors = problems.filter(one => one.level === 'error');
  const notes = notesOf(draft.pipeline, trans);
  const send = async (asked: Promise<IProcessDetail | null>) => {
    const process = await asked;
    if (process) {
      actions.started(process);
    }
  };
  return (
    <section className="tsm-ProcessForm-before" aria-label={trans.__('Before it is sent')}>
      <h3>{trans.__('Before it is sent')}</h3>
      {notice && <p className="tsm-Page-box tsm-mod-warning">{notice}</p>}
      <ProblemList problems={problems} trans={trans} />
      {told.length > 0 && (
        <div className="tsm-Page-box tsm-mod-large tsm-mod-warning" role="alert">
          <p>{trans.__('The server would run it like this:')}</p>
          <ul className="tsm-Page-list">
            {told.map(line => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </div>
      )}
      {trouble && <Failure trouble={trouble} trans={trans} />}
      <div className="tsm-Page-actions">
        {unsure ? (
          <button
            type="button"
            className="tsm-Button tsm-mod-accent"
            disabled={busy}
            onClick={() => void send(model.lookAgain())}
          >
            {busy ? trans.__('Looking …') : trans.__('Look whether it was started')}
          </button>
        ) : (
          <button
            type="button"
            className="tsm-Button tsm-mod-accent"
            disabled={busy || errors.length > 0}
            onClick={() => void send(model.submit())}
          >
            {busy ? trans.__('Sending …') : told.length > 0 ? trans.__('Run all the same') : trans.__('Run')}
          </button>
        )}
        {model.replaced && (
          <button type="button" className="tsm-Button" disabled={busy} onClick={() => model.takeBack()}>
            {trans.__('Back to what was entered before')}
          </button>
        )}
        {python !== null && (
          <button
            type="button"
            className="tsm-Button"
            onClick={() => actions.copy(python, trans.__('Python for the official client is copied.'))}
          >
            {trans.__('Copy as Python')}
          </button>
        )}
        <button type="button" className="tsm-Button" disabled={busy} onClick={() => model.clear()}>
          {trans.__('Clear')}
        </button>
        <button type="button" className="tsm-Button" onClick={() => actions.showProcesses()}>
          {trans.__('All processes')}
        </button>
      </div>
      {notes.length > 0 && (
        <>
          <h4>{trans.__('Good to know')}</h4>
          <ul className="tsm-Page-list tsm-mod-muted">
            {notes.map(note => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function ProblemList({
  problems,
  trans
}: {
  readonly problems: readonly IProblem[];
  readonly trans: TranslationBundle;
}): JSX.Element {
  return (
    <div aria-live="polite">
      {problems.length === 0 ? (
        <p className="tsm-ProcessForm-good">{trans.__('✓ Nothing is missing.')}</p>
      ) : (
        <ul className="tsm-Page-list">
          {problems.map(({ level, message, where }) => (
            <li key={`${where} ${message}`} className={`tsm-Page-box tsm-mod-${level}`}>
              {message}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
