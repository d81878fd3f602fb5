import type { Value } from '../expr';
import type { WindowModel } from '../table/windows';
import { troubleOf, type ITrouble } from './trouble';

/** A row whose details are open. */
export interface IOpenRow {
  /** Its place among the rows that pass, in the order shown; null for one that isn't among them. */
  readonly row: number | null;
  /** Null while they are on their way. */
  readonly values: ReadonlyMap<string, Value> | null;
  readonly trouble: ITrouble | null;
}

export interface IOpenedRowOptions {
  readonly windows: WindowModel;
  /** Called when another row is open, none, or more is known of the one that is. */
  readonly onChange: () => void;
}

/** The row whose details are shown: it may be on its way. */
export class OpenedRow {
  constructor(options: IOpenedRowOptions) {
    this._options = options;
  }

  /** Null where none is open. */
  get current(): IOpenRow | null {
    return this._current;
  }

  /** Open a row, given by its place among those shown; it takes the place of one that is open. */
  async open(row: number): Promise<void> {
    await this.show(row, signal => this._options.windows.row(row, signal));
  }

  /** Open a row that isn't among those shown. */
  async openOther(values: ReadonlyMap<string, Value>): Promise<void> {
    await this.show(null, async () => values);
  }

  close(): void {
    this._abort?.abort();
    this._current = null;
    this._options.onChange();
  }

  dispose(): void {
    this._abort?.abort();
  }

  private async show(
    row: number | null,
    read: (signal: AbortSignal) => Promise<ReadonlyMap<string, Value>>
  ): Promise<void> {
    this._abort?.abort();
    const { signal } = (this._abort = new AbortController());
    const tell = (known: Partial<IOpenRow>) => {
      if (!signal.aborted) {
        this._current = { row, values: null, trouble: null, ...known };
        this._options.onChange();
      }
    };
    tell({});
    try {
      tell({ values: await read(signal) });
    } catch (error) {
      tell({ trouble: troubleOf(error) });
    }
  }

  private readonly _options: IOpenedRowOptions;
  private _current: IOpenRow | null = null;
  private _abort: AbortController | null = null;
}
