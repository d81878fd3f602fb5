/** The transport for Node and tests: straight to an engine or a PZ Server, with a token given by the caller. */
import { UnreachableError } from '../errors';
import { type IReply, type IRequest, type ITransport, queryText } from './transport';

export interface IFetchOptions {
  /** Root below which `local/` and `pz/` stand for the engine's two interfaces. */
  readonly base: string;
  readonly token?: string;
  /** Milliseconds after which a silent server counts as unreachable. */
  readonly timeout?: number;
}

export class FetchTransport implements ITransport {
  constructor(private readonly _options: IFetchOptions) {}

  async send(path: string, request: IRequest = {}): Promise<IReply> {
    const { base, token, timeout = 60000 } = this._options;
    // The engine calls its PZ Server interface `api`, as the real one does.
    const address = base.replace(/\/+$/, '') + '/' + path.replace(/^pz\//, 'api/') + queryText(request.query);
    const headers: Record<string, string> = { Accept: '*/*' };
    if (token) {
      headers.Authorization = `Token ${token}`;
    }
    if (request.json !== undefined) {
      headers['Content-Type'] = 'application/json';
    }
    const signals = [AbortSignal.timeout(timeout), ...(request.signal ? [request.signal] : [])];
    let response: Response;
    try {
      response = await fetch(address, {
        method: request.method ?? 'GET',
        headers,
        body: request.json === undefined ? undefined : JSON.stringify(request.json),
        signal: AbortSignal.any(signals),
        redirect: 'error'
      });
    } catch (error) {
      if (request.signal?.aborted) {
        throw error;
      }
      throw new UnreachableError(`No answer from ${new URL(base).host}.`);
    }
    return {
      status: response.status,
      header: name => response.headers.get(name),
      bytes: async () => new Uint8Array(await response.arrayBuffer()),
      text: () => response.text()
    };
  }
}
