import { nullTranslator, type TranslationBundle } from '@jupyterlab/translation';

let current: TranslationBundle | null = null;

/** The words of the page's language; the application gives them before the first view is made. */
export function setBundle(trans: TranslationBundle): void {
  current = trans;
}

export function bundle(): TranslationBundle {
  return current ?? nullTranslator.load('tsm');
}
