/** A product's states and properties in words. */
import type { TranslationBundle } from '@jupyterlab/translation';

import { type IProduct, type IProductFile, type IRelease, ROLE, STATUS } from '../../api';
import type { ChipKind } from '../../ui/chip';

/** Types whose main file is a table. */
const TABLES = ['redshift_catalog', 'training_set', 'object_catalog'];

/** Types whose main file can be an input of a recipe. */
const INPUTS = ['redshift_catalog', 'training_set'];

export function isTabular({ type }: Pick<IProduct, 'type'>): boolean {
  return TABLES.includes(type);
}

/** Whether products of a type may have a release, and whether they may name a photo-z code. */
export function takesRelease(type: string): boolean {
  return type !== 'redshift_catalog';
}

export function takesCode(type: string): boolean {
  return !['redshift_catalog', 'training_set', 'training_results'].includes(type);
}

export function isInput({ type, status }: IProduct): boolean {
  return INPUTS.includes(type) && status === STATUS.published;
}

/** Whether its upload was begun and not finished: it may have stopped at a main file that could not be read. */
export function unfinished({ status, processId }: IProduct): boolean {
  return processId === null && (status === STATUS.draft || status === STATUS.failed);
}

/** Whether the explorer can open it: a table, published, or a file in which the server counted rows. */
export function opens(product: IProduct, main: IProductFile | null): boolean {
  return product.status === STATUS.published && (isTabular(product) || typeof main?.rows === 'number');
}

export interface IState {
  readonly kind: ChipKind;
  readonly label: string;
  /** What one should know about it. */
  readonly note?: string;
}

/** Its state; the process is asked too, because the product's own status can stay behind. */
export function stateOf(product: IProduct, files: number, trans: TranslationBundle): IState {
  switch (product.status) {
    case STATUS.published:
      return { kind: 'good', label: trans.__('Published') };
    case STATUS.draft:
      return {
        kind: 'warning',
        label: trans.__('Draft'),
        note: trans.__('Its upload is not finished: only you and administrators find it.')
      };
    case STATUS.deleted:
      return {
        kind: 'bad',
        label: trans.__('Deleted'),
        note: trans.__('Its files are gone. What was made of it is still there.')
      };
    case STATUS.processing:
      if (product.processStatus === 'Stopped' || product.processStatus === 'Failed') {
        return {
          kind: 'bad',
          label: product.processStatus === 'Stopped' ? trans.__('Stopped') : trans.__('Failed'),
          note: trans.__(
            'Its process has ended without a result, though the server still shows it as processing. It can be deleted.'
          )
        };
      }
      return {
        kind: 'busy',
        label: trans.__('Processing'),
        note: trans.__('Its process is still going on: files and columns come when it has ended.')
      };
    case STATUS.failed:
      return {
        kind: 'bad',
        label: trans.__('Failed'),
        note:
          files > 0 && product.processId !== null
            ? trans.__(
                'The server calls its process failed, but there are files. It may have gone on: look at its log before you use them.'
              )
            : product.processId !== null
              ? trans.__('Its process failed: the log says why.')
              : trans.__('Its main file could not be read. Replace it, or delete the product.')
      };
    default:
      return { kind: 'plain', label: product.statusText };
  }
}

/** Who may see it. */
export function accessOf(
  product: IProduct,
  release: IRelease | null,
  trans: TranslationBundle
): { readonly label: string; readonly restricted: boolean } {
  if (product.releaseId === null || release?.isPublic) {
    return { label: trans.__('all users of this server'), restricted: false };
  }
  return { label: trans.__('those with rights to %1', product.release ?? ''), restricted: true };
}

/** What a file is to its product. */
export function roleWords(role: number, trans: TranslationBundle): string {
  return role === ROLE.main
    ? trans.__('main')
    : role === ROLE.description
      ? trans.__('description')
      : trans.__('auxiliary');
}

/** What an alias means, for those that the contract knows. */
export function aliasWords(alias: string | null, trans: TranslationBundle): string | null {
  switch (alias?.toLowerCase()) {
    case 'id':
      return trans.__('identifier');
    case 'ra':
      return trans.__('right ascension');
    case 'dec':
      return trans.__('declination');
    case 'z':
      return trans.__('redshift');
    case 'z_err':
      return trans.__('error of the redshift');
    case 'z_flag':
      return trans.__('quality flag of the redshift');
    case 'survey':
      return trans.__('survey that it comes from');
    default:
      return null;
  }
}
