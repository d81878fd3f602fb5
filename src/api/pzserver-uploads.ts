/** A new product: made as a draft, its files sent, registered. */
import type { Client } from './client';
import { type IProduct, STATUS, toProduct } from './pzserver-products';
import { checkProduct, checkUpload } from './validate';

export interface INewProduct {
  readonly displayName: string;
  /** Id of the product type. */
  readonly typeId: number;
  readonly releaseId: number | null;
  readonly pzCode: string | null;
  readonly description: string;
}

export type UploadState = 'running' | 'done' | 'failed' | 'stopped';

/** A file on its way from the file browser's folders to a product. */
export interface IUpload {
  readonly id: string;
  readonly product: number;
  readonly role: number;
  /** What it is called on the server. */
  readonly name: string;
  readonly state: UploadState;
  /** Bytes that are sent. */
  readonly done: number;
  readonly total: number;
  readonly message: string | null;
  readonly remedy: string | null;
}

export type UploadCalls = ReturnType<typeof uploadCalls>;

export function uploadCalls(client: Client) {
  return {
    /** A product that nobody but its owner finds until it is published. */
    async createProduct(what: INewProduct): Promise<IProduct> {
      const json = {
        display_name: what.displayName,
        product_type: what.typeId,
        release: what.releaseId,
        pz_code: what.pzCode,
        description: what.description,
        official_product: false,
        status: STATUS.draft
      };
      const value = await client.json<unknown>('Making the product', 'pz/products/', {
        method: 'POST',
        json
      });
      return toProduct(checkProduct(value));
    },

    /** Send a file of the file browser; it goes on when the page is closed. What is on its way is joined. */
    async sendFile(product: number, role: number, path: string, name: string): Promise<IUpload> {
      const json = { product, role, contents: path, name };
      return toUpload(await client.json<unknown>('Sending the file', 'uploads', { method: 'POST', json }));
    },

    /** Files on their way, and those that ended lately, newest first. */
    async uploads(signal?: AbortSignal): Promise<IUpload[]> {
      const { uploads } = await client.json<{ uploads: unknown[] }>('Uploads', 'uploads', { signal });
      return uploads.map(toUpload);
    },

    async stopUpload(id: string): Promise<void> {
      await client.reply('Stop', `uploads/${id}`, { method: 'DELETE' });
    },

    /** Uploads that were begun and not finished, as they were kept on the Jupyter server. */
    async uploadDrafts(signal?: AbortSignal): Promise<unknown[]> {
      const { drafts } = await client.json<{ drafts: unknown[] }>('Drafts', 'drafts', { signal });
      return drafts;
    },

    async keepUploadDraft(draft: { readonly id: string }): Promise<void> {
      await client.reply('Keeping the draft', `drafts/${draft.id}`, { method: 'POST', json: draft });
    },

    async forgetUploadDraft(id: string): Promise<void> {
      await client.reply('Discarding the draft', `drafts/${id}`, { method: 'DELETE' });
    },

    /** Have the server read the main file: its columns and rows are known afterwards. */
    async registry(product: number): Promise<void> {
      await client.reply('Reading the main file', `pz/products/${product}/registry/`, {
        method: 'POST',
        json: {}
      });
    }
  };
}

function toUpload(value: unknown): IUpload {
  const raw = checkUpload(value);
  return {
    id: raw.id as string,
    product: raw.product as number,
    role: raw.role as number,
    name: raw.name as string,
    state: raw.state as UploadState,
    done: raw.done as number,
    total: raw.total as number,
    message: (raw.message as string | null) ?? null,
    remedy: (raw.remedy as string | null) ?? null
  };
}
