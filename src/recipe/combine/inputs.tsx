/** Small inputs that the fields of combine share. */
import { useEffect, useState } from 'react';

export interface INumberInputProps {
  readonly label: string;
  readonly value: number | null | undefined;
  readonly disabled?: boolean;
  readonly min?: number;
  readonly step?: number;
  readonly placeholder?: string;
  /** Null when the field was emptied. */
  readonly onChange: (value: number | null) => void;
}

/** A number that may be half-typed (`0.`): only what is a number is handed on. */
export function NumberInput(props: INumberInputProps): JSX.Element {
  const { label, value, disabled, min, step, placeholder, onChange } = props;
  const shown = value === null || value === undefined ? '' : String(value);
  const [text, setText] = useState(shown);
  useEffect(() => {
    setText(old => (old.trim() !== '' && shown !== '' && Number(old) === Number(shown) ? old : shown));
  }, [shown]);
  return (
    <input
      className="jp-mod-styled"
      type="number"
      aria-label={label}
      value={text}
      min={min}
      step={step ?? 'any'}
      placeholder={placeholder}
      disabled={disabled}
      onChange={event => {
        if (event.target.validity.badInput) {
          return; // half typed, such as "1e": not emptied
        }
        setText(event.target.value);
        const number = event.target.value.trim() === '' ? null : Number(event.target.value);
        if ((number === null || Number.isFinite(number)) && number !== (value ?? null)) {
          onChange(number);
        }
      }}
    />
  );
}

export interface ITextInputProps {
  readonly label: string;
  readonly value: string;
  readonly disabled?: boolean;
  readonly list?: string;
  readonly placeholder?: string;
  readonly monospace?: boolean;
  /** It takes one thing after another: what was handed on does not stay. */
  readonly clears?: boolean;
  readonly onCommit: (text: string) => void;
}

/** Text that is handed on when the field is left or Enter is pressed. */
export function TextInput(props: ITextInputProps): JSX.Element {
  const { label, value, disabled, list, placeholder, monospace, clears, onCommit } = props;
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const commit = () => {
    if (text.trim() !== value) {
      onCommit(text.trim());
      if (clears) {
        setText('');
      }
    }
  };
  return (
    <input
      className={`jp-mod-styled${monospace ? ' tsm-mod-code' : ''}`}
      type="text"
      aria-label={label}
      value={text}
      list={list}
      placeholder={placeholder}
      disabled={disabled}
      spellCheck={false}
      onChange={event => setText(event.target.value)}
      onBlur={commit}
      onKeyDown={event => {
        if (event.key === 'Enter') {
          event.preventDefault();
          commit();
        }
      }}
    />
  );
}

export interface IIconProps {
  readonly label: string;
  readonly sign: string;
  readonly disabled?: boolean;
  readonly onClick: () => void;
}

export function IconButton({ label, sign, disabled, onClick }: IIconProps): JSX.Element {
  return (
    <button
      type="button"
      className="tsm-IconButton"
      aria-label={label}
      title={label}
      disabled={disabled}
      onClick={onClick}
    >
      {sign}
    </button>
  );
}
