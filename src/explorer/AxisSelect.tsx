import type { TranslationBundle } from '@jupyterlab/translation';
import { useId, useState } from 'react';
import type { Schema } from '../expr';
import type { IColumnInfo } from '../table/source';
import { axisText, readAxis, type ReadAxis } from './axis';
import '../../style/fields.css';

export interface IAxisSelectProps {
  readonly trans: TranslationBundle;
  readonly label: string;
  /** Columns to choose from; an expression may read any. */
  readonly columns: readonly IColumnInfo[];
  readonly schema: Schema;
  readonly value: string | null;
  readonly onChange: (axis: string) => void;
}

const EXPRESSION = '\0expression';

/** Choose what a plot shows along one side: a column, or a typed expression of columns. */
export function AxisSelect(props: IAxisSelectProps): JSX.Element {
  const { trans, label, columns, schema, value, onChange } = props;
  const [typed, setTyped] = useState<string | null>(null);
  const [error, setError] = useState<string | null>(null);
  const id = useId();
  if (typed !== null) {
    const close = () => {
      setTyped(null);
      setError(null);
    };
    const apply = () => {
      const read = readAxis(typed, schema);
      if (typed.trim() === '') {
        close();
      } else if ('axis' in read) {
        close();
        if (read.axis !== value) {
          onChange(read.axis);
        }
      } else {
        setError(wordsOf(trans, read));
      }
    };
    return (
      <span className="tsm-Axis">
        <input
          className="tsm-Input tsm-mod-code tsm-Axis-text"
          type="text"
          autoFocus
          spellCheck={false}
          autoComplete="off"
          aria-label={trans.__('%1: an expression', label)}
          aria-invalid={error !== null}
          aria-describedby={error === null ? undefined : id}
          placeholder={trans.__('e.g. g_mag - i_mag')}
          value={typed}
          onChange={event => setTyped(event.target.value)}
          onFocus={event => event.target.select()}
          onBlur={() => (error === null ? apply() : close())}
          onKeyDown={event => {
            if (event.key === 'Enter') {
              apply();
            } else if (event.key === 'Escape') {
              event.stopPropagation();
              close();
            }
          }}
        />
        {error !== null && (
          <span id={id} className="tsm-Axis-error" role="alert">
            {error}
          </span>
        )}
      </span>
    );
  }
  const isColumn = columns.some(({ name }) => name === value);
  return (
    <select
      className="tsm-ColumnSelect"
      aria-label={label}
      title={value === null ? label : `${label}: ${value}`}
      value={value ?? ''}
      onChange={event => {
        const next = event.target.value;
        if (next === EXPRESSION) {
          setTyped(value === null ? '' : axisText(columns, value));
        } else if (next !== '') {
          onChange(next);
        }
      }}
    >
      {value === null && <option value="">{label}</option>}
      {value !== null && !isColumn && <option value={value}>{value}</option>}
      <option value={EXPRESSION}>{trans.__('expression…')}</option>
      {columns.map(({ name, unit }) => (
        <option key={name} value={name}>
          {unit ? `${name} (${unit})` : name}
        </option>
      ))}
    </select>
  );
}

function wordsOf(trans: TranslationBundle, { error }: Extract<ReadAxis, { error: unknown }>): string {
  switch (error) {
    case 'text':
      return trans.__('This is text; an axis needs numbers.');
    case 'condition':
      return trans.__('This is true or false; an axis needs numbers, such as g_mag - i_mag.');
    case 'constant':
      return trans.__('This names no column.');
    default:
      return [error.message, error.remedy].filter(Boolean).join(' ');
  }
}
