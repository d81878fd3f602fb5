/** What a split's report says of leaks and of the parts kept, typed; a report may lack any of it. */
import type { IReport } from '../backend';
import { isRecord } from '../values';

export interface ILeaks {
  /** Keys that stand in two parts, by column. */
  readonly shared: ReadonlyMap<string, number>;
  readonly nearArcsec: number;
  /** Pairs of different parts; null where the table has no positions. */
  readonly near: number | null;
  readonly tracts: { readonly shared: number; readonly of: number } | null;
}

export interface ILocked {
  readonly kept: number;
  readonly new: number;
  readonly merged: number;
}

export function leaksOf(report: IReport | null | undefined): ILeaks | null {
  const found = report?.details.leakage;
  if (!isRecord(found)) {
    return null;
  }
  const { shared, near, near_arcsec: arcsec, tracts } = found;
  return {
    shared: new Map(
      Object.entries(isRecord(shared) ? shared : {}).filter(
        (one): one is [string, number] => typeof one[1] === 'number'
      )
    ),
    nearArcsec: typeof arcsec === 'number' ? arcsec : 5,
    near: typeof near === 'number' ? near : null,
    tracts: isRecord(tracts) ? { shared: Number(tracts.shared), of: Number(tracts.of) } : null
  };
}

export function lockedOf(report: IReport | null | undefined): ILocked | null {
  const lock = report?.details.lock;
  return isRecord(lock)
    ? { kept: Number(lock.kept), new: Number(lock.new), merged: Number(lock.merged_to_test) }
    : null;
}

/** Rows that get no part. */
export function unusedOf(report: IReport | null | undefined): number {
  const counts = report?.details.counts;
  return isRecord(counts) && typeof counts.unused === 'number' ? counts.unused : 0;
}
