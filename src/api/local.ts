/** The engine's own interface: tables as Arrow, operations, plans, runs, verification. */
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
import type { IObjects } from '../table/objects';
import type {
  IConflicts,
  IExported,
  IExportRequest,
  IKeptCounts,
  IProposed,
  IProposedRole,
  IProposeRequest,
  ITableInfo,
  ITableSource,
  IWhy,
  IWindow,
  IWindowRequest
} from '../table/source';
import type { Client } from './client';
import { AnswerError, ServiceError } from './errors';
import type { IRequest } from './transport/transport';

/**
 * A table to open: a file by its path in the file browser or on the server's disk, a product, or what the engine
 * has made and keeps for a while (a comparison), by its id.
 */
export type TableReference =
  | { readonly contents: string }
  | { readonly file: string }
  | { readonly product: number | string }
  | { readonly table: string };

export interface IConfig {
  readonly version: string;
  readonly pzserver: {
    readonly url: string;
    readonly name: string;
    readonly configured: boolean;
    readonly token: 'present' | 'missing' | 'wrong';
    readonly user?: string | null;
    readonly message?: string | null;
    readonly kind?: 'engine' | 'real' | 'development' | 'other';
    /** The site says which server it is. */
    readonly fixed?: boolean;
    readonly choices?: readonly { readonly url: string; readonly name: string; readonly kind: string }[];
    /** Where the token is kept, and where the Science Platform keeps its own. */
    readonly kept?: string | null;
    readonly rsp?: string | null;
  };
  readonly engine: {
    readonly state: 'running' | 'starting' | 'failed' | 'stopped';
    readonly message?: string | null;
  };
  /** The folder on disk that the file browser shows; empty when it shows none of the server's machine. */
  readonly root?: string;
}

export class LocalService {
  constructor(private readonly _client: Client) {}

  /** State of the server part, the engine and the PZ Server's token. */
  config(signal?: AbortSignal): Promise<IConfig> {
    return this._client.json('Settings', 'config', { signal });
  }

  /** Hand a PZ Server token to the server, which checks and keeps it; it is never sent back. */
  async setToken(token: string): Promise<void> {
    await this._client.reply('Token', 'token', { method: 'POST', json: { token } });
  }

  /** A table as a source of windows and columns; nothing is asked before the first call on it. */
  table(reference: TableReference): ITableSource {
    return new EngineTable(this._client, reference);
  }

  /** Two tables object by object: the same within so many arcsec. */
  async objects(
    first: TableReference,
    second: TableReference,
    radius: number,
    signal?: AbortSignal
  ): Promise<IObjects> {
    const [a, b] = await Promise.all([this.table(first).info(signal), this.table(second).info(signal)]);
    return this._client.json<IObjects>('Comparing the objects', 'local/compilations', {
      method: 'POST',
      json: { first: a.id, second: b.id, radius_arcsec: radius },
      signal
    });
  }

  /** What columns mean by their names alone, of a table that is not to be had here. */
  async proposeByNames(names: readonly string[], signal?: AbortSignal): Promise<readonly IProposedRole[]> {
    const said = await this._client.json<{ roles: IProposedRole[] }>(
      'Looking at the columns',
      'local/propose',
      {
        method: 'POST',
        json: { names: [...names] },
        signal
      }
    );
    return said.roles;
  }

  /** Whether the results of recipes that are run become products. */
  register = true;

  recipes(): IRecipeBackend {
    return new EngineRecipes(this._client, () => this.register);
  }

  async runs(signal?: AbortSignal): Promise<IRun[]> {
    const { runs } = await this._client.json<{ runs: IRun[] }>('Runs', 'local/runs', { signal });
    return runs;
  }

  async runLog(id: string, signal?: AbortSignal): Promise<string> {
    const reply = await this._client.reply('Log', `local/runs/${id}/log`, { signal });
    return reply.text();
  }

  stopRun(id: string): Promise<IRun> {
    return this._change('Stop', id, 'stop');
  }

  /** Run a stopped or failed run again; it goes on from the partial work that is kept. */
  retryRun(id: string): Promise<IRun> {
    return this._change('Retry', id, 'retry');
  }

  /** The user has been told of the run's end. */
  toldRun(id: string): Promise<IRun> {
    return this._change('Jobs', id, 'told');
  }

  private _change(what: string, id: string, change: string): Promise<IRun> {
    return this._client.json(what, `local/runs/${id}/${change}`, { method: 'POST', json: {} });
  }
}

class EngineTable implements ITableSource {
  constructor(
    private readonly _client: Client,
    private readonly _reference: TableReference
  ) {}

  info(): Promise<ITableInfo> {
    const reference = this._reference;
    const asking: [string, IRequest?] =
      'table' in reference
        ? [`local/tables/${reference.table}`]
        : ['local/tables', { method: 'POST', json: reference }];
    this._info ??= this._client.json<ITableInfo>('Opening the table', ...asking).catch(error => {
      this._info = null;
      throw error;
    });
    return this._info;
  }

  window(request: IWindowRequest, signal?: AbortSignal): Promise<IWindow> {
    return this._opened(async id => {
      const reply = await this._client.reply('Rows', `local/tables/${id}/window`, {
        query: {
          start: request.start,
          count: request.count,
          columns: request.columns?.map(encodeComma).join(','),
          sort: request.sort?.column,
          desc: request.sort ? (request.sort.descending ? 1 : 0) : undefined,
          where: request.where || undefined,
          search: request.search || undefined
        },
        signal
      });
      return {
        start: Number(reply.header('X-TSM-Start') ?? request.start),
        total: Number(reply.header('X-TSM-Total')),
        ipc: await reply.bytes()
      };
    }, signal);
  }

  columns(names: string[], signal?: AbortSignal): Promise<Uint8Array> {
    return this._opened(async id => {
      const reply = await this._client.reply('Columns', `local/tables/${id}/columns`, {
        query: { names: names.map(encodeComma).join(',') },
        immutable: true,
        signal
      });
      return reply.bytes();
    }, signal);
  }

  counts(signal?: AbortSignal): Promise<IKeptCounts> {
    return this._opened(
      id => this._client.json<IKeptCounts>('Counts', `local/tables/${id}/counts`, { signal }),
      signal
    );
  }

  async keepCounts(counts: IKeptCounts): Promise<void> {
    const { id } = await this.info();
    await this._client.reply('Counts', `local/tables/${id}/counts`, { method: 'POST', json: counts });
  }

  export(request: IExportRequest, signal?: AbortSignal): Promise<IExported> {
    const { path, ...what } = request;
    return this._opened(async id => {
      const saved = await this._client.json<IExported>('Saving', `local/tables/${id}/export`, {
        method: 'POST',
        json: { ...what, contents: path },
        signal
      });
      return { ...saved, path };
    }, signal);
  }

  propose(request: IProposeRequest, signal?: AbortSignal): Promise<IProposed> {
    return this._opened(
      id =>
        this._client.json<IProposed>('Looking at the columns', `local/tables/${id}/propose`, {
          method: 'POST',
          json: { ...request },
          signal
        }),
      signal
    );
  }

  why(rowId: string, signal?: AbortSignal): Promise<IWhy> {
    return this._opened(
      id => this._client.json<IWhy>('Why this redshift', `local/tables/${id}/why/${rowId}`, { signal }),
      signal
    );
  }

  conflicts(start: number, count: number, signal?: AbortSignal): Promise<IConflicts> {
    return this._opened(
      id =>
        this._client.json<IConflicts>('Conflicts', `local/tables/${id}/conflicts`, {
          query: { start, count },
          signal
        }),
      signal
    );
  }

  dispose(): void {
    this._info = null;
  }

  /** Ask; when the engine no longer has the table in its cache, open it there once more. */
  private async _opened<T>(ask: (id: string) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const opened = this.info();
    const { id } = await opened;
    try {
      return await ask(id);
    } catch (error) {
      if (!(error instanceof AnswerError) || error.status !== 404 || signal?.aborted) {
        throw error;
      }
      if (this._info === opened) {
        this._info = null;
      }
      const again = await this.info();
      if (again.id !== id) {
        throw new ServiceError(
          'The file has changed since it was opened.',
          'Close this view and open the file again.'
        );
      }
      return ask(id);
    }
  }

  private _info: Promise<ITableInfo> | null = null;
}

class EngineRecipes implements IRecipeBackend {
  constructor(
    private readonly _client: Client,
    private readonly _register: () => boolean
  ) {}

  operations(signal?: AbortSignal): Promise<IOperations> {
    return this._client.json('Operations', 'local/ops', { signal });
  }

  plan(recipe: IRecipeText, signal?: AbortSignal): Promise<IPlan> {
    return this._client.json('Plan', 'local/plan', { method: 'POST', json: body(recipe), signal });
  }

  previewSplit(recipe: IRecipeText, request: ISplitRequest, signal?: AbortSignal): Promise<ISplitPreview> {
    const json = { ...body(recipe), ...request };
    return this._client.json('Preview', 'local/preview', { method: 'POST', json, signal });
  }

  async previewColumns(id: string, signal?: AbortSignal): Promise<Uint8Array> {
    const reply = await this._client.reply('Preview', `local/previews/${id}`, { immutable: true, signal });
    return reply.bytes();
  }

  coverage(recipe: IRecipeText, request: ICoverageRequest, signal?: AbortSignal): Promise<ICoverage> {
    const json = { ...body(recipe), ...request };
    return this._client.json('Coverage', 'local/coverage', { method: 'POST', json, signal });
  }

  code(recipe: IRecipeText, start: string | null, signal?: AbortSignal): Promise<ICode> {
    const json = { ...body(recipe), start };
    return this._client.json('Code', 'local/code', { method: 'POST', json, signal });
  }

  move(recipe: IRecipeText, to: unknown, signal?: AbortSignal): Promise<IMoved> {
    const json = { ...body(recipe), to };
    return this._client.json('The other release', 'local/move', { method: 'POST', json, signal });
  }

  run(recipe: IRecipeText, signal?: AbortSignal): Promise<IRun> {
    const json = { ...body(recipe), register: this._register() };
    return this._client.json('Run', 'local/runs', { method: 'POST', json, signal });
  }

  status(id: string, signal?: AbortSignal): Promise<IRun> {
    return this._client.json('Progress', `local/runs/${id}`, { signal });
  }

  stop(id: string): Promise<IRun> {
    return this._client.json('Stop', `local/runs/${id}/stop`, { method: 'POST', json: {} });
  }

  verify(bundle: string, signal?: AbortSignal): Promise<IVerification> {
    return this._client.json('Verification', 'local/verify', {
      method: 'POST',
      json: { path: bundle },
      signal
    });
  }
}

function body(recipe: IRecipeText): { text: string; contents: string } {
  return { text: recipe.text, contents: recipe.path };
}

/** Names are joined by commas; a comma of a name itself is written as %2C once more. */
function encodeComma(name: string): string {
  return name.replace(/%/g, '%25').replace(/,/g, '%2C');
}
