/** The transport in JupyterLab: our own server extension, which holds the tokens and forwards to one host each. */
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import { UnreachableError } from '../errors';
import { type IReply, type IRequest, type ITransport, queryText } from './transport';

export class JupyterTransport implements ITransport {
  constructor(private readonly _settings: ServerConnection.ISettings) {}

  async send(path: string, request: IRequest = {}): Promise<IReply> {
    const address = URLExt.join(this._settings.baseUrl, 'tsm', path) + queryText(request.query);
    const init: RequestInit = { method: request.method ?? 'GET', signal: request.signal };
    if (request.immutable) {
      // without it each address gets a number of its own, and no answer is ever found again
      init.cache = 'default';
    }
    if (request.json !== undefined) {
      init.body = JSON.stringify(request.json);
      init.headers = { 'Content-Type': 'application/json' }; // else it goes as plain text
    }
    let response: Response;
    try {
      response = await ServerConnection.makeRequest(address, init, this._settings);
    } catch (error) {
      if (request.signal?.aborted) {
        throw error;
      }
      throw new UnreachableError(
        'The Jupyter server does not answer.',
        'Is it still running? Reload the page.'
      );
    }
    return {
      status: response.status,
      header: name => response.headers.get(name),
      bytes: async () => new Uint8Array(await response.arrayBuffer()),
      text: () => response.text()
    };
  }
}
