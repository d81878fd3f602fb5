/** How a request for a process is sent: asked about first, and never twice. */
import type { TranslationBundle } from '@jupyterlab/translation';

import { type IProcessDetail, type IProcessRequest, type PzService, UnreachableError } from '../../api';
import { type ITrouble, troubleOf } from '../section';
import { differences, differenceWords } from './compare';

export type ISendingBackend = Pick<PzService, 'processes' | 'checkProcess' | 'submitProcess' | 'submitted'>;

/** A process that was made, and of what. */
export interface ISentProcess {
  readonly process: IProcessDetail;
  readonly request: IProcessRequest;
}

/** A request of which nobody knows whether it arrived. */
interface IUnsure {
  readonly request: IProcessRequest;
  /** Newest process before it was sent. */
  readonly after: number;
}

export class Sending {
  constructor(
    private readonly _backend: ISendingBackend,
    private readonly _trans: TranslationBundle,
    private readonly _tell: () => void
  ) {}

  get busy(): boolean {
    return this._busy;
  }

  get trouble(): ITrouble | null {
    return this._trouble;
  }

  /** What the server would ignore or change, in words. */
  get told(): readonly string[] {
    return this._told;
  }

  get unsure(): boolean {
    return this._unsure !== null;
  }

  /** Null where it was not sent: what the server said is in `told`, or what went wrong in `trouble`. */
  async submit(request: IProcessRequest): Promise<ISentProcess | null> {
    return this._do(async () => {
      const { _backend: backend } = this;
      const text = JSON.stringify(request);
      const said = await backend.checkProcess(request);
      if (said !== null && this._confirmed !== text) {
        const found = differences(request.param, said.param);
        const told = [...found.map(one => differenceWords(one, this._trans)), ...said.warnings];
        if (told.length > 0) {
          this._told = told;
          this._confirmed = text;
          return null;
        }
      }
      const after = (await backend.processes()).reduce((most, { id }) => Math.max(most, id), 0);
      try {
        const process = await backend.submitProcess(request);
        this._confirmed = null;
        return { process, request };
      } catch (error) {
        if (error instanceof UnreachableError) {
          this._unsure = { request, after };
        }
        throw error;
      }
    });
  }

  /** Look whether a request arrived whose answer was lost. */
  async lookAgain(): Promise<ISentProcess | null> {
    const { _unsure: unsure, _trans: trans } = this;
    if (unsure === null) {
      return null;
    }
    return this._do(async () => {
      const process = await this._backend.submitted(unsure.request, unsure.after);
      this._unsure = null;
      if (process) {
        return { process, request: unsure.request };
      }
      this.fail({ message: trans.__('The process was not started.'), remedy: trans.__('Send it again.') });
      return null;
    });
  }

  fail(error: unknown): void {
    this._trouble = troubleOf(error);
    this._tell();
  }

  /** Know nothing of what was sent. */
  reset(): void {
    this._told = [];
    this._trouble = null;
    this._unsure = null;
    this._confirmed = null;
  }

  private async _do(act: () => Promise<ISentProcess | null>): Promise<ISentProcess | null> {
    if (this._busy) {
      return null;
    }
    const { _trans: trans } = this;
    this._busy = true;
    this._trouble = null;
    this._told = [];
    this._tell();
    try {
      return await act();
    } catch (error) {
      this.fail(
        this._unsure === null
          ? error
          : {
              message: trans.__('The connection was lost: it is not known whether the process was started.'),
              remedy: trans.__('Nothing is sent twice. Look when the server answers again.')
            }
      );
      return null;
    } finally {
      this._busy = false;
      this._tell();
    }
  }

  private _busy = false;
  private _trouble: ITrouble | null = null;
  private _told: readonly string[] = [];
  private _confirmed: string | null = null;
  private _unsure: IUnsure | null = null;
}
