/** Files of a product, its columns, and its bytes brought to the server that JupyterLab runs on. */
import type { Client } from './client';
import type { components } from './generated/openapi';
import { readAll } from './pzserver-lists';
import { checkContent, checkDownload, checkFile } from './validate';

/** The codes of a file's role. */
export const ROLE = { main: 0, description: 1, auxiliary: 2 } as const;

export interface IProductFile {
  readonly id: number;
  readonly name: string;
  readonly role: number;
  readonly mime: string | null;
  /** Bytes. */
  readonly size: number | null;
  readonly rows: number | null;
  readonly isFolder: boolean;
  readonly canDelete: boolean;
}

export interface IProductColumn {
  readonly id: number;
  readonly name: string;
  readonly ucd: string | null;
  readonly alias: string | null;
}

export type DownloadState = 'preparing' | 'running' | 'done' | 'failed' | 'stopped';

/** A product, or its main file, on its way into a folder of the file browser. */
export interface IDownload {
  readonly id: string;
  readonly product: number;
  /** The main file alone, or all files as an archive. */
  readonly main: boolean;
  readonly state: DownloadState;
  /** Bytes that are there. */
  readonly done: number;
  readonly total: number | null;
  /** Path in the file browser, once it is whole. */
  readonly path: string | null;
  readonly message: string | null;
  readonly remedy: string | null;
}

export type FileCalls = ReturnType<typeof fileCalls>;

export function fileCalls(client: Client) {
  return {
    /** Files of a product, the main one first. */
    async files(product: number, signal?: AbortSignal): Promise<IProductFile[]> {
      const query = { product_id: product, ordering: 'role' };
      const all = await readAll(client, 'Files', 'pz/product-files/', query, checkFile, signal);
      // a server that does not know the filter answers with everybody's files
      return all
        .filter(file => file.product === product)
        .map(toFile)
        .sort((a, b) => a.role - b.role || a.id - b.id);
    },

    /** Columns of a product's main table, in the table's order, all of them. */
    async columns(product: number, signal?: AbortSignal): Promise<IProductColumn[]> {
      const query = { product, ordering: 'order' };
      const all = await readAll(client, 'Columns', 'pz/product-contents/', query, checkContent, signal);
      return all.map(raw => ({
        id: raw.id,
        name: raw.column_name,
        ucd: raw.ucd || null,
        alias: raw.alias || null
      }));
    },

    /** Say what a column means. Both always go: with an alias alone the server keeps the old UCD. */
    async associate(column: number, alias: string | null, ucd: string | null): Promise<void> {
      await client.reply('Associating the column', `pz/product-contents/${column}/`, {
        method: 'PATCH',
        json: { alias, ucd }
      });
    },

    /** Add a file of the file browser to a product; its bytes go from server to server. */
    async attach(product: number, path: string, role: number = ROLE.auxiliary): Promise<IProductFile> {
      const value = await client.json<unknown>('Sending the file', 'pz/product-files/', {
        method: 'POST',
        json: { product, role, contents: path }
      });
      return toFile(checkFile(value));
    },

    async removeFile(id: number): Promise<void> {
      await client.reply('Removing the file', `pz/product-files/${id}/`, { method: 'DELETE' });
    },

    /** Bring a product into a folder of the file browser; what broke off earlier goes on where it was. */
    async download(product: number, folder: string, main: boolean): Promise<IDownload> {
      const value = await client.json<unknown>('Download', 'downloads', {
        method: 'POST',
        json: { product, main, contents: folder }
      });
      return toDownload(value);
    },

    /** Downloads that this Jupyter server knows of, newest first. */
    async downloads(signal?: AbortSignal): Promise<IDownload[]> {
      const { downloads } = await client.json<{ downloads: unknown[] }>('Downloads', 'downloads', { signal });
      return downloads.map(toDownload);
    },

    async stopDownload(id: string): Promise<void> {
      await client.reply('Stop', `downloads/${id}`, { method: 'DELETE' });
    }
  };
}

function toFile(raw: components['schemas']['ProductFile']): IProductFile {
  return {
    id: raw.id,
    name: raw.name,
    role: raw.role,
    mime: raw.type || null,
    size: raw.size ?? null,
    rows: raw.n_rows ?? null,
    isFolder: raw.is_directory === true,
    canDelete: raw.can_delete === true
  };
}

function toDownload(value: unknown): IDownload {
  const raw = checkDownload(value);
  return {
    id: raw.id as string,
    product: raw.product as number,
    main: raw.main === true,
    state: raw.state as DownloadState,
    done: raw.done as number,
    total: (raw.total as number | null) ?? null,
    path: (raw.path as string | null) ?? null,
    message: (raw.message as string | null) ?? null,
    remedy: (raw.remedy as string | null) ?? null
  };
}
