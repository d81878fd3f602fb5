import type { TranslationBundle } from '@jupyterlab/translation';
import { useEffect, useRef, useState } from 'react';
import { ExprError, type Schema } from '../../expr';
import type { IColumnInfo } from '../../table/source';
import { axisOf } from './matching';

export interface IAxisChoiceProps {
  readonly trans: TranslationBundle;
  readonly label: string;
  /** Columns that both samples have. */
  readonly columns: readonly IColumnInfo[];
  readonly schema: Schema;
  readonly value: string | null;
  readonly onChange: (axis: string) => void;
}

const EXPRESSION = '\u0000expression';

/** Choose a column, or type an expression of several. */
export function AxisChoice(props: IAxisChoiceProps): JSX.Element {
  const { trans, label, columns, schema, value, onChange } = props;
  const [draft, setDraft] = useState<string | null>(null);
  const [error, setError] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const typing = draft !== null;
  useEffect(() => {
    if (typing) {
      input.current?.focus();
      input.current?.select();
    }
  }, [typing]);

  const leave = () => {
    setDraft(null);
    setError(null);
  };
  const apply = () => {
    try {
      onChange(axisOf(draft!, schema));
      leave();
    } catch (reason) {
      if (!(reason instanceof ExprError)) {
        throw reason;
      }
      setError([reason.message, reason.remedy].filter(Boolean).join(' '));
    }
  };
  if (typing) {
    return (
      <input
        ref={input}
        className={`tsm-Compare-axis${error !== null ? ' tsm-mod-wrong' : ''}`}
        type="text"
        spellCheck={false}
        aria-label={trans.__('%1: an expression', label)}
        aria-invalid={error !== null}
        title={error ?? trans.__('Enter shows it, Escape leaves it as it was')}
        placeholder="g_mag - i_mag"
        value={draft}
        onChange={event => {
          setDraft(event.target.value);
          setError(null);
        }}
        onBlur={leave}
        onKeyDown={event => {
          if (event.key === 'Enter') {
            apply();
          } else if (event.key === 'Escape') {
            event.stopPropagation();
            leave();
          }
        }}
      />
    );
  }
  const isColumn = columns.some(({ name }) => name === value);
  return (
    <select
      className="tsm-ColumnSelect"
      aria-label={label}
      title={label}
      value={value ?? ''}
      onChange={event =>
        event.target.value === EXPRESSION
          ? setDraft(isColumn || value === null ? '' : value)
          : onChange(event.target.value)
      }
    >
      {value === null && <option value="">{label}</option>}
      {value !== null && !isColumn && <option value={value}>{value}</option>}
      {columns.map(({ name, unit }) => (
        <option key={name} value={name}>
          {unit ? `${name} (${unit})` : name}
        </option>
      ))}
      <option value={EXPRESSION}>{trans.__('an expression…')}</option>
    </select>
  );
}
