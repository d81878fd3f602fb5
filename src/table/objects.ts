import type { ITableInfo } from './source';

/** Two tables, object by object. */
export interface IObjects {
  readonly first: string;
  readonly second: string;
  readonly radius_arcsec: number;
  readonly delta_z: number;
  readonly objects: number;
  readonly counts: { readonly [change: string]: number };
  /** How often the best measurement went from one survey to another, the most frequent first. */
  readonly surveys: readonly {
    readonly from: string | null;
    readonly to: string | null;
    readonly objects: number;
  }[];
  /** The objects themselves, a row each, with a column `change`. */
  readonly table: ITableInfo;
}
