import { type ITranslator, nullTranslator, type TranslationBundle } from '@jupyterlab/translation';

/** Our words in the user's language. */
export function wordsOf(translator: ITranslator | null): TranslationBundle {
  return (translator ?? nullTranslator).load('tsm');
}
