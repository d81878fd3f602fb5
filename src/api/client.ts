/** What every part of the service layer shares: send, check, decode. */
import { errorOf } from './errors';
import type { IReply, IRequest, ITransport } from './transport/transport';

export class Client {
  constructor(private readonly _transport: ITransport) {}

  /** The reply of a request that succeeded; rejects with a `ServiceError` otherwise. */
  async reply(what: string, path: string, request?: IRequest): Promise<IReply> {
    const reply = await this._transport.send(path, request);
    const error = await errorOf(reply, what);
    if (error) {
      throw error;
    }
    return reply;
  }

  async json<T>(what: string, path: string, request?: IRequest): Promise<T> {
    const reply = await this.reply(what, path, request);
    return JSON.parse(await reply.text()) as T;
  }
}
