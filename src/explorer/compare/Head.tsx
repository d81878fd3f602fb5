import type { TranslationBundle } from '@jupyterlab/translation';
import { useState, type ReactNode } from 'react';
import { formatCount } from '../../ui/format';
import { useSignal } from '../../ui/hooks';
import type { CompareModel } from './model';
import { SampleEditor } from './SampleEditor';
import { LETTERS, SIDES, type ITableHandle, type Side } from './samples';

export interface IHeadProps {
  readonly model: CompareModel;
  readonly trans: TranslationBundle;
  readonly colours: readonly [string, string];
  readonly chooseTable?: () => Promise<ITableHandle | null>;
  /** Whether the samples are to be chosen at first. */
  readonly choosing: boolean;
  readonly children?: ReactNode;
}

/** Both samples: what they are, how many rows; turn them round, or choose others. */
export function Head({ model, trans, colours, chooseTable, choosing, children }: IHeadProps): JSX.Element {
  useSignal(model.changed, model.counted, model.samplesChanged);
  const [open, setOpen] = useState(choosing);
  const complete = SIDES.every(side => model.samples[side] !== null);
  const wrong = SIDES.some(side => model.problem(side) !== null);
  const editing = open || !complete || wrong;
  return (
    <>
      <div className="tsm-Explorer-head tsm-Compare-head">
        <h2>{trans.__('Compare')}</h2>
        <Card model={model} trans={trans} side={0} colour={colours[0]} />
        <button
          type="button"
          className="tsm-Button tsm-Compare-swap"
          disabled={!complete || wrong || model.loading}
          title={trans.__('Turn A and B round')}
          aria-label={trans.__('Turn A and B round')}
          onClick={() => void model.swap()}
        >
          ⇄
        </button>
        <Card model={model} trans={trans} side={1} colour={colours[1]} />
        <button
          type="button"
          className="tsm-Button"
          aria-expanded={editing}
          disabled={!complete || wrong}
          onClick={() => setOpen(!open)}
        >
          {trans.__('Change…')}
        </button>
        <span className="tsm-Explorer-space" />
        {children}
      </div>
      {editing && (
        <div className="tsm-Compare-editors">
          {SIDES.map(side => (
            <SampleEditor key={side} model={model} trans={trans} side={side} chooseTable={chooseTable} />
          ))}
        </div>
      )}
    </>
  );
}

function Card({
  model,
  trans,
  side,
  colour
}: {
  readonly model: CompareModel;
  readonly trans: TranslationBundle;
  readonly side: Side;
  readonly colour: string;
}): JSX.Element {
  const sample = model.samples[side];
  const info = model.info(side);
  const rows = model.rows(side);
  const label = model.label(side);
  return (
    <span className="tsm-Compare-card" role="group" aria-label={trans.__('Sample %1', LETTERS[side])}>
      <span
        className={`tsm-Compare-letter${side === 1 ? ' tsm-mod-line' : ''}`}
        style={{ borderColor: colour, background: side === 0 ? colour : undefined }}
      >
        {LETTERS[side]}
      </span>
      {sample === null ? (
        <span className="tsm-Explorer-muted">{trans.__('not chosen yet')}</span>
      ) : (
        <>
          <strong title={sample.condition === '' ? undefined : sample.condition}>{label}</strong>
          {rows !== null && (
            <span className="tsm-Compare-rows">{trans._n('%2 row', '%2 rows', rows, formatCount(rows))}</span>
          )}
          {info !== null && !label.startsWith(info.name) && (
            <span className="tsm-Explorer-muted tsm-Compare-of" title={info.path ?? info.name}>
              {info.name}
            </span>
          )}
        </>
      )}
    </span>
  );
}
