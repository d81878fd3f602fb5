/** Says once that runs have ended: those one waits for, and those that ended while nobody looked. */
import { Signal } from '@lumino/signaling';

import type { IRun } from '../recipe/backend';
import type { IJob } from '../tokens';
import { fromRun, type JobsModel } from './model';

export interface ITellerOptions {
  readonly jobs: JobsModel;
  runs(): Promise<IRun[]>;
  /** Keep that the user knows. */
  told(run: string): Promise<unknown>;
  /** Tell the user; `late`: of what ended before anybody looked. */
  tell(ended: readonly IJob[], late: boolean): void;
  /** Do something while no other page does it; without it, at once. */
  alone?(work: () => Promise<void>): Promise<void>;
}

/** Runs whose end the engine still has to see told: a step's kernel knows by itself, and who stops knows too. */
function untold({ state, told, kind }: IRun): boolean {
  return (state === 'done' || state === 'failed') && told === false && kind !== 'step';
}

export class Teller {
  constructor(private readonly _options: ITellerOptions) {
    const { jobs } = _options;
    jobs.ended.connect((_, job) => {
      if (job.kind !== 'run' && job.state !== 'stopped') {
        _options.tell([job], false);
      }
    });
    jobs.changed.connect(this._look, this);
    this._look();
  }

  dispose(): void {
    Signal.clearData(this);
  }

  private _look(): void {
    const { runs, loading } = this._options.jobs;
    const fresh = runs.filter(run => untold(run) && !this._taken.has(takenAs(run)));
    if (!loading) {
      // what goes on now is no news from before when it ends
      runs.filter(run => !untold(run)).forEach(run => this._seen.add(run.id));
    }
    if (fresh.length === 0) {
      return;
    }
    fresh.forEach(run => this._taken.add(takenAs(run)));
    const ids = new Set(fresh.map(run => run.id));
    const late = fresh.every(run => !this._seen.has(run.id));
    const { alone = work => work() } = this._options;
    void alone(() => this._say(ids, late)).catch(() => {
      fresh.forEach(run => this._taken.delete(takenAs(run))); // at the next look, then
    });
  }

  private async _say(ids: ReadonlySet<string>, late: boolean): Promise<void> {
    const { runs, told, tell } = this._options;
    // another page may have told meanwhile
    const mine = (await runs()).filter(run => ids.has(run.id) && untold(run));
    if (mine.length > 0) {
      tell(mine.map(fromRun), late);
      await Promise.allSettled(mine.map(run => told(run.id)));
    }
  }

  private readonly _taken = new Set<string>();
  private readonly _seen = new Set<string>();
}

/** A run that is tried again ends again. */
function takenAs({ id, ended }: IRun): string {
  return `${id} ${ended}`;
}

/** Only one page of this browser at a time; where the browser has no locks, at once. */
export async function aloneInBrowser(work: () => Promise<void>): Promise<void> {
  const locks = (navigator as { locks?: LockManager }).locks;
  await (locks ? locks.request('pz-tsm:told', work) : work());
}
