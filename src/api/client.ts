/** What every part of the service layer shares: send, check, decode. */
import { errorOf, ServiceError, UnreachableError } from './errors';
import type { IReply, IRequest, ITransport } from './transport/transport';

/** Milliseconds that a PZ Server may take for an answer, its body included. */
const PATIENCE = 120_000;

export class Client {
  constructor(private readonly _transport: ITransport) {}

  /** The reply of a request that succeeded; rejects with a `ServiceError` otherwise. */
  reply(what: string, path: string, request?: IRequest): Promise<IReply> {
    return this._sent(what, path, request, async reply => reply);
  }

  async json<T>(what: string, path: string, request?: IRequest): Promise<T> {
    const body = await this._sent(what, path, request, async reply => {
      try {
        return await reply.text();
      } catch (error) {
        if (request?.signal?.aborted) {
          throw error;
        }
        throw new UnreachableError(`${what}: the answer broke off.`, 'Try again.');
      }
    });
    try {
      return JSON.parse(body) as T;
    } catch {
      throw new ServiceError(
        `${what}: the answer is not what a PZ Server sends.`,
        'Check the address of the server; it may be down for service.'
      );
    }
  }

  private async _sent<T>(
    what: string,
    path: string,
    request: IRequest = {},
    take: (reply: IReply) => Promise<T>
  ): Promise<T> {
    const limit = limited(path, request);
    try {
      const reply = await this._transport.send(path, limit?.request ?? request);
      const error = await errorOf(reply, what);
      if (error) {
        throw error;
      }
      return await take(reply);
    } catch (error) {
      if (limit?.isOver() && !request.signal?.aborted) {
        throw new UnreachableError(
          `${what}: no answer in ${PATIENCE / 60_000} minutes.`,
          'The server may be busy: try again later.'
        );
      }
      throw error;
    } finally {
      limit?.end();
    }
  }
}

/**
 * A question to a PZ Server that is given up after a while: one that promises more bytes than it sends would be
 * waited for for ever. What is sent there (files, jobs) may take its time.
 */
function limited(path: string, request: IRequest) {
  if (!path.startsWith('pz/') || request.method === 'POST') {
    return null;
  }
  const abort = new AbortController();
  const stop = () => abort.abort(request.signal?.reason);
  if (request.signal?.aborted) {
    stop();
  }
  request.signal?.addEventListener('abort', stop);
  let over = false;
  const timer = setTimeout(() => {
    over = true;
    abort.abort();
  }, PATIENCE);
  return {
    request: { ...request, signal: abort.signal },
    isOver: () => over,
    end: () => {
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', stop);
    }
  };
}
