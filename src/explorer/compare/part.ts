import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReactNode } from 'react';
import type { ViewResult } from '../../table/requests';
import type { IColumnInfo, ITableInfo } from '../../table/source';
import { binnable } from '../defaults';
import { commonColumns } from './matching';
import type { CompareModel } from './model';

/** The plots of a comparison, for those who offer more with each. */
export type PartName = 'first' | 'second' | 'densityA' | 'densityB' | 'difference' | 'sky' | 'category';

/** What the parts of a comparison are given. */
export interface IPartProps {
  readonly model: CompareModel;
  readonly trans: TranslationBundle;
  readonly colours: readonly [string, string];
  /** Placed in the head of a plot: a menu that saves its figure. */
  readonly menu?: (part: PartName) => ReactNode;
}

/** The counts of both samples in a view; null until they are here. */
export function pairOf<K extends ViewResult['kind']>(
  model: CompareModel,
  id: string,
  kind: K
): readonly [Extract<ViewResult, { kind: K }>, Extract<ViewResult, { kind: K }>] | null {
  const pair = model.result?.views.map(views => views[id]);
  return pair?.every(result => result?.kind === kind)
    ? (pair as unknown as readonly [Extract<ViewResult, { kind: K }>, Extract<ViewResult, { kind: K }>])
    : null;
}

/** The columns of numbers that both have, as they are called in A. */
export function numbersOf(model: CompareModel, info: ITableInfo): IColumnInfo[] {
  return model.matching === null ? [] : binnable(commonColumns(info, model.matching), info.roles);
}
