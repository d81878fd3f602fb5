import { type ISignal, Signal } from '@lumino/signaling';

export interface ITrouble {
  readonly message: string;
  readonly remedy?: string | null;
}

/** What went wrong, as it is kept and shown. */
export function troubleOf(error: unknown): ITrouble {
  const { message, remedy } = error as Partial<ITrouble>;
  return { message: message || String(error), remedy };
}

/** One thing the panel asks for: its last good answer stays while a newer one is asked for, or fails. */
export class Section<T> {
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The last good answer; null before the first. */
  get value(): T | null {
    return this._value;
  }

  get loading(): boolean {
    return this._loading;
  }

  get trouble(): ITrouble | null {
    return this._trouble;
  }

  /** Ask; an older question that is still open is given up. Resolves to false when the answer was an error. */
  async load(ask: (signal: AbortSignal) => Promise<T>): Promise<boolean> {
    this._abort?.abort();
    const abort = new AbortController();
    this._abort = abort;
    this._loading = true;
    this._changed.emit();
    try {
      const value = await ask(abort.signal);
      if (this._abort !== abort) {
        return true;
      }
      this._value = value;
      this._trouble = null;
    } catch (error) {
      if (this._abort !== abort) {
        return true;
      }
      this._trouble = troubleOf(error);
    }
    this._loading = false;
    this._changed.emit();
    return this._trouble === null;
  }

  /** Know nothing again: what was told is of something else. */
  clear(): void {
    this._abort?.abort();
    this._abort = null;
    this._value = null;
    this._trouble = null;
    this._loading = false;
    this._changed.emit();
  }

  dispose(): void {
    this._abort?.abort();
    this._abort = null;
    Signal.clearData(this);
  }

  private readonly _changed = new Signal<this, void>(this);
  private _abort: AbortController | null = null;
  private _value: T | null = null;
  private _loading = false;
  private _trouble: ITrouble | null = null;
}
