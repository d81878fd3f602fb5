import { keptCounts, madeBy, readCounts, sameCounts } from '../table/keptCounts';
import type { IUpdate, IUpdateResult, ViewRequest, ViewResult } from '../table/requests';
import type { ITableInfo, ITableSource } from '../table/source';
import { VERSION } from './figures/version';

/** Of tables with fewer rows the counts are there before they could be fetched. */
const LEAST = 100_000;
const MADE = madeBy(VERSION);
/** How long plots that are known already have the machine for themselves, and how long they are waited for, in ms. */
const HEAD_START = 150;
const PATIENCE = 1000;
const NOTHING: ReadonlyMap<string, readonly [ViewRequest, ViewResult]> = new Map();

/**
 * The counts that a table opens with, of all rows: those of an earlier opening are shown while the columns are on their
 * way, and what is then counted takes their place, and is kept for the next time.
 */
export class FirstCounts {
  /** @param least - rows of a table that it is done for */
  constructor(
    private readonly _source: ITableSource,
    private readonly _least = LEAST
  ) {}

  /** Ask for what was kept, and have it shown; resolves when columns may be asked for, whether it came or not. */
  async load({ rows }: ITableInfo, signal: AbortSignal, show: () => void): Promise<void> {
    if (rows < this._least || this._source.counts === undefined) {
      return;
    }
    const shown = this._source
      .counts(signal)
      .then(counts => {
        this._kept = readCounts(counts, MADE, rows);
        show();
        return this._kept.size > 0 ? within(HEAD_START) : undefined;
      })
      // without them the columns come all the same
      .catch(() => undefined);
    await Promise.race([shown, within(PATIENCE)]);
  }

  /** Counts of all rows, and beside them what was kept of the other views that are wanted; null if nothing was. */
  fill(
    wanted: IUpdate['views'],
    asked: IUpdate,
    result: IUpdateResult
  ): { readonly asked: IUpdate; readonly result: IUpdateResult } | null {
    const requests: { [id: string]: ViewRequest } = {};
    const found: { [id: string]: ViewResult } = {};
    for (const [id, request] of this._kept.size === 0 ? [] : Object.entries(wanted)) {
      const text = JSON.stringify(request);
      const view = this._kept.get(text);
      if (view !== undefined && text !== JSON.stringify(asked.views[id])) {
        requests[id] = request;
        found[id] = view;
      }
    }
    return Object.keys(found).length === 0
      ? null
      : {
          asked: { terms: [], views: { ...asked.views, ...requests } },
          result: { ...result, views: { ...result.views, ...found } }
        };
  }

  /** Counts of all rows: the very same as were kept where they say the same, so that nothing is drawn anew. */
  take({ views }: IUpdate, result: IUpdateResult): IUpdateResult {
    const now: { [id: string]: ViewResult } = {};
    const fresh = new Map<string, readonly [ViewRequest, ViewResult]>();
    for (const [id, view] of Object.entries(result.views)) {
      const text = JSON.stringify(views[id]);
      const kept = this._kept.get(text);
      if (kept !== undefined && !this._shown.has(view) && sameCounts(kept, view)) {
        this._shown.set(view, kept);
      }
      now[id] = this._shown.get(view) ?? view;
      fresh.set(text, [views[id], now[id]]);
    }
    this._fresh = this._isDone ? NOTHING : fresh;
    return { ...result, views: now };
  }

  /** What these requests show is kept for the next time, once all of them are counted; done once. */
  keep({ rows }: ITableInfo, wanted: IUpdate['views']): void {
    const texts =
      this._isDone || rows < this._least ? [] : Object.values(wanted).map(each => JSON.stringify(each));
    if (texts.length === 0 || !texts.every(text => this._fresh.has(text))) {
      return;
    }
    this._isDone = true;
    const known = [...this._fresh].every(([text, [, view]]) => this._kept.get(text) === view);
    if (!known && this._source.keepCounts !== undefined) {
      this._source.keepCounts(keptCounts(MADE, rows, [...this._fresh.values()])).catch(() => undefined);
    }
    this._kept.clear();
    this._fresh = NOTHING;
  }

  private _kept = new Map<string, ViewResult>();
  /** What was counted last. */
  private _fresh: ReadonlyMap<string, readonly [ViewRequest, ViewResult]> = NOTHING;
  /** For what was counted, what says the same and was shown before. */
  private readonly _shown = new WeakMap<ViewResult, ViewResult>();
  private _isDone = false;
}

function within(time: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, time));
}
