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
    this._asked = new Set(); // what is still on its way belongs to the old one
  }

  private _next(): void {
    const asked = this._asked;
    while (asked.size < AT_ONCE) {
      const id = [...this._wanted.values()].flat().find(one => !this._known.has(one) && !asked.has(one));
      if (id === undefined) {
        return;
      }
      asked.add(id);
      void this._ask(id)
        .catch(() => null)
        .then(rows => {
          asked.delete(id);
          if (asked !== this._asked) {
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
  private _asked = new Set<number>();
  private readonly _wanted = new Map<string, readonly number[]>();
}
