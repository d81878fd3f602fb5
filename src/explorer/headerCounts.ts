import { HEADER, type IHistogramRequest, type ViewResult } from '../table/requests';
import type { IColumnInfo } from '../table/source';

/**
 * Which headers of the grid have still to be counted, and the counts of the others. They are counted one column at a
 * time, so that a brush that sets off meanwhile waits for no more than that.
 */
export class HeaderCounts {
  /** Passing rows in the bins of the columns' summaries; empty where all rows pass. */
  get shown(): ReadonlyMap<string, Uint32Array> {
    return this._shown;
  }

  /** Whether all are to be counted anew. */
  get isStale(): boolean {
    return this._isStale;
  }

  /** Whether the counting of the columns has not come to its end. */
  get isUnderWay(): boolean {
    return this._left.length > 0;
  }

  /** They are of another condition, or of other columns: count them anew when there is time. */
  expire(): void {
    this._isStale = true;
  }

  /** What is counted by now may be of another condition. */
  interrupt(): void {
    if (this.isUnderWay) {
      this._left = [];
      this._isStale = true;
    }
  }

  /** Begin anew with these columns; none where all rows pass. */
  start(columns: readonly IColumnInfo[]): void {
    this._isStale = false;
    this._found = new Map();
    this._left = columns.flatMap(({ name, histogram }): IHistogramRequest[] => {
      if (!histogram || histogram.counts.length === 0) {
        return [];
      }
      const { edges, counts } = histogram;
      const range = [edges[0], edges[edges.length - 1]] as const;
      return range[1] > range[0] ? [{ kind: 'histogram', column: name, range, bins: counts.length }] : [];
    });
  }

  /** What to count next. */
  next(): { readonly [id: string]: IHistogramRequest } {
    const request = this._left.shift()!;
    return { [`${HEADER}${request.column}`]: request };
  }

  /** Take what was counted. */
  take(views: { readonly [id: string]: ViewResult }): void {
    for (const view of Object.values(views)) {
      if (view.kind === 'histogram') {
        this._found.set(view.column, view.passed);
      }
    }
  }

  /** Show what was found; returns whether that may be another picture. */
  show(): boolean {
    if (this._shown.size + this._found.size === 0) {
      return false;
    }
    this._shown = this._found;
    return true;
  }

  clear(): void {
    this._shown = new Map();
  }

  private _isStale = false;
  private _left: IHistogramRequest[] = [];
  private _found = new Map<string, Uint32Array>();
  private _shown: ReadonlyMap<string, Uint32Array> = new Map();
}
