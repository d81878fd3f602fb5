import { type ISignal, Signal } from '@lumino/signaling';

/** Requests that are open at the same time. */
const AT_ONCE = 2;

/** Numbers of rows of products, asked for when a product comes into view, a few at a time, each once. */
export class RowCounts {
  constructor(private readonly _ask: (id: number) => Promise<number | null>) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The number of rows; null when the server does not say, undefined when it is not known yet. */
  get(id: number): number | null | undefined {
    return this._known.get(id);
  }

  /** Products that one list shows now; what it no longer shows need not be asked for. */
  want(list: string, ids: readonly number[]): void {
    this._wanted.set(list, ids);
    this._next();
  }

  /** Know nothing again: the products are another server's. */
  clear(): void {
    this._known.clear();
    this._asked.clear();
  }

  private _next(): void {
    while (this._asked.size < AT_ONCE) {
      const id = [...this._wanted.values()]
        .flat()
        .find(one => !this._known.has(one) && !this._asked.has(one));
      if (id === undefined) {
        return;
      }
      this._asked.add(id);
      void this._ask(id)
        .catch(() => null)
        .then(rows => {
          if (!this._asked.delete(id)) {
            return;
          }
          this._known.set(id, rows);
          this._changed.emit();
          this._next();
        });
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _known = new Map<number, number | null>();
  private readonly _asked = new Set<number>();
  private readonly _wanted = new Map<string, readonly number[]>();
}
