/** Public redshift catalogues: what is known of each, and what the services that hold them say. */
import type { ITableInfo } from '../table/source';
import type { Client } from './client';

/** Read in the source itself; in several public codes; in one; nowhere that could be named. */
export type Confidence = 'verified' | 'seen' | 'seen-once' | 'unverified';

export interface IFact {
  readonly value: number | string | readonly number[];
  readonly confidence: Confidence;
  /** Where it was read. */
  readonly source?: string | null;
  readonly note?: string | null;
}

/** Degrees, ICRS. */
export interface ICircle {
  readonly name?: string | null;
  readonly ra: number;
  readonly dec: number;
  readonly radius_deg: number;
}

/** From and to in degrees; a first right ascension above the second goes through 0. */
export interface ISkyBox {
  readonly name?: string | null;
  readonly ra: readonly number[];
  readonly dec: readonly number[];
}

export type Footprint = readonly (ICircle | ISkyBox)[];

export interface IReleaseField extends ICircle {
  readonly name: string;
}

export interface IRegistryRelease {
  readonly name: string;
  readonly title: string;
  readonly fields: readonly IReleaseField[];
  /** What of the release these fields leave out. */
  readonly note: string | null;
}

export type RulesStatus = 'checked' | 'proposed' | 'none';

export interface IRegistryBrief {
  readonly id: string;
  readonly name: string;
  readonly survey: string | null;
  /** s, g or p: how its redshifts were measured. */
  readonly type: string;
  readonly rows: IFact | null;
  readonly z_range: IFact | null;
  readonly area_deg2: IFact | null;
  readonly fields: readonly string[];
  /** The kinds of service that can be asked for it. */
  readonly access: readonly string[];
  readonly rules: RulesStatus;
  /** Null where it is not known. */
  readonly footprint: Footprint | null;
  /** Objects of a release that it matches. */
  readonly matches: { readonly [release: string]: IFact };
  /** How many of its facts are unverified. */
  readonly unverified: number;
  /** What was asked for and is not known of it: it may fit or not. */
  readonly unknown: readonly string[];
  /** The file or product that it comes from; null for those that come with pz-tsm. */
  readonly own: string | null;
}

export interface IWay {
  readonly kind: string;
  /** Which part of the catalogue it is. */
  readonly part: string | null;
  /** The `from` of a recipe's input; null where it can't be asked for it. */
  readonly source: { readonly [key: string]: unknown } | null;
  /** By role, the names that are tried, in this order. */
  readonly columns: { readonly [role: string]: readonly string[] };
  readonly columns_confidence: Confidence;
  readonly columns_note: string | null;
  /** By role, what is converted when it is read. */
  readonly converts: { readonly [role: string]: string };
  /** Where a browser finds it, and which file there. */
  readonly page: string | null;
  readonly file: string | null;
  /** In words. */
  readonly size: string | null;
  readonly rows: number | null;
  readonly note: string | null;
  readonly confidence: Confidence;
}

export interface IFlagMeaning {
  readonly when: string;
  readonly is: number | null;
  readonly meaning: string | null;
}

export interface IRegistryFlags {
  readonly meaning: string | null;
  readonly confidence: Confidence;
  readonly status: RulesStatus;
  readonly pack: string | null;
  readonly note: string | null;
  readonly rules: readonly IFlagMeaning[];
}

export interface IRegistryEntry extends IRegistryBrief {
  readonly reference: {
    readonly text: string;
    readonly bibcode: string | null;
    readonly doi: string | null;
    readonly confidence: Confidence;
  } | null;
  readonly ways: readonly IWay[];
  /** Why there is no way to get it. */
  readonly no_access: string | null;
  readonly coordinates: IFact | null;
  readonly z_frame: IFact | null;
  readonly flags: IRegistryFlags;
  readonly object_type: IFact | null;
  readonly caveats: readonly IFact[];
  readonly citation: IFact | null;
  readonly acknowledgement: IFact | null;
  readonly licence: IFact | null;
  readonly bibtex: string | null;
  /** The fields of each release that its footprint touches; null where that is not known. */
  readonly overlaps: { readonly [release: string]: readonly IReleaseField[] } | null;
}

export interface IRegistry {
  readonly entries: readonly IRegistryBrief[];
  /** How many there are, found or not. */
  readonly of: number;
  readonly releases: readonly IRegistryRelease[];
  /** Own entries that can't be read. */
  readonly problems: readonly { readonly message: string; readonly remedy?: string | null }[];
}

/** What the list is narrowed to; bounds may be open on one side. */
export interface IRegistryQuery {
  readonly text?: string;
  readonly type?: string;
  readonly ra?: number;
  readonly dec?: number;
  /** Degrees. */
  readonly radius?: number;
  readonly zmin?: number;
  readonly zmax?: number;
  readonly rmin?: number;
  readonly rmax?: number;
  readonly release?: string;
}

/** Which catalogue, by which of its ways, and what of it. */
export interface IWanted {
  readonly entry: string;
  /** Place among its ways. */
  readonly access: number;
  readonly region: ICircle | null;
  readonly columns: 'needed' | 'all';
}

/** Null where the service does not tell; `exact`: counted there, not estimated. */
export interface ICounted {
  readonly rows: number | null;
  readonly bytes: number | null;
  readonly exact: boolean;
  readonly columns?: number | null;
}

export interface IPreviewed {
  readonly table: ITableInfo;
  /** What the service has otherwise than the registry, in words. */
  readonly changes: readonly string[];
}

export interface IArchiveDownload {
  readonly id: string;
  readonly entry: string;
  readonly name: string;
  /** Times, UTC. */
  readonly created: string;
  readonly ended: string | null;
  readonly state: 'running' | 'done' | 'failed' | 'stopped';
  /** From 0 to 1, null where nobody knows. */
  readonly fraction: number | null;
  readonly message: string;
  readonly rows: number | null;
  readonly bytes: number | null;
  /** On the server's disk, once the file is there. */
  readonly path: string | null;
  readonly trouble: { readonly message: string; readonly remedy?: string | null } | null;
}

export interface IRegistryInput {
  /** What stands after the input's name in a recipe. */
  readonly input: { readonly [key: string]: unknown };
  readonly name: string;
}

export type RegistryService = ReturnType<typeof createRegistryService>;

export function createRegistryService(client: Client) {
  const ask = <T>(what: string, path: string, json: object, signal?: AbortSignal) =>
    client.json<T>(what, `local/registry/${path}`, { method: 'POST', json, signal });
  return {
    /** The catalogues that fit. */
    search: (query: IRegistryQuery, signal?: AbortSignal) =>
      client.json<IRegistry>('Public catalogues', 'local/registry', { query: { ...query }, signal }),

    entry: (id: string, signal?: AbortSignal) =>
      client.json<IRegistryEntry>('Catalogue', `local/registry/${encodeURIComponent(id)}`, { signal }),

    /** Rows and size, before anything is fetched. */
    count: (wanted: IWanted, signal?: AbortSignal) =>
      ask<ICounted>('Counting the rows', 'count', wanted, signal),

    /** The first rows, as a table that is opened. */
    preview: (wanted: IWanted, signal?: AbortSignal) =>
      ask<IPreviewed>('First rows', 'preview', wanted, signal),

    /** What a recipe says to have it as an input. */
    input: (wanted: IWanted, signal?: AbortSignal) => ask<IRegistryInput>('Input', 'input', wanted, signal),

    /** Begin to bring it into a folder of the file browser. */
    download: (wanted: IWanted, folder: string) =>
      ask<IArchiveDownload>('Download', 'downloads', { ...wanted, contents: folder }),

    /** Those that the engine knows of, newest first. */
    async downloads(signal?: AbortSignal): Promise<readonly IArchiveDownload[]> {
      const { downloads } = await client.json<{ downloads: IArchiveDownload[] }>(
        'Downloads',
        'local/registry/downloads',
        { signal }
      );
      return downloads;
    },

    stopDownload: (id: string) => ask<IArchiveDownload>('Stop', `downloads/${id}/stop`, {})
  };
}
