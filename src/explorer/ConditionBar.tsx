import type { TranslationBundle } from '@jupyterlab/translation';
import { useEffect, useId, useRef, useState } from 'react';
import { formatCount, formatShare, useSignal } from '../ui';
import type { ExplorerModel } from './model';

export interface IConditionBarProps {
  readonly model: ExplorerModel;
  readonly trans: TranslationBundle;
  readonly children?: React.ReactNode;
}

const TYPING = 350;

/** The condition as text: brushes write it, and what is typed moves the brushes. */
export function ConditionBar({ model, trans, children }: IConditionBarProps): JSX.Element {
  useSignal(model.changed, model.selection.changed);
  const { selection } = model;
  const id = useId();
  const [draft, setDraft] = useState<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  useEffect(() => () => clearTimeout(timer.current), []);

  const apply = (text: string) => {
    clearTimeout(timer.current);
    if (text !== selection.text) {
      selection.setText(text);
    }
  };
  const { error } = selection;
  const text = draft ?? selection.text;
  return (
    <div className="tsm-Condition">
      <div className="tsm-Condition-line">
        <label htmlFor={id}>{trans.__('condition')}</label>
        <input
          id={id}
          className={`tsm-Condition-text${error !== null ? ' tsm-mod-wrong' : ''}`}
          type="text"
          spellCheck={false}
          autoComplete="off"
          placeholder={trans.__('e.g. redshift BETWEEN 0.2 AND 0.9')}
          value={text}
          aria-invalid={error !== null}
          aria-describedby={`${id}-state`}
          onChange={event => {
            const next = event.target.value;
            setDraft(next);
            clearTimeout(timer.current);
            timer.current = setTimeout(() => apply(next), TYPING);
          }}
          onBlur={() => {
            apply(text);
            setDraft(null);
          }}
          onKeyDown={event => {
            if (event.key === 'Enter') {
              apply(text);
              setDraft(null);
            } else if (event.key === 'Escape' && text !== '') {
              event.stopPropagation();
              setDraft(null);
              apply('');
            }
          }}
        />
        {text !== '' && (
          <button
            type="button"
            className="tsm-Condition-clear"
            title={trans.__('Select all rows')}
            aria-label={trans.__('Clear the condition')}
            onClick={() => {
              setDraft(null);
              apply('');
            }}
          >
            ×
          </button>
        )}
        <span className="tsm-Condition-state" id={`${id}-state`} aria-live="polite">
          {error === null ? <PassedCount model={model} trans={trans} /> : null}
        </span>
        {children}
      </div>
      {error !== null && (
        <div className="tsm-Condition-error" role="alert">
          {error.message} {error.remedy}{' '}
          <span className="tsm-Condition-where">{trans.__('(at character %1)', error.position + 1)}</span>
        </div>
      )}
    </div>
  );
}

function PassedCount({ model, trans }: { model: ExplorerModel; trans: TranslationBundle }): JSX.Element {
  const rows = model.info?.rows ?? 0;
  const { passed } = model;
  if (passed === null) {
    return <>{model.plotTrouble === null ? trans.__('counting…') : ''}</>;
  }
  if (model.selection.where === '') {
    return <>{trans._n('%2 row', '%2 rows', rows, formatCount(rows))}</>;
  }
  return (
    <>
      <strong>{trans.__('%1 of %2 rows', formatCount(passed), formatCount(rows))}</strong>{' '}
      <span className="tsm-Condition-share">{formatShare(passed, rows)}</span>
    </>
  );
}
