import type { IReply, IRequest, ITransport } from '../transport/transport';

export interface IFakeAnswer {
  status?: number;
  json?: unknown;
  text?: string;
  headers?: Record<string, string>;
}

/** A transport that answers from a function and remembers what was asked. */
export class FakeTransport implements ITransport {
  readonly asked: { path: string; request: IRequest }[] = [];

  constructor(private readonly _answer: (path: string, request: IRequest) => IFakeAnswer) {}

  async send(path: string, request: IRequest = {}): Promise<IReply> {
    this.asked.push({ path, request });
    const { status = 200, json, text, headers = {} } = this._answer(path, request);
    const body = text ?? JSON.stringify(json);
    const all: Record<string, string> = { 'content-type': 'application/json' };
    for (const [name, value] of Object.entries(headers)) {
      all[name.toLowerCase()] = value;
    }
    return {
      status,
      header: name => all[name.toLowerCase()] ?? null,
      bytes: async () => new TextEncoder().encode(body),
      text: async () => body
    };
  }
}
