import type { TranslationBundle } from '@jupyterlab/translation';
import { useEffect, useId, useRef, useState, type ReactNode } from 'react';
import { formatCount } from '../../ui/format';
import { useSignal } from '../../ui/hooks';
import type { CompareModel } from './model';
import { LETTERS, SIDES } from './samples';

const TYPING = 350;

/** The condition on both samples: brushes write it, and what is typed moves the brushes. */
export function RestrictBar({
  model,
  trans,
  children
}: {
  readonly model: CompareModel;
  readonly trans: TranslationBundle;
  readonly children?: ReactNode;
}): JSX.Element {
  const { selection } = model;
  useSignal(model.changed, model.counted, selection.changed);
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
  const { result } = model;
  return (
    <div className="tsm-Condition">
      <div className="tsm-Condition-line">
        <label htmlFor={id}>{trans.__('both restricted to')}</label>
        <input
          id={id}
          className={`tsm-Condition-text${error !== null ? ' tsm-mod-wrong' : ''}`}
          type="text"
          spellCheck={false}
          autoComplete="off"
          placeholder={trans.__('all rows; e.g. i_mag < 24')}
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
            title={trans.__('Compare all rows of both')}
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
          {error === null && result !== null && result.where !== ''
            ? SIDES.map(side =>
                trans.__(
                  '%1: %2 of %3',
                  LETTERS[side],
                  formatCount(result.passed[side]),
                  formatCount(model.rows(side) ?? 0)
                )
              ).join(' · ')
            : null}
        </span>
        {children}
      </div>
      {error !== null && (
        <div className="tsm-Condition-error" role="alert">
          {error.message} {error.remedy}{' '}
          {!model.single && trans.__('The names are those of A, of columns that B has too.')}
        </div>
      )}
    </div>
  );
}
