/**
 * Where a table's rows come from, whatever carries them: the engine over HTTP, a kernel over a comm, or memory.
 */

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

export interface ITableInfo {
  readonly id: string;
  readonly name: string;
  readonly path?: string | null;
  readonly rows: number;
  readonly access: string;
  readonly roles: IRoles;
  readonly citation?: string | null;
  /** Set when the rows are a sample of a larger catalogue. */
  readonly sampled?: { readonly of: number } | null;
  readonly columns: IColumnInfo[];
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

export interface ITableSource {
  info(signal?: AbortSignal): Promise<ITableInfo>;
  window(request: IWindowRequest, signal?: AbortSignal): Promise<IWindow>;
  /** Whole columns as an Arrow IPC stream of one record batch. */
  columns(names: string[], signal?: AbortSignal): Promise<Uint8Array>;
  dispose(): void;
}
