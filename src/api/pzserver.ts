/**
 * The PZ Server's REST interface, as far as the panel needs it: products, releases, types, processes.
 *
 * Lists are read to their end (the server cuts them at its page size and says nothing), only known filters are
 * sent (unknown ones are ignored and would return everything), and `status` always is.
 */
import type { Client } from './client';
import { checkList, checkProcess, checkProduct } from './validate';

export interface IProduct {
  readonly id: number;
  readonly internalName: string;
  readonly displayName: string;
  readonly type: string;
  readonly typeName: string;
  readonly release: string | null;
  readonly owner: string;
  readonly isOwner: boolean;
  readonly canUpdate: boolean;
  readonly official: boolean;
  readonly status: number;
  readonly statusText: string;
  readonly description: string;
  readonly created: string;
  readonly origin: string;
  readonly processId: number | null;
}

export interface IProductFilter {
  readonly search?: string;
  /** Internal name of a product type, such as `redshift_catalog`. */
  readonly type?: string;
  /** Release id. */
  readonly release?: number;
  readonly official?: boolean;
}

export interface INamed {
  readonly id: number;
  readonly name: string;
  readonly displayName: string;
}

export type ProcessStatus =
  'Pending' | 'Queued' | 'Running' | 'Stopping' | 'Stopped' | 'Successful' | 'Failed';

export interface IProcess {
  readonly id: number;
  readonly name: string;
  readonly pipeline: string;
  readonly status: ProcessStatus;
  readonly owner: string;
  readonly isOwner: boolean;
  readonly product: number | null;
  readonly created: string;
  readonly started: string | null;
  readonly ended: string | null;
  readonly comment: string | null;
  /** 0 to 1 where the server tells (ours does). */
  readonly progress: number | null;
  readonly stage: string | null;
}

const PAGE = 100;
/** More pages than this are a server that counts wrongly. */
const MOST_PAGES = 1000;

export class PzService {
  constructor(private readonly _client: Client) {}

  /** Published products that fit the filter, newest first. */
  async products(filter: IProductFilter = {}, signal?: AbortSignal): Promise<IProduct[]> {
    const query: Record<string, string | number | boolean> = { status: 1, ordering: '-created_at' };
    if (filter.search) {
      query.search = filter.search;
    }
    if (filter.type) {
      query.product_type_name = filter.type;
    }
    if (filter.release !== undefined) {
      query.release = filter.release;
    }
    if (filter.official !== undefined) {
      query.official_product = filter.official;
    }
    const products = await this._all('Catalogues', 'pz/products/', query, checkProduct, signal);
    return products.map(toProduct);
  }

  async product(id: number, signal?: AbortSignal): Promise<IProduct> {
    const value = await this._client.json<unknown>('Product', `pz/products/${id}/`, { signal });
    return toProduct(checkProduct(value));
  }

  /** Number of rows of a product's main table, or null where the server does not say. */
  async rows(id: number, signal?: AbortSignal): Promise<number | null> {
    const info = await this._client.json<{ main_file?: { n_rows?: number | null } }>(
      'Product',
      `pz/products/${id}/main_file_info/`,
      { signal }
    );
    return info.main_file?.n_rows ?? null;
  }

  types(signal?: AbortSignal): Promise<INamed[]> {
    return this._named('Product types', 'pz/product-types/', { ordering: 'order' }, signal);
  }

  releases(signal?: AbortSignal): Promise<INamed[]> {
    return this._named('Releases', 'pz/releases/', {}, signal);
  }

  async processes(signal?: AbortSignal): Promise<IProcess[]> {
    const reply = await this._client.json<unknown>('Jobs', 'pz/processes/', {
      query: { ordering: '-created_at', page_size: 50 },
      signal
    });
    return checkList(reply).results.map(item => toProcess(checkProcess(item)));
  }

  async process(id: number, signal?: AbortSignal): Promise<IProcess> {
    return toProcess(
      checkProcess(await this._client.json<unknown>('Job', `pz/processes/${id}/`, { signal }))
    );
  }

  async processLog(id: number, signal?: AbortSignal): Promise<string> {
    const logs = await this._client.json<{ pipeline?: { content?: string }; slurm?: { content?: string } }>(
      'Log',
      `pz/processes/${id}/logs/`,
      { signal }
    );
    return [logs.pipeline?.content, logs.slurm?.content].filter(Boolean).join('\n');
  }

  /** Stop a job. The contract's stop is a GET; our server part takes a POST and sends that. */
  async stopProcess(id: number): Promise<void> {
    await this._client.reply('Stop', `pz/processes/${id}/stop/`, { method: 'POST', json: {} });
  }

  private async _named(
    what: string,
    path: string,
    query: Record<string, string>,
    signal?: AbortSignal
  ): Promise<INamed[]> {
    const items = await this._all(what, path, query, value => value as Record<string, unknown>, signal);
    return items.map(item => ({
      id: item.id as number,
      name: item.name as string,
      displayName: (item.display_name as string) || (item.name as string)
    }));
  }

  private async _all<T>(
    what: string,
    path: string,
    query: Record<string, string | number | boolean>,
    check: (value: unknown) => T,
    signal?: AbortSignal
  ): Promise<T[]> {
    const found: T[] = [];
    for (let page = 1; page <= MOST_PAGES; page++) {
      const value = await this._client.json<unknown>(what, path, {
        query: { ...query, page, page_size: PAGE },
        signal
      });
      const list = checkList(value);
      found.push(...list.results.map(check));
      if (found.length >= list.count || list.results.length === 0) {
        break;
      }
    }
    return found;
  }
}

type Raw = Record<string, unknown>;

function toProduct(raw: Raw): IProduct {
  return {
    id: raw.id as number,
    internalName: raw.internal_name as string,
    displayName: raw.display_name as string,
    type: raw.product_type_internal_name as string,
    typeName: raw.product_type_name as string,
    release: (raw.release_name as string | null) ?? null,
    owner: raw.uploaded_by as string,
    isOwner: raw.is_owner === true,
    canUpdate: raw.can_update === true,
    official: raw.official_product === true,
    status: raw.status as number,
    statusText: raw.product_status as string,
    description: (raw.description as string | null) ?? '',
    created: raw.created_at as string,
    origin: (raw.origin as string | null) ?? '',
    processId: (raw.process_id as number | null) ?? null
  };
}

function toProcess(raw: Raw): IProcess {
  return {
    id: raw.id as number,
    name: (raw.display_name as string | null) ?? `Job ${raw.id as number}`,
    pipeline: (raw.pipeline_name as string | null) ?? '',
    status: raw.status as ProcessStatus,
    owner: (raw.owned_by as string | null) ?? '',
    isOwner: raw.is_owner === true,
    product: (raw.upload as number | null) ?? null,
    created: raw.created_at as string,
    started: (raw.started_at as string | null) ?? null,
    ended: (raw.ended_at as string | null) ?? null,
    comment: (raw.comment as string | null) ?? null,
    progress: (raw.progress as number | null | undefined) ?? null,
    stage: (raw.stage as string | null | undefined) ?? null
  };
}
