import { troubleOf, type ITrouble } from './trouble';

/** Columns on their way at the same time. */
const AT_ONCE = 3;

export interface IColumnQueueOptions {
  /** Fetch one column. */
  readonly fetch: (name: string, signal: AbortSignal) => Promise<Uint8Array>;
  /** Give it to whoever counts; the next one is fetched meanwhile. */
  readonly take: (name: string, ipc: Uint8Array) => Promise<void>;
  readonly isHere: (name: string) => boolean;
  /** A column came, or could not be had. */
  readonly onChange: (name: string) => void;
}

/** Fetches columns one a request, in the order in which they are wanted, few at a time. */
export class ColumnQueue {
  constructor(options: IColumnQueueOptions) {
    this._options = options;
  }

  /** Wanted, and not here yet. */
  get loading(): readonly string[] {
    return this._wanted.filter(name => !this._options.isHere(name) && !this._troubles.has(name));
  }

  /** Why a wanted column can't be had. */
  get trouble(): ITrouble | null {
    const name = this._wanted.find(other => this._troubles.has(other));
    return name === undefined ? null : this._troubles.get(name)!;
  }

  get isBusy(): boolean {
    return this._underWay.size > 0;
  }

  /** What is wanted from now on; what was and isn't any more is not begun. */
  want(names: readonly string[]): void {
    // a brush asks at every move, mostly for the same
    if (names.length !== this._named.length || names.some((name, i) => name !== this._named[i])) {
      this._named = names;
      this._wanted = [...new Set(names)];
      this.next();
    }
  }

  /** Try again what could not be had. */
  retry(): void {
    this._troubles.clear();
    this.next();
  }

  dispose(): void {
    this._abort.abort();
    this._named = this._wanted = [];
  }

  private next(): void {
    for (const name of this.loading) {
      if (this._fetching >= AT_ONCE || this._abort.signal.aborted) {
        return;
      }
      if (!this._underWay.has(name)) {
        this._underWay.add(name);
        void this.fetch(name);
      }
    }
  }

  private async fetch(name: string): Promise<void> {
    this._fetching += 1;
    try {
      const ipc = await this._options.fetch(name, this._abort.signal).finally(() => {
        this._fetching -= 1;
      });
      if (!this._abort.signal.aborted) {
        this.next();
        await this._options.take(name, ipc);
      }
    } catch (error) {
      this._troubles.set(name, troubleOf(error));
    }
    this._underWay.delete(name);
    if (!this._abort.signal.aborted) {
      this.next();
      this._options.onChange(name);
    }
  }

  private readonly _options: IColumnQueueOptions;
  private readonly _abort = new AbortController();
  private readonly _underWay = new Set<string>();
  private _fetching = 0;
  private readonly _troubles = new Map<string, ITrouble>();
  private _named: readonly string[] = [];
  private _wanted: readonly string[] = [];
}
