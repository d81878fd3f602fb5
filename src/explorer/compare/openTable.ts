import type { IBinner, IUpdate, IUpdateResult } from '../../table/requests';
import type { ITableInfo, ITableSource } from '../../table/source';

import type { ITableHandle } from './samples';

/** Columns that are fetched at the same time. */
const LANES = 3;

/** A table that is compared: its description, and what holds the columns asked for so far. */
export class OpenTable {
  constructor(
    readonly handle: ITableHandle,
    private readonly _createBinner: () => Promise<IBinner>
  ) {
    this._source = handle.open();
  }

  /** Null until it is loaded. */
  get info(): ITableInfo | null {
    return this._info;
  }

  async load(): Promise<ITableInfo> {
    this._info ??= await this.describe();
    return this._info;
  }

  /** Have these columns in so many binners, each of which holds them. */
  async hold(names: Iterable<string>, copies = 1): Promise<void> {
    while (this._making.length < copies) {
      this._making.push(this._createBinner());
    }
    const binners = await Promise.all(this._making);
    this._binners = binners;
    if (this._isDisposed) {
      binners.forEach(binner => binner.dispose());
      throw new Error('The comparison was closed.');
    }
    const wanted = binners.slice(0, copies);
    const missing = [...new Set(names)].filter(name => wanted.some(({ held }) => !held.has(name)));
    const lane = async () => {
      for (let name = missing.shift(); name !== undefined; name = missing.shift()) {
        await this.fetch(name, wanted);
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  }

  /** Count in one of the binners. */
  update(update: IUpdate, copy = 0): Promise<IUpdateResult> {
    return this._binners[copy].update(update);
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this._abort.abort();
      this._binners.forEach(binner => binner.dispose());
      this._source.dispose();
    }
  }

  private async fetch(name: string, binners: readonly IBinner[]): Promise<void> {
    const ipc = await this._source.columns([name], this._abort.signal);
    const without = binners.filter(({ held }) => !held.has(name));
    // a binner takes the bytes for itself
    await Promise.all(
      without.map((binner, i) => binner.add([name], i < without.length - 1 ? ipc.slice() : ipc))
    );
  }

  /** With the counts of its columns: the values that part the table are among them. */
  private async describe(): Promise<ITableInfo> {
    const info = await this._source.info(this._abort.signal);
    return info.pending && this._source.summaries ? this._source.summaries(this._abort.signal) : info;
  }

  private readonly _source: ITableSource;
  private readonly _abort = new AbortController();
  private _info: ITableInfo | null = null;
  private readonly _making: Promise<IBinner>[] = [];
  private _binners: readonly IBinner[] = [];
  private _isDisposed = false;
}
