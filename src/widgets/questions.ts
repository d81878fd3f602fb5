/** Questions to a kernel and their answers, over custom messages of a widget's comm. */
import { type ISignal, Signal } from '@lumino/signaling';

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
}

export interface IReply {
  readonly result: unknown;
  readonly bytes: Uint8Array;
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
  resolve(answer: IReply): void;
  reject(error: unknown): void;
}

/** Milliseconds without an answer after which a kernel counts as busy. */
const PATIENCE = 1200;

export class Questions {
  /** `_gone` says what is lost when the kernel has gone. */
  constructor(
    private readonly _channel: IChannel,
    private readonly _now: () => number = () => Date.now(),
    private readonly _gone: () => KernelError = gone
  ) {}

  /** `busy` may have changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** A question has been waiting for long: the kernel runs something else. */
  get busy(): boolean {
    return this._busy;
  }

  /** Whether a question of that id was asked here: several pages may show the same notebook. */
  isOwn(id: string): boolean {
    return id.startsWith(this._prefix);
  }

  ask(method: string, args: unknown, signal?: AbortSignal): Promise<IReply> {
    if (signal?.aborted) {
      return Promise.reject(aborted());
    }
    if (!this._channel.live) {
      return Promise.reject(this._gone());
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

  /** A message has come from the kernel. */
  receive(answer: IAnswer, buffers: readonly (ArrayBuffer | ArrayBufferView)[] = []): void {
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
    open.forEach(({ reject }) => reject(this._gone()));
  }

  dispose(): void {
    clearTimeout(this._timer);
    const error = new DOMException('The view was closed.', 'AbortError');
    const open = [...this._open.values()];
    this._open.clear();
    open.forEach(({ reject }) => reject(error));
    Signal.clearData(this);
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
  private readonly _open = new Map<string, IOpen>();
  /** An id is one page's own. */
  private readonly _prefix = `${Math.random().toString(36).slice(2, 8)}-`;
  private _last = 0;
  private _busy = false;
  private _timer: ReturnType<typeof setTimeout> | undefined;
}

export function bytesOf(buffer: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(buffer)
    ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
    : new Uint8Array(buffer);
}

/** One array with an alignment of its own: Arrow reads numbers in place. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
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
