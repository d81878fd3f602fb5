import type { TranslationBundle } from '@jupyterlab/translation';
import { useRef, type ReactNode } from 'react';
import { formatCount } from '../ui';
import { LiveText, useAtMost, useRest } from '../ui/live';
import { ConditionField } from './ConditionField';
import type { ExplorerModel } from './model';

export interface IConditionBarProps {
  readonly model: ExplorerModel;
  readonly trans: TranslationBundle;
  readonly children?: ReactNode;
}

const READ = 80;
/** How long a count is at rest before it is said aloud, in ms. */
const REST = 700;

/** The condition on the rows, and how many pass it. */
export function ConditionBar({ model, trans, children }: IConditionBarProps): JSX.Element {
  const { selection } = model;
  // a moving brush needs no text that changes faster than it can be read
  useAtMost(READ, selection.changed);
  const { error } = selection;
  return (
    <ConditionField
      trans={trans}
      selection={selection}
      label={trans.__('condition')}
      placeholder={trans.__('e.g. redshift BETWEEN 0.2 AND 0.9')}
      clearing={trans.__('Select all rows')}
      state={<PassedCount model={model} trans={trans} />}
      errorNote={
        error !== null && (
          <span className="tsm-Condition-where">{trans.__('(at character %1)', error.position + 1)}</span>
        )
      }
    >
      {children}
    </ConditionField>
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
