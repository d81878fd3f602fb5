/** What is derived from columns and can be made again: kept while there is room, the least used goes first. */

interface IEntry {
  readonly value: unknown;
  readonly bytes: number;
  /** The round in which it was last used. */
  used: number;
}

export class Cache {
  /** Bytes to keep within. What was used in this round or the one before stays, whatever its size. */
  limit = 0;

  get bytes(): number {
    return this._bytes;
  }

  /** A new round: what is used from now on is needed at the same time. */
  turn(): void {
    this._round += 1;
    this.shrink();
  }

  /** What begins like this goes first, when room is needed. */
  release(prefix: string): void {
    for (const [key, entry] of this._entries) {
      if (key.startsWith(prefix)) {
        entry.used = -1;
      }
    }
  }

  get<T>(key: string, make: () => T, bytesOf: (made: T) => number = () => 0): T {
    const found = this._entries.get(key);
    if (found !== undefined) {
      found.used = this._round;
      this._entries.delete(key);
      this._entries.set(key, found);
      return found.value as T;
    }
    const value = make();
    const bytes = bytesOf(value);
    this._entries.set(key, { value, bytes, used: this._round });
    this._bytes += bytes;
    this.shrink();
    return value;
  }

  /** All whose key begins like this. */
  all<T>(prefix: string): T[] {
    return [...this._entries].flatMap(([key, { value }]) => (key.startsWith(prefix) ? [value as T] : []));
  }

  /** Drop all whose key begins like this. */
  drop(prefix: string): void {
    for (const [key, { bytes }] of this._entries) {
      if (key.startsWith(prefix)) {
        this._bytes -= bytes;
        this._entries.delete(key);
      }
    }
  }

  clear(): void {
    this._entries.clear();
    this._bytes = 0;
  }

  private shrink(): void {
    for (const [key, { bytes, used }] of this._entries) {
      if (this._bytes <= this.limit && this._entries.size <= 500) {
        return;
      }
      if (used < this._round - 1 && (bytes > 0 || this._entries.size > 500)) {
        this._bytes -= bytes;
        this._entries.delete(key);
      }
    }
  }

  private readonly _entries = new Map<string, IEntry>();
  private _bytes = 0;
  private _round = 0;
}
