/** How requests travel. The service layer knows paths such as `local/tables`; a transport knows where they lead. */

export interface IRequest {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly query?: { readonly [name: string]: string | number | boolean | undefined };
  readonly json?: unknown;
  readonly signal?: AbortSignal;
  /** What is at this address never changes: the browser's own cache may answer. */
  readonly immutable?: boolean;
}

export interface IReply {
  readonly status: number;
  header(name: string): string | null;
  bytes(): Promise<Uint8Array>;
  text(): Promise<string>;
}

export interface ITransport {
  /**
   * Send a request to a path below the server's root, without a leading slash.
   *
   * Resolves with any answer, whatever its status; rejects with `UnreachableError` when there was none.
   */
  send(path: string, request?: IRequest): Promise<IReply>;
}

/** The query as text, sorted by name, undefined values left out. */
export function queryText(query: IRequest['query']): string {
  const parts = Object.entries(query ?? {})
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`);
  return parts.length ? `?${parts.join('&')}` : '';
}
