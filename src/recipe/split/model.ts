/** The state of a split's preview: rows from the backend once, counts of the parts as the proportions move. */
import { type ISignal, Signal } from '@lumino/signaling';

import type { ISplitPreview, ISplitRequest } from '../backend';
import type { IGrounds } from './bins';
import { Counter } from './counter';
import { rowsOf } from './counting';
import { previewerOf } from './previews';
import type { HashTally, ITally } from './tally';
import type { ISplitRows } from './bins';

export interface ISplitBackend {
  preview(text: string, request: ISplitRequest, signal: AbortSignal): Promise<ISplitPreview>;
  columns(id: string, signal: AbortSignal): Promise<Uint8Array>;
}

/** The split as the recipe has it. */
export interface IWanted {
  readonly method: string;
  /** Null where the method names its parts itself. */
  readonly parts: Readonly<Record<string, number>> | null;
  readonly options: { readonly [name: string]: unknown };
}

export interface ISplitTrouble {
  readonly message: string;
  readonly remedy?: string | null;
}

export class SplitModel {
  constructor(
    private readonly _backend: ISplitBackend,
    private readonly _counter: Counter = new Counter()
  ) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get info(): ISplitPreview | null {
    return this._info;
  }

  get grounds(): IGrounds | null {
    return this._grounds;
  }

  /** Counts by part, in the order of `labels`. */
  get tally(): ITally | null {
    return this._tally;
  }

  get labels(): readonly string[] {
    return this._labels;
  }

  /** An answer of the backend is on its way. */
  get asking(): boolean {
    return this._abort !== null;
  }

  get trouble(): ISplitTrouble | null {
    return this._trouble;
  }

  /** Whether a slider is answered here, without the backend. */
  get atOnce(): boolean {
    return this._hashed !== null || (this._info !== null && previewerOf(this._info.method) !== null);
  }

  /** Ask what the split of this text gives. */
  async ask(text: string, request: ISplitRequest, wanted: IWanted): Promise<void> {
    this._abort?.abort();
    const abort = (this._abort = new AbortController());
    this._changed.emit();
    try {
      const info = await this._backend.preview(text, request, abort.signal);
      await this._take(info, wanted, abort);
      if (this._abort === abort) {
        this._trouble = null;
      }
    } catch (error) {
      if (this._abort === abort) {
        const { message, remedy } = error as ISplitTrouble;
        this._trouble = { message, remedy };
      }
    }
    if (this._abort === abort) {
      this._abort = null;
      this._changed.emit();
    }
  }

  /** Show these proportions at once, where they can be counted here. */
  show(wanted: IWanted): void {
    const info = this._info;
    if (info === null || info.method !== wanted.method || this._disposed) {
      return;
    }
    const parts = wanted.parts ?? equal(info.labels);
    // names such as 2 and 1 have another order here than in the recipe: the backend has told theirs
    const same =
      info.labels.every(label => label in parts) && info.labels.length === Object.keys(parts).length;
    const labels = same ? info.labels : Object.keys(parts);
    const shares = labels.map(label => parts[label]);
    if (!sumsToOne(shares)) {
      return;
    }
    if (this._hashed !== null) {
      this._tally = this._hashed.count(shares);
      this._labels = labels;
      this._changed.emit();
      return;
    }
    const previewer = previewerOf(info.method);
    if (previewer !== null && this._rows !== null) {
      const number = previewer.assign(
        this._rows,
        labels.map(label => [label, parts[label]] as const),
        info.seed,
        wanted.options
      );
      const turn = (this._turn += 1);
      void this._counter.numbers(number, labels.length).then(
        tally => {
          if (turn === this._turn && !this._disposed) {
            [this._tally, this._labels] = [tally, labels];
            this._changed.emit();
          }
        },
        (error: Error) => {
          this._trouble = { message: error.message };
          this._changed.emit();
        }
      );
    }
  }

  dispose(): void {
    this._disposed = true;
    this._abort?.abort();
    this._abort = null;
    this._counter.dispose();
    Signal.clearData(this);
  }

  private async _take(info: ISplitPreview, wanted: IWanted, abort: AbortController): Promise<void> {
    const { signal } = abort;
    const previewer = previewerOf(info.method);
    if (info.columns !== this._columns || (previewer !== null && this._rows === null)) {
      const ipc = await this._backend.columns(info.columns, signal);
      this._columns = null;
      this._rows = previewer === null ? null : rowsOf(ipc);
      this._grounds = await this._counter.rows(ipc);
      this._columns = info.columns;
      this._seed = null;
    }
    let tally: ITally | null = null;
    let hashed: HashTally | null = null;
    if (info.parts) {
      const ipc = await this._backend.columns(info.parts, signal);
      tally = await this._counter.parts(ipc, info.labels.length);
    } else {
      hashed =
        this._seed === info.seed && this._kept !== null ? this._kept : await this._counter.byHash(info.seed);
      [this._kept, this._seed] = [hashed, info.seed];
    }
    if (abort !== this._abort || this._disposed) {
      return;
    }
    [this._info, this._hashed, this._tally, this._labels] = [info, hashed, tally, info.labels];
    this._turn += 1;
    if (hashed !== null) {
      this.show(wanted);
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private _info: ISplitPreview | null = null;
  private _grounds: IGrounds | null = null;
  private _columns: string | null = null;
  private _rows: ISplitRows | null = null;
  private _hashed: HashTally | null = null;
  /** The last order by hash, of `_seed`. */
  private _kept: HashTally | null = null;
  private _seed: number | null = null;
  private _tally: ITally | null = null;
  private _labels: readonly string[] = [];
  private _trouble: ISplitTrouble | null = null;
  private _abort: AbortController | null = null;
  private _turn = 0;
  private _disposed = false;
}

export function sumsToOne(shares: readonly number[]): boolean {
  return Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1) < 1e-9;
}

function equal(labels: readonly string[]): Record<string, number> {
  return Object.fromEntries(labels.map(label => [label, 1 / labels.length]));
}
