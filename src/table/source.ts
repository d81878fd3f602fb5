/**
 * Where a table's rows come from, whatever carries them: the engine over HTTP, a kernel over a comm, or memory.
 */
import type { IConflicts, IWhy } from './explained';
import type { IProposed, IProposeRequest } from './proposed';

export type * from './explained';
export type * from './proposed';

/** What is known of one column before any row is read. */
export interface IColumnInfo {
  readonly name: string;
  readonly type: 'int' | 'float' | 'text' | 'bool';
  /** The Arrow type's own name, such as `int64`. */
  readonly arrow: string;
  readonly unit?: string | null;
  readonly ucd?: string | null;
  readonly description?: string | null;
  readonly nulls: number;
  readonly distinct?: number | null;
  /** Text when an integer is beyond 2**53. */
  readonly min?: number | string | null;
  readonly max?: number | string | null;
  readonly histogram?: { readonly edges: number[]; readonly counts: number[] } | null;
  /** The most frequent values, where values can be counted. */
  readonly values?: { readonly value: string | number | boolean | null; readonly count: number }[] | null;
  /** Values that stood for "no value" and became null when the file was read. */
  readonly sentinels?: { readonly value: number | string; readonly count: number }[] | null;
}

/** Columns with a known meaning, by role. */
export interface IRoles {
  readonly id?: string;
  readonly ra?: string;
  readonly dec?: string;
  readonly redshift?: string;
  readonly survey?: string;
  readonly flag?: string;
  readonly type?: string;
  readonly split?: string;
  readonly group?: string;
}

/** Of how many rows, and, of a HATS catalogue, of how many partitions how many were read. */
export interface ISampled {
  readonly of: number;
  readonly partitions?: number | null;
  readonly read?: number | null;
}

export interface ITableInfo {
  readonly id: string;
  readonly name: string;
  readonly path?: string | null;
  readonly rows: number;
  readonly access: string;
  readonly roles: IRoles;
  readonly citation?: string | null;
  /** Set when the rows are a sample of a larger catalogue. */
  readonly sampled?: ISampled | null;
  readonly columns: IColumnInfo[];
  /** The columns have names, types and units, but no counts yet: `summaries` gives the whole. */
  readonly pending?: boolean;
}

export interface IWindowRequest {
  readonly start: number;
  readonly count: number;
  readonly columns?: string[];
  readonly sort?: { readonly column: string; readonly descending: boolean };
  /** A condition in the expression language; rows for which it is not true are left out. */
  readonly where?: string;
  /** Text to find in any text or integer column. */
  readonly search?: string;
}

export interface IWindow {
  readonly start: number;
  /** Rows that pass `where` and `search`. */
  readonly total: number;
  /** Arrow IPC stream, one record batch. */
  readonly ipc: Uint8Array;
}

/** Rows to be saved as a new file, where the table is: their bytes don't pass through the browser. */
export interface IExportRequest {
  /** As the file browser has it; of a kernel's table, relative to the kernel's working directory. */
  readonly path: string;
  readonly format: 'parquet' | 'csv';
  readonly where?: string;
  readonly sort?: IWindowRequest['sort'];
  /** All where left out. */
  readonly columns?: string[];
  /** What some of them are called in the file; the engine alone knows how. */
  readonly rename?: { readonly [name: string]: string };
}

/** What was saved. A name that a file has already is refused by an error whose `where` is `name`. */
export interface IExported {
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
  readonly access: string;
}

/** Counts of a table's plots with all rows, kept where the table is; see `keptCounts`. */
export interface IKeptCounts {
  /** The way in which they were counted. */
  readonly made: string;
  readonly rows: number;
  readonly views: readonly {
    readonly request: string;
    readonly result: { readonly [key: string]: unknown };
  }[];
}

export interface ITableSource {
  info(signal?: AbortSignal): Promise<ITableInfo>;
  /** What `info` told, with the counts of every column; only where `info` may be `pending`. */
  summaries?(signal?: AbortSignal): Promise<ITableInfo>;
  window(request: IWindowRequest, signal?: AbortSignal): Promise<IWindow>;
  /** Whole columns as an Arrow IPC stream of one record batch. */
  columns(names: string[], signal?: AbortSignal): Promise<Uint8Array>;
  /** The counts that an earlier opening gave to be kept, if there are any. */
  counts?(signal?: AbortSignal): Promise<IKeptCounts>;
  keepCounts?(counts: IKeptCounts): Promise<void>;
  /** What its columns mean; only where the engine has the table. */
  propose?(request: IProposeRequest, signal?: AbortSignal): Promise<IProposed>;
  /** Save rows as a file, where the source can. */
  export?(request: IExportRequest, signal?: AbortSignal): Promise<IExported>;
  /** Why the object that a row measures has its redshift; rejects, in words, where the table is not combined. */
  why?(rowId: string, signal?: AbortSignal): Promise<IWhy>;
  /** Objects whose secure redshifts disagree, from one on, in the order of `group_id`. */
  conflicts?(start: number, count: number, signal?: AbortSignal): Promise<IConflicts>;
  dispose(): void;
}
