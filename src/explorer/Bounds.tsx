import type { TranslationBundle } from '@jupyterlab/translation';
import { useId, useRef, useState } from 'react';
import type { Range } from '../table/selection';
import { draftOf, readRange, type Draft } from './bounds';
import type { ExplorerModel } from './model';
import '../../style/fields.css';

export interface IBoundsProps {
  readonly model: ExplorerModel;
  readonly trans: TranslationBundle;
  readonly axes: readonly {
    readonly axis: string;
    readonly label: string;
    /** Angles that pass 360: the lower bound may be the larger number. */
    readonly round?: boolean;
  }[];
}

/** The bounds of a plot's brush as numbers, to be typed exactly. */
export function Bounds(props: IBoundsProps): JSX.Element {
  const { trans } = props;
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  return (
    <>
      <button
        ref={button}
        type="button"
        className="tsm-View-switch"
        aria-expanded={open}
        title={trans.__('Type the bounds of the selection')}
        onClick={() => setOpen(!open)}
      >
        {trans.__('bounds')}
      </button>
      {open && (
        <BoundsForm
          {...props}
          onClose={() => {
            setOpen(false);
            button.current?.focus();
          }}
        />
      )}
    </>
  );
}

function BoundsForm({ model, trans, axes, onClose }: IBoundsProps & { onClose: () => void }): JSX.Element {
  const { selection } = model;
  const id = useId();
  const [drafts, setDrafts] = useState<Draft[]>(() => axes.map(({ axis }) => draftOf(selection.range(axis))));
  const [error, setError] = useState<string | null>(null);
  const apply = () => {
    const ranges = drafts.map((draft, i) => readRange(draft, axes[i].round));
    if (ranges.includes('number')) {
      setError(trans.__('Type a number, or leave it empty for no bound.'));
    } else if (ranges.includes('order')) {
      setError(trans.__('The lower bound is above the upper one.'));
    } else {
      selection.setRanges(axes.map(({ axis }, i) => [axis, ranges[i] as Range | null] as const));
      onClose();
    }
  };
  const change = (i: number, side: 0 | 1, text: string) => {
    setError(null);
    setDrafts(old =>
      old.map((draft, j) => (j !== i ? draft : side === 0 ? [text, draft[1]] : [draft[0], text]))
    );
  };
  return (
    <form
      className="tsm-Bounds"
      aria-label={trans.__('Bounds of the selection')}
      noValidate
      onSubmit={event => {
        event.preventDefault();
        apply();
      }}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          onClose();
        }
      }}
    >
      {axes.map(({ axis, label }, i) => (
        <fieldset key={axis}>
          <legend>{label}</legend>
          {([0, 1] as const).map(side => (
            <input
              key={side}
              type="text"
              className="tsm-Input tsm-mod-code"
              inputMode="decimal"
              autoComplete="off"
              autoFocus={i === 0 && side === 0}
              aria-label={side === 0 ? trans.__('%1 from', label) : trans.__('%1 to', label)}
              aria-describedby={error === null ? undefined : id}
              placeholder={side === 0 ? trans.__('from') : trans.__('to')}
              value={drafts[i][side]}
              onChange={event => change(i, side, event.target.value)}
            />
          ))}
        </fieldset>
      ))}
      {error !== null && (
        <p id={id} role="alert">
          {error}
        </p>
      )}
      <div className="tsm-Bounds-actions">
        <button type="submit" className="tsm-Button">
          {trans.__('Select')}
        </button>
        <button
          type="button"
          className="tsm-Button"
          onClick={() => {
            selection.setRanges(axes.map(({ axis }) => [axis, null] as const));
            onClose();
          }}
        >
          {trans.__('All')}
        </button>
      </div>
    </form>
  );
}
