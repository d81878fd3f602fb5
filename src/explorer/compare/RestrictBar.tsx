import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReactNode } from 'react';
import { formatCount } from '../../ui/format';
import { useSignal } from '../../ui/hooks';
import { ConditionField } from '../ConditionField';
import type { CompareModel } from './model';
import { LETTERS, SIDES } from './samples';

export interface IRestrictBarProps {
  readonly model: CompareModel;
  readonly trans: TranslationBundle;
  readonly children?: ReactNode;
}

/** The condition on both samples, and how many rows of each pass it. */
export function RestrictBar({ model, trans, children }: IRestrictBarProps): JSX.Element {
  const { selection, result } = model;
  useSignal(model.changed, model.counted, selection.changed);
  const passed =
    result === null || result.where === ''
      ? null
      : SIDES.map(side =>
          trans.__(
            '%1: %2 of %3',
            LETTERS[side],
            formatCount(result.passed[side]),
            formatCount(model.rows(side) ?? 0)
          )
        ).join(' · ');
  return (
    <ConditionField
      trans={trans}
      selection={selection}
      label={trans.__('both restricted to')}
      placeholder={trans.__('all rows; e.g. i_mag < 24')}
      clearing={trans.__('Compare all rows of both')}
      state={<span aria-live="polite">{passed}</span>}
      errorNote={!model.single && trans.__('The names are those of A, of columns that B has too.')}
    >
      {children}
    </ConditionField>
  );
}
