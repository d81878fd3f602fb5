import type { TranslationBundle } from '@jupyterlab/translation';
import { useEffect, useId, useRef, useState, type ReactNode } from 'react';
import type { Selection } from '../table/selection';
import '../../style/fields.css';

export interface IConditionFieldProps {
  readonly trans: TranslationBundle;
  readonly selection: Selection;
  readonly label: string;
  readonly placeholder: string;
  /** What clearing the condition does, in words. */
  readonly clearing: string;
  /** What follows from the condition; not shown while there is an error. */
  readonly state: ReactNode;
  /** What is known besides of what is wrong. */
  readonly errorNote?: ReactNode;
  /** What can be done with the condition. */
  readonly children?: ReactNode;
}

/** How long the typing rests before the condition is applied, in ms. */
const TYPING = 350;

/**
 * The condition as text: brushes write it, and what is typed moves the brushes. It renders with whoever shows it, who
 * follows the selection.
 */
export function ConditionField(props: IConditionFieldProps): JSX.Element {
  const { trans, selection, label, placeholder, clearing, state, errorNote, children } = props;
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
  const settle = (text: string) => {
    apply(text);
    setDraft(null);
  };
  const { error } = selection;
  const text = draft ?? selection.text;
  return (
    <div className="tsm-Condition">
      <div className="tsm-Condition-line">
        <label htmlFor={id}>{label}</label>
        <input
          id={id}
          className="tsm-Input tsm-Condition-text"
          type="text"
          spellCheck={false}
          autoComplete="off"
          placeholder={placeholder}
          value={text}
          aria-invalid={error !== null}
          aria-describedby={`${id}-state`}
          onChange={event => {
            const next = event.target.value;
            setDraft(next);
            clearTimeout(timer.current);
            timer.current = setTimeout(() => apply(next), TYPING);
          }}
          onBlur={() => settle(text)}
          onKeyDown={event => {
            if (event.key === 'Enter') {
              settle(text);
            } else if (event.key === 'Escape' && text !== '') {
              event.stopPropagation();
              settle('');
            }
          }}
        />
        {text !== '' && (
          <button
            type="button"
            className="tsm-Condition-clear"
            title={clearing}
            aria-label={trans.__('Clear the condition')}
            onClick={() => settle('')}
          >
            ×
          </button>
        )}
        <span className="tsm-Condition-state" id={`${id}-state`}>
          {error === null ? state : null}
        </span>
        {children}
      </div>
      {error !== null && (
        <div className="tsm-Condition-error" role="alert">
          {error.message} {error.remedy} {errorNote}
        </div>
      )}
    </div>
  );
}
