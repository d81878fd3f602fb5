import type { TranslationBundle } from '@jupyterlab/translation';
import { useState } from 'react';
import type { Range } from '../table/selection';

export interface ITypedRangeProps {
  readonly trans: TranslationBundle;
  readonly name: string;
  readonly range: Range | null;
  readonly onRange: (range: Range | null) => void;
}

/** The range that is selected, typed. An empty bound is none. */
export function TypedRange({ trans, name, range, onRange }: ITypedRangeProps): JSX.Element {
  const said = (bound: number | undefined) =>
    bound === undefined || !Number.isFinite(bound) ? '' : String(bound);
  const [draft, setDraft] = useState<readonly [string, string] | null>(null);
  const [low, high] = draft ?? [said(range?.[0]), said(range?.[1])];
  const numbers = [low.trim() === '' ? -Infinity : Number(low), high.trim() === '' ? Infinity : Number(high)];
  const wrong = numbers.some(Number.isNaN) || numbers[0] > numbers[1];
  const apply = () => {
    if (draft !== null && !wrong) {
      setDraft(null);
      onRange(numbers[0] === -Infinity && numbers[1] === Infinity ? null : [numbers[0], numbers[1]]);
    }
  };
  const input = (label: string, place: 0 | 1) => (
    <input
      type="text"
      inputMode="decimal"
      aria-label={label}
      aria-invalid={wrong}
      placeholder={place === 0 ? trans.__('from') : trans.__('to')}
      value={place === 0 ? low : high}
      onChange={event => setDraft(place === 0 ? [event.target.value, high] : [low, event.target.value])}
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
