import type { TranslationBundle } from '@jupyterlab/translation';
import { useState } from 'react';
import type { Range } from '../table/selection';
import { draftOf, readRange, type Draft } from './bounds';
import '../../style/fields.css';

export interface ITypedRangeProps {
  readonly trans: TranslationBundle;
  readonly name: string;
  readonly range: Range | null;
  readonly onRange: (range: Range | null) => void;
}

/** The range that is selected, typed. An empty bound is none. */
export function TypedRange({ trans, name, range, onRange }: ITypedRangeProps): JSX.Element {
  const [draft, setDraft] = useState<Draft | null>(null);
  const shown = draft ?? draftOf(range);
  const read = readRange(shown);
  const wrong = read === 'number' || read === 'order';
  const apply = () => {
    if (draft !== null && !wrong) {
      setDraft(null);
      onRange(read);
    }
  };
  const input = (label: string, place: 0 | 1) => (
    <input
      type="text"
      className="tsm-Input tsm-mod-code"
      inputMode="decimal"
      aria-label={label}
      aria-invalid={draft !== null && wrong}
      placeholder={place === 0 ? trans.__('from') : trans.__('to')}
      value={shown[place]}
      onChange={event =>
        setDraft(place === 0 ? [event.target.value, shown[1]] : [shown[0], event.target.value])
      }
      onBlur={apply}
      onKeyDown={event => {
        if (event.key === 'Enter') {
          apply();
        } else if (event.key === 'Escape' && draft !== null) {
          event.stopPropagation();
          setDraft(null);
        }
      }}
    />
  );
  return (
    <div className="tsm-Profile-bounds" role="group" aria-label={trans.__('Range of %1', name)}>
      {input(trans.__('%1 from', name), 0)} – {input(trans.__('%1 to', name), 1)}
      <button
        type="button"
        className="tsm-Button"
        disabled={range === null && draft === null}
        onClick={() => {
          setDraft(null);
          onRange(null);
        }}
      >
        {trans.__('Clear')}
      </button>
    </div>
  );
}
