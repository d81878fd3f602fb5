/** A table that stays in a kernel: questions and answers over custom messages of a widget's comm. */
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

export interface IQuestion {
  readonly id: string;
  readonly method: string;
  readonly args: unknown;
}

/** An answer, or a part of one: the bytes of all parts, in order, are one Arrow IPC stream. */
export interface IAnswer {
  readonly id?: string;
  readonly ok?: boolean;
  readonly result?: unknown;
  readonly part?: number;
  readonly of?: number;
  readonly error?: {
    readonly message: string;
    readonly remedy?: string | null;
    readonly where?: string | null;
  };
  /** Set in messages that nobody asked for. */
  readonly event?: string;
  readonly where?: string;
  /** Of the first message, `hello`: the table, and its first rows with all columns as a buffer. */
  readonly info?: ITableInfo;
  /** Also of `hello`: the `row_id` of the row whose details are to be open at first. */
  readonly row?: string;
  readonly window?: { readonly count: number; readonly total: number };
}

/** How messages get to the kernel. */
export interface IChannel {
  /** False when there is no kernel, or not the one that has the table. */
  readonly live: boolean;
  send(question: IQuestion): void;
}

/** The kernel answered with an error, or can't answer any more. */
export class KernelError extends Error {
  constructor(
    message: string,
    readonly remedy: string | null = null,
    /** The column, file or entry that it is about. */
    readonly where: string | null = null
  ) {
    super(message);
    this.name = 'KernelError';
  }
}

interface IOpen {
  readonly parts: (Uint8Array | undefined)[];
  result: unknown;
  /** When it was asked, or last heard of; in ms. */
  heard: number;
  resolve(answer: { result: unknown; bytes: Uint8Array }): void;
  reject(error: unknown): void;
}

/** Milliseconds without an answer after which a kernel counts as busy. */
const PATIENCE = 1200;

export class KernelTable implements ITableSource {
  constructor(
    private readonly _channel: IChannel,
    private readonly _now: () => number = () => Date.now()
  ) {}

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
    return this._busy;
  }

  /** The `row_id` of the row that the kernel wants open at first. */
  get firstRow(): string | null {
    return this._firstRow;
  }

  async info(signal?: AbortSignal): Promise<ITableInfo> {
    const known = this._hello.info;
    this._hello = { ...this._hello, info: undefined };
    if (known !== undefined) {
      return known;
    }
    return (await this._ask('info', {}, signal)).result as ITableInfo;
  }

  async summaries(signal?: AbortSignal): Promise<ITableInfo> {
    return (await this._ask('summaries', {}, signal)).result as ITableInfo;
  }

  async window(request: IWindowRequest, signal?: AbortSignal): Promise<IWindow> {
    const { window: known } = this._hello;
    const { start, count, sort, where, search } = request;
    if (known !== undefined && start === 0 && count === known.count && !sort && !where && !search) {
      this._hello = {};
      return { start, total: known.total, ipc: known.ipc };
    }
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

  /** Tell the kernel what is selected; resolves to the number of rows. */
  async select(where: string): Promise<number> {
    return ((await this._ask('select', { where })).result as { total: number }).total;
  }

  /** A message has come from the kernel. */
  receive(answer: IAnswer, buffers: readonly (ArrayBuffer | ArrayBufferView)[] = []): void {
    if (answer.event === 'selected') {
      this._selected.emit(answer.where ?? '');
      return;
    }
    if (answer.event === 'hello') {
      const { info, window } = answer;
      this._hello = { info };
      this._firstRow = answer.row ?? null;
      if (window !== undefined && buffers.length > 0) {
        this._hello.window = { ...window, ipc: joined([bytesOf(buffers[0])]) };
      }
      return;
    }
    const open = answer.id === undefined ? undefined : this._open.get(answer.id);
    if (!open) {
      return; // given up, or another view's
    }
    if (answer.ok !== true) {
      this._close(answer.id!);
      open.reject(
        new KernelError(
          answer.error?.message ?? 'The kernel could not answer.',
          answer.error?.remedy,
          answer.error?.where
        )
      );
      return;
    }
    open.heard = this._now();
    open.parts.length = answer.of ?? 1;
    open.parts[answer.part ?? 0] = buffers.length > 0 ? bytesOf(buffers[0]) : new Uint8Array();
    if ((answer.part ?? 0) === 0) {
      open.result = answer.result;
    }
    if (Array.from(open.parts).every(part => part !== undefined)) {
      this._close(answer.id!);
      open.resolve({ result: open.result, bytes: joined(open.parts as Uint8Array[]) });
    }
    this._look();
  }

  /** The kernel has died, restarted or gone: no open question will be answered. */
  lost(): void {
    const open = [...this._open.values()];
    this._open.clear();
    this._look();
    open.forEach(({ reject }) => reject(gone()));
  }

  dispose(): void {
    clearTimeout(this._timer);
    const error = new DOMException('The view was closed.', 'AbortError');
    const open = [...this._open.values()];
    this._open.clear();
    open.forEach(({ reject }) => reject(error));
    Signal.clearData(this);
  }

  private _ask(
    method: string,
    args: unknown,
    signal?: AbortSignal
  ): Promise<{ result: unknown; bytes: Uint8Array }> {
    if (signal?.aborted) {
      return Promise.reject(aborted());
    }
    if (!this._channel.live) {
      return Promise.reject(gone());
    }
    const id = `${this._prefix}${++this._last}`;
    return new Promise((resolve, reject) => {
      const cancel = () => {
        if (this._open.has(id)) {
          this._close(id);
          this._channel.send({ id: `${this._prefix}${++this._last}`, method: 'cancel', args: { id } });
          reject(aborted());
        }
      };
      signal?.addEventListener('abort', cancel, { once: true });
      const end = () => signal?.removeEventListener('abort', cancel);
      this._open.set(id, {
        parts: [],
        result: undefined,
        heard: this._now(),
        resolve: answer => {
          end();
          resolve(answer);
        },
        reject: error => {
          end();
          reject(error);
        }
      });
      this._channel.send({ id, method, args });
      this._look();
    });
  }

  private _close(id: string): void {
    this._open.delete(id);
    this._look();
  }

  /** Is the kernel busy? Looks again when the oldest open question will have waited too long. */
  private _look(): void {
    clearTimeout(this._timer);
    const oldest = Math.min(...[...this._open.values()].map(({ heard }) => heard));
    const waited = this._now() - oldest;
    const busy = this._open.size > 0 && waited >= PATIENCE;
    if (this._open.size > 0 && !busy) {
      this._timer = setTimeout(() => this._look(), PATIENCE - waited);
    }
    if (busy !== this._busy) {
      this._busy = busy;
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _selected = new Signal<this, string>(this);
  private readonly _open = new Map<string, IOpen>();
  /** Several pages may show the same notebook: an id is one page's own. */
  private readonly _prefix = `${Math.random().toString(36).slice(2, 8)}-`;
  private _last = 0;
  private _busy = false;
  private _firstRow: string | null = null;
  /** What the kernel told unasked; each is used once. */
  private _hello: {
    info?: ITableInfo;
    window?: { readonly count: number; readonly total: number; readonly ipc: Uint8Array };
  } = {};
  private _timer: ReturnType<typeof setTimeout> | undefined;
}

function bytesOf(buffer: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(buffer)
    ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
    : new Uint8Array(buffer);
}

/** One array with an alignment of its own: Arrow reads numbers in place. */
function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((size, part) => size + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}

function gone(): KernelError {
  return new KernelError(
    'The kernel that held this table is no longer running.',
    'Run the cell again, and those above it that make the table.'
  );
}

function aborted(): DOMException {
  return new DOMException('No longer needed.', 'AbortError');
}
