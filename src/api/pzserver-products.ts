/** Products of the PZ Server: found, described, changed, deleted. */
import type { Client } from './client';
import { AnswerError, ServiceError } from './errors';
import type { components } from './generated/openapi';
import { type ListQuery, readAll } from './pzserver-lists';
import { checkConfig, checkMainFile, checkPreview, checkProduct } from './validate';

/** The codes of a product's status. */
export const STATUS = { draft: 0, published: 1, deleted: 2, processing: 3, failed: 9 } as const;

export interface IProduct {
  readonly id: number;
  readonly internalName: string;
  readonly displayName: string;
  readonly type: string;
  readonly typeName: string;
  readonly release: string | null;
  readonly releaseId: number | null;
  readonly owner: string;
  readonly isOwner: boolean;
  readonly canUpdate: boolean;
  readonly canDelete: boolean;
  readonly official: boolean;
  readonly status: number;
  readonly statusText: string;
  readonly description: string;
  readonly pzCode: string | null;
  readonly created: string;
  readonly updated: string | null;
  readonly origin: string;
  readonly processId: number | null;
  /** Status of the process that makes it: the product's own can stay behind. */
  readonly processStatus: string | null;
}

export interface IProductFilter {
  readonly search?: string;
  /** Internal name of a product type, such as `redshift_catalog`. */
  readonly type?: string;
  /** Release id, or `none` for products that belong to no release. */
  readonly release?: number | 'none';
  readonly official?: boolean;
  /** Only one's own, whatever their status. */
  readonly mine?: boolean;
  /** User name of the owner. */
  readonly owner?: string;
  /** One of `STATUS`; published products if left out (of one's own: all but the deleted). */
  readonly status?: number;
}

/** Fields of a product that can be changed. */
export interface IProductChange {
  readonly displayName?: string;
  readonly description?: string;
  readonly releaseId?: number | null;
  readonly pzCode?: string | null;
  readonly official?: boolean;
  readonly status?: number;
}

/** The first rows of a product's table, as text. */
export interface IPreview {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What made a product: parameters of its process, and the flag rules that it used. */
export interface IProcessConfig {
  readonly config: Record<string, unknown> | null;
  readonly flags: Record<string, unknown> | null;
}

export type ProductCalls = ReturnType<typeof productCalls>;

/** How often a preview that is being made is asked for: of what is no table the real server never says so. */
const PREVIEW_TRIES = 4;

export function productCalls(client: Client, rest: (ms: number, signal?: AbortSignal) => Promise<void>) {
  const one = async (id: number, signal?: AbortSignal): Promise<IProduct> =>
    toProduct(checkProduct(await client.json<unknown>('Product', `pz/products/${id}/`, { signal })));

  return {
    /**
     * Products that fit the filter, newest first. A status always goes with the question, without which deleted ones
     * and everybody's drafts come too; of what is not published only what the user may change is kept.
     */
    async products(filter: IProductFilter = {}, signal?: AbortSignal): Promise<IProduct[]> {
      const raw = await readAll(client, 'Catalogues', 'pz/products/', queryOf(filter), checkProduct, signal);
      return raw.map(toProduct).filter(product => fits(product, filter));
    },

    product: one,

    /** A product by its internal name, such as `12_goods_specz`. */
    async productNamed(name: string, signal?: AbortSignal): Promise<IProduct> {
      const query: ListQuery = { internal_name: name, status__in: '0,1,3,9' };
      const found = await readAll(client, 'Product', 'pz/products/', query, checkProduct, signal);
      const product = found.find(item => item.internal_name === name);
      if (!product) {
        throw new ServiceError(
          `There is no product “${name}” on this server that you may see.`,
          'Look for it in the sidebar, or ask its owner for its name.'
        );
      }
      return toProduct(product);
    },

    /** Number of rows of a product's main table, or null where the server does not say. */
    async rows(id: number, signal?: AbortSignal): Promise<number | null> {
      const info = checkMainFile(
        await client.json<unknown>('Product', `pz/products/${id}/main_file_info/`, { signal })
      );
      return info.main_file?.n_rows ?? null;
    },

    /** Parameters and flag rules of the process that made it; nothing of an upload. */
    async processConfig(id: number, signal?: AbortSignal): Promise<IProcessConfig> {
      const raw = checkConfig(
        await client.json<unknown>('Configuration', `pz/products/${id}/process_config/`, { signal })
      );
      return {
        config: (raw.config as Record<string, unknown> | undefined) ?? null,
        flags: (raw.flag_translation as Record<string, unknown> | undefined) ?? null
      };
    },

    /** The first rows; null when the server has none to show. */
    async preview(id: number, signal?: AbortSignal): Promise<IPreview | null> {
      for (let turn = 1; turn <= PREVIEW_TRIES; turn++) {
        const reply = await client
          .reply('First rows', `pz/products/${id}/read_data/`, { query: { page: 1 }, signal })
          .catch((error: unknown) => {
            if (error instanceof AnswerError && error.status === 500) {
              return null; // what is no table has no preview
            }
            throw error;
          });
        if (reply === null) {
          return null;
        }
        if (reply.status !== 202) {
          const { columns, results } = checkPreview(JSON.parse(await reply.text()));
          const rows = results.map(row => columns.map(name => text(row[name])));
          return { columns, rows };
        }
        if (turn < PREVIEW_TRIES) {
          await rest(1000 * (turn + 2), signal);
        }
      }
      return null;
    },

    /** Change fields; the product as it is afterwards, which may not be what was asked for. */
    async change(id: number, change: IProductChange): Promise<IProduct> {
      const json = {
        display_name: change.displayName,
        description: change.description,
        release: change.releaseId,
        pz_code: change.pzCode,
        official_product: change.official,
        status: change.status
      };
      return toProduct(
        checkProduct(
          await client.json<unknown>('Changing the product', `pz/products/${id}/`, {
            method: 'PATCH',
            json
          })
        )
      );
    },

    async deleteProduct(id: number): Promise<void> {
      await client.reply('Deleting the product', `pz/products/${id}/`, { method: 'DELETE' });
    }
  };
}

function queryOf(filter: IProductFilter): ListQuery {
  const { search, type, release, official, mine, owner, status } = filter;
  return {
    ordering: '-created_at',
    ...(status !== undefined
      ? { status }
      : mine
        ? {
            status__in: Object.values(STATUS)
              .filter(code => code !== STATUS.deleted)
              .join()
          }
        : { status: STATUS.published }),
    ...(search ? { search } : {}),
    ...(type ? { product_type_name: type } : {}),
    ...(release === 'none' ? { release__isnull: true } : release !== undefined ? { release } : {}),
    ...(official !== undefined ? { official_product: official } : {}),
    // the server splits it at commas
    ...(owner && !owner.includes(',') ? { uploaded_by: owner } : {})
  };
}

/** What the server's own filters let through too: they look for a part of a name, and show others' drafts. */
function fits(product: IProduct, { type, owner, mine }: IProductFilter): boolean {
  return (
    (product.status === STATUS.published || product.isOwner || product.canUpdate) &&
    product.status !== STATUS.deleted &&
    (!type || product.type === type) &&
    (!owner || product.owner === owner) &&
    (!mine || product.isOwner)
  );
}

export function toProduct(raw: components['schemas']['Product']): IProduct {
  return {
    id: raw.id,
    internalName: raw.internal_name ?? String(raw.id),
    displayName: raw.display_name,
    type: raw.product_type_internal_name,
    typeName: raw.product_type_name,
    release: raw.release_name ?? null,
    releaseId: raw.release ?? null,
    owner: raw.uploaded_by,
    isOwner: raw.is_owner,
    canUpdate: raw.can_update,
    canDelete: raw.can_delete,
    official: raw.official_product,
    status: raw.status,
    statusText: raw.product_status,
    description: raw.description ?? '',
    pzCode: raw.pz_code ?? null,
    created: raw.created_at,
    updated: raw.updated_at ?? null,
    origin: raw.origin ?? '',
    processId: raw.process_id ?? null,
    processStatus: raw.process_status ?? null
  };
}

function text(value: unknown): string {
  return value === null || value === undefined ? '' : String(value);
}
