import type { TranslationBundle } from '@jupyterlab/translation';
import { Trouble } from '../../ui';
import type { ExplorerModel } from '../model';

export interface IOpenTroubleProps {
  readonly model: ExplorerModel;
  readonly trans: TranslationBundle;
}

/** A row that was asked for by its id and could not be opened. */
export function OpenTrouble({ model: { why }, trans }: IOpenTroubleProps): JSX.Element | null {
  const said = why.openTrouble;
  return said === null ? null : (
    <Trouble
      title={trans.__('The row could not be opened.')}
      actions={[{ label: trans.__('Try again'), run: () => void why.open(said.rowId) }]}
    >
      {said.message} {said.remedy}
    </Trouble>
  );
}
