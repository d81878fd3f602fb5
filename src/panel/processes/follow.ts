/** Looking at what changes on the server: often while it moves, seldom while it rests, not at all when hidden. */
import { Poll } from '@lumino/polling';

import { UnreachableError } from '../../api';
import { type ITrouble, troubleOf } from '../section';

export interface IFollowOptions {
  readonly name: string;
  /** Ask once; the milliseconds until the next look, or null to stop. */
  look(signal: AbortSignal): Promise<number | null>;
  /** There is something to show. */
  told(): void;
  /** Ask again by itself; a test does not. */
  readonly auto: boolean;
  readonly now: () => number;
}

/** Most milliseconds between two looks while the server does not answer. */
const SELDOM = 60_000;

export class Follower {
  constructor(private readonly _options: IFollowOptions) {
    const { name, auto } = _options;
    this._poll = new Poll({
      name: `pz-tsm:${name}`,
      auto,
      factory: () => this._look(),
      frequency: { interval: 2000, backoff: true, max: SELDOM },
      standby: () => (this._visible ? 'when-hidden' : true)
    });
  }

  /** Whether anybody can see what is followed; if not, nothing is asked. */
  set visible(visible: boolean) {
    if (visible !== this._visible && !this._poll.isDisposed) {
      this._visible = visible;
      if (visible && this._options.auto) {
        void this.refresh();
      }
    }
  }

  get trouble(): ITrouble | null {
    return this._trouble;
  }

  /** Since when the server has not been reached, in milliseconds; null when it was at the last look. */
  get lostSince(): number | null {
    return this._lostSince;
  }

  async refresh(): Promise<void> {
    if (this._poll.isDisposed) {
      return;
    }
    if (this._options.auto) {
      await this._poll.refresh();
      await this._poll.tick.catch(() => undefined);
    } else {
      await this._look().catch(() => undefined);
    }
  }

  dispose(): void {
    void this._poll.stop();
    this._poll.dispose();
    this._abort.abort();
  }

  private async _look(): Promise<void> {
    const turn = ++this._turn;
    const { signal } = this._abort;
    try {
      const next = await this._options.look(signal);
      if (turn !== this._turn || signal.aborted) {
        return;
      }
      this._trouble = null;
      this._lostSince = null;
      this._options.told();
      if (next === null) {
        void this._poll.stop();
      } else if (next !== this._poll.frequency.interval) {
        this._poll.frequency = { interval: next, backoff: true, max: Math.max(SELDOM, next) };
      }
    } catch (error) {
      if (turn !== this._turn || signal.aborted) {
        return;
      }
      this._trouble = troubleOf(error);
      if (error instanceof UnreachableError) {
        this._lostSince ??= this._options.now();
      } else {
        this._lostSince = null;
      }
      this._options.told();
      throw error; // the poll waits longer after each failure
    }
  }

  private readonly _poll: Poll;
  private readonly _abort = new AbortController();
  private _turn = 0;
  private _visible = true;
  private _trouble: ITrouble | null = null;
  private _lostSince: number | null = null;
}
