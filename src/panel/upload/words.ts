/** What an upload does, and what it failed with, in words. */
import type { TranslationBundle } from '@jupyterlab/translation';

import { formatBytes } from '../../ui/format';
import { type ITrouble, troubleOf } from '../section';
import { type IProgress, SendTrouble } from './send';

export function troubleWords(error: unknown, trans: TranslationBundle): ITrouble {
  if (error instanceof SendTrouble) {
    switch (error.code) {
      case 'too-large':
        return {
          message: trans.__('The copy %1 is still larger than the server takes.', error.message),
          remedy: trans.__('Leave out more columns, then send it again.')
        };
      case 'look':
        return {
          message: trans.__('The server has read the file, which could not be opened here.'),
          remedy: trans.__('Look at what its columns are taken for, then go on.')
        };
      case 'mandatory':
        return {
          message: trans.__('The server read the file; which of its columns are %1?', error.message),
          remedy: trans.__('Choose them among the columns, then go on.')
        };
      case 'stopped':
        return {
          message: trans.__('The sending of %1 broke off.', error.message),
          remedy: trans.__('Go on: what the server has already is not sent again.')
        };
    }
  }
  return troubleOf(error);
}

export function progressWords(progress: IProgress, trans: TranslationBundle): string {
  const { stage, file = '', done = 0, total } = progress;
  switch (stage) {
    case 'copy':
      return trans.__('Writing the copy …');
    case 'create':
      return trans.__('Making the product …');
    case 'file':
      return total === undefined
        ? trans.__('Sending %1 …', file)
        : done >= total
          ? trans.__('%1 is sent; the server stores it …', file)
          : trans.__('Sending %1: %2 of %3', file, formatBytes(done), formatBytes(total));
    case 'read':
      return trans.__('The server reads the main file …');
    case 'columns':
      return trans.__('Saying what the columns mean: %1 of %2', done, total ?? 0);
    case 'publish':
      return trans.__('Publishing …');
  }
}
