import type { TranslationBundle } from '@jupyterlab/translation';

import type { Confidence, IFact } from '../../api';
import { Chip } from '../../ui/chip';
import { confidenceWords, factNote } from './words';

export interface IMarkProps {
  readonly confidence: Confidence;
  readonly trans: TranslationBundle;
  /** Say it of facts that others rely on too, not only of unverified ones. */
  readonly all?: boolean;
}

/** How far a fact can be trusted, where that is not to the end. */
export function Mark({ confidence, trans, all = false }: IMarkProps): JSX.Element | null {
  const words = confidenceWords(confidence, trans);
  return words === null || (!all && confidence !== 'unverified') ? null : (
    <Chip kind={words.kind} title={words.title}>
      {words.label}
    </Chip>
  );
}

/** A fact with its mark, and what else is known of it below. */
export function Fact({
  fact,
  text,
  trans
}: {
  readonly fact: IFact;
  readonly text: string;
  readonly trans: TranslationBundle;
}): JSX.Element {
  return (
    <span title={factNote(fact, trans) || undefined}>
      {text} <Mark confidence={fact.confidence} trans={trans} all />
      {fact.note && <span className="tsm-mod-muted tsm-Registry-note"> {fact.note}</span>}
    </span>
  );
}
