/** Recipes that a kernel plans and runs: the backend of the editor over a widget's comm. */
import type {
  ICode,
  ICoverage,
  ICoverageRequest,
  IMoved,
  IOperations,
  IPlan,
  IRecipeBackend,
  IRecipeText,
  IRun,
  ISplitPreview,
  ISplitRequest,
  IVerification
} from '../recipe/backend';
import type { ITableSource } from '../table/source';
import { AskedTable } from './kernelTable';
import type { Questions } from './questions';

/** What the kernel holds of an editor when it is opened. */
export interface IEditorState {
  readonly text: string;
  /** The recipe's file on the kernel's disk; empty where it has none. */
  readonly path: string;
  /** Folder on the kernel's disk from which relative paths start. */
  readonly base: string;
  readonly run: IRun | null;
}

export class KernelRecipes implements IRecipeBackend {
  constructor(private readonly _questions: Questions) {}

  state(): Promise<IEditorState> {
    return this._ask('state', {});
  }

  operations(signal?: AbortSignal): Promise<IOperations> {
    return this._ask('operations', {}, signal);
  }

  plan({ text }: IRecipeText, signal?: AbortSignal): Promise<IPlan> {
    return this._ask('plan', { text }, signal);
  }

  previewSplit({ text }: IRecipeText, request: ISplitRequest, signal?: AbortSignal): Promise<ISplitPreview> {
    return this._ask('previewSplit', { text, ...request }, signal);
  }

  async previewColumns(id: string, signal?: AbortSignal): Promise<Uint8Array> {
    return (await this._questions.ask('previewColumns', { id }, signal)).bytes;
  }

  coverage({ text }: IRecipeText, request: ICoverageRequest, signal?: AbortSignal): Promise<ICoverage> {
    return this._ask('coverage', { text, ...request }, signal);
  }

  code({ text }: IRecipeText, _start: string | null, signal?: AbortSignal): Promise<ICode> {
    return this._ask('code', { text }, signal);
  }

  move({ text }: IRecipeText, to: unknown, signal?: AbortSignal): Promise<IMoved> {
    return this._ask('move', { text, to }, signal);
  }

  async save({ text }: IRecipeText): Promise<string> {
    return (await this._ask<{ path: string }>('save', { text })).path;
  }

  run({ text }: IRecipeText, signal?: AbortSignal): Promise<IRun> {
    return this._ask('run', { text }, signal);
  }

  status(id: string, signal?: AbortSignal): Promise<IRun> {
    return this._ask('status', { id }, signal);
  }

  stop(id: string): Promise<IRun> {
    return this._ask('stop', { id });
  }

  verify(bundle: string, signal?: AbortSignal): Promise<IVerification> {
    return this._ask('verify', { bundle }, signal);
  }

  /** A table that the last run wrote. */
  table(path: string): ITableSource {
    return new AskedTable((method, args, signal) =>
      this._questions.ask('table', { path, method, args }, signal)
    );
  }

  /** The answer; what is too large for one message comes as bytes. */
  private async _ask<T>(method: string, args: unknown, signal?: AbortSignal): Promise<T> {
    const { result, bytes } = await this._questions.ask(method, args, signal);
    const whole = result as { in_body?: boolean };
    return (whole?.in_body === true ? JSON.parse(new TextDecoder().decode(bytes)) : result) as T;
  }
}
