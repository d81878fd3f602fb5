/** A table that stays in a kernel. */
import { type ISignal, Signal } from '@lumino/signaling';

import type {
  IConflicts,
  IExported,
  IExportRequest,
  ITableInfo,
  ITableSource,
  IWhy,
  IWindow,
  IWindowRequest
} from '../table/source';
import { bytesOf, type IAnswer, type IChannel, type IReply, joined, Questions } from './questions';

type Ask = (method: string, args: unknown, signal?: AbortSignal) => Promise<IReply>;

/** What a kernel tells of a table unasked. */
interface ITableAnswer extends IAnswer {
  readonly where?: string;
  /** Of the first message, `hello`: the table, and its first rows with all columns as a buffer. */
  readonly info?: ITableInfo;
  /** Also of `hello`: the `row_id` of the row whose details are to be open at first. */
  readonly row?: string;
  readonly window?: { readonly count: number; readonly total: number };
}

/** Rows that are to be a product. */
export interface IShare {
  readonly name: string;
  readonly description: string;
  /** Internal name of the product type; empty where the columns say it. */
  readonly type: string;
  /** A condition; empty for all rows. */
  readonly where: string;
  /** All users of the server may see rows of data-rights holders. */
  readonly data_rights: boolean;
}

/** What they became. */
export interface IShared {
  readonly id: number;
  /** The product's name on the server, such as `12_deep`. */
  readonly name: string;
  /** The server's address. */
  readonly server: string;
  readonly notes: readonly string[];
}

/** A table of which everything is asked. */
export class AskedTable implements ITableSource {
  constructor(protected readonly _ask: Ask) {}

  async info(signal?: AbortSignal): Promise<ITableInfo> {
    return (await this._ask('info', {}, signal)).result as ITableInfo;
  }

  async summaries(signal?: AbortSignal): Promise<ITableInfo> {
    return (await this._ask('summaries', {}, signal)).result as ITableInfo;
  }

  async window(request: IWindowRequest, signal?: AbortSignal): Promise<IWindow> {
    const { result, bytes } = await this._ask('window', request, signal);
    return { ...(result as { start: number; total: number }), ipc: bytes };
  }

  async columns(names: string[], signal?: AbortSignal): Promise<Uint8Array> {
    return (await this._ask('columns', { names }, signal)).bytes;
  }

  async export(request: IExportRequest, signal?: AbortSignal): Promise<IExported> {
    return (await this._ask('export', request, signal)).result as IExported;
  }

  async why(rowId: string, signal?: AbortSignal): Promise<IWhy> {
    return (await this._ask('why', { row_id: rowId }, signal)).result as IWhy;
  }

  async conflicts(start: number, count: number, signal?: AbortSignal): Promise<IConflicts> {
    return (await this._ask('conflicts', { start, count }, signal)).result as IConflicts;
  }

  dispose(): void {
    // questions that are open are answered, or given up by who asked
  }
}

/** The table of an explorer's widget, which tells by itself what is asked first. */
export class KernelTable extends AskedTable {
  constructor(channel: IChannel, now?: () => number) {
    const questions = new Questions(channel, now);
    super((...asked) => questions.ask(...asked));
    this._questions = questions;
    questions.changed.connect(() => this._changed.emit());
  }

  /** `busy` may have changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The kernel selected by itself (`view.select(...)`). */
  get selected(): ISignal<this, string> {
    return this._selected;
  }

  /** A question has been waiting for long: the kernel runs something else. */
  get busy(): boolean {
    return this._questions.busy;
  }

  /** The `row_id` of the row that the kernel wants open at first. */
  get firstRow(): string | null {
    return this._firstRow;
  }

  override async info(signal?: AbortSignal): Promise<ITableInfo> {
    const known = this._hello.info;
    this._hello = { ...this._hello, info: undefined };
    return known ?? super.info(signal);
  }

  override async window(request: IWindowRequest, signal?: AbortSignal): Promise<IWindow> {
    const { window: known } = this._hello;
    const { start, count, sort, where, search } = request;
    if (known !== undefined && start === 0 && count === known.count && !sort && !where && !search) {
      this._hello = {};
      return { start, total: known.total, ipc: known.ipc };
    }
    return super.window(request, signal);
  }

  /** Tell the kernel what is selected; resolves to the number of rows. */
  async select(where: string): Promise<number> {
    return ((await this._ask('select', { where })).result as { total: number }).total;
  }

  /** Publish rows of it on the PZ Server that the kernel knows. */
  async share(what: IShare): Promise<IShared> {
    return (await this._ask('share', what)).result as IShared;
  }

  /** A message has come from the kernel. */
  receive(answer: ITableAnswer, buffers: readonly (ArrayBuffer | ArrayBufferView)[] = []): void {
    if (answer.event === 'selected') {
      this._selected.emit(answer.where ?? '');
    } else if (answer.event === 'hello') {
      const { info, window } = answer;
      this._hello = { info };
      this._firstRow = answer.row ?? null;
      if (window !== undefined && buffers.length > 0) {
        this._hello.window = { ...window, ipc: joined([bytesOf(buffers[0])]) };
      }
    } else {
      this._questions.receive(answer, buffers);
    }
  }

  /** The kernel has died, restarted or gone: no open question will be answered. */
  lost(): void {
    this._questions.lost();
  }

  override dispose(): void {
    this._questions.dispose();
    Signal.clearData(this);
  }

  private readonly _questions: Questions;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _selected = new Signal<this, string>(this);
  private _firstRow: string | null = null;
  /** What the kernel told unasked; each is used once. */
  private _hello: {
    info?: ITableInfo;
    window?: { readonly count: number; readonly total: number; readonly ipc: Uint8Array };
  } = {};
}
