import type { TranslationBundle } from '@jupyterlab/translation';
import { useEffect, useId, useRef, useState } from 'react';
import { formatCount } from '../ui';
import { LiveText, useAtMost, useRest } from '../ui/live';
import type { ExplorerModel } from './model';

export interface IConditionBarProps {
  readonly model: ExplorerModel;
  readonly trans: TranslationBundle;
  readonly children?: React.ReactNode;
}

const TYPING = 350;
const READ = 80;
/** How long a count is at rest before it is said aloud, in ms. */
const REST = 700;

/** The condition as text: brushes write it, and what is typed moves the brushes. */
export function ConditionBar({ model, trans, children }: IConditionBarProps): JSX.Element {
  // a moving brush needs no text that changes faster than it can be read
  useAtMost(READ, model.selection.changed);
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
        <span className="tsm-Condition-state" id={`${id}-state`}>
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

/** How many rows pass, and how many don't: with every count for the eye, at rest for a screen reader. */
function PassedCount({ model, trans }: { model: ExplorerModel; trans: TranslationBundle }): JSX.Element {
  const said = useRef<HTMLSpanElement>(null);
  const rows = model.info?.rows ?? 0;
  const last = useRef('');
  const read = () => (last.current = passedText(model, trans) ?? last.current);
  useRest(
    () => {
      if (said.current !== null) {
        // after a rest without an answer, the old number would be a lie
        said.current.textContent = passedText(model, trans) ?? trans.__('counting…');
      }
    },
    REST,
    model.counted,
    model.changed,
    model.selection.changed
  );
  return (
    <>
      <LiveText
        className="tsm-Condition-count"
        width={`${Math.ceil(0.9 * counts(trans, rows, rows).length)}ch`}
        on={[model.counted, model.changed, model.selection.changed]}
        read={read}
      />
      <span ref={said} className="tsm-hidden" role="status" />
    </>
  );
}

/** Null while it is not known. */
function passedText(model: ExplorerModel, trans: TranslationBundle): string | null {
  const rows = model.info?.rows ?? 0;
  const { passed } = model;
  if (passed === null) {
    return model.plotTrouble === null ? null : '';
  }
  return model.selection.where === ''
    ? trans._n('%2 row', '%2 rows', rows, formatCount(rows))
    : counts(trans, passed, rows);
}

function counts(trans: TranslationBundle, passed: number, rows: number): string {
  return trans.__(
    '%1 of %2 rows · %3 left out',
    formatCount(passed),
    formatCount(rows),
    formatCount(Math.max(0, rows - passed))
  );
}
