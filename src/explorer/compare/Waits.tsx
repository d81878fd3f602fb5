import type { TranslationBundle } from '@jupyterlab/translation';
import { Loading } from '../../ui/states';
import type { CompareModel } from './model';

/** What stands in a plot that has no counts: a column to choose, trouble, or what it waits for. */
export function Waits({
  model,
  trans,
  chosen,
  why
}: {
  readonly model: CompareModel;
  readonly trans: TranslationBundle;
  /** Whether it is known what to show. */
  readonly chosen: boolean;
  /** In place of the words that ask for a column. */
  readonly why?: string;
}): JSX.Element {
  if (!chosen) {
    return (
      <div className="tsm-View-choose">
        {why ?? trans.__('Choose a column above: it is not known which one to show, or not both have it.')}
      </div>
    );
  }
  if (model.trouble !== null) {
    return <div className="tsm-View-choose">{trans.__('Not drawn: see the message above.')}</div>;
  }
  return <Loading label={trans.__('Counting…')} />;
}
