/** What a report of match says of its quality, or of what is expected: read with care, as it may be older. */
import type { IReport } from '../backend';
import { isRecord } from '../values';

export interface IHistogramOfMatch {
  readonly bin_arcsec: number;
  readonly counts: readonly number[];
  readonly expected?: readonly number[] | null;
  readonly chance?: readonly number[] | null;
}

export interface INullTest {
  readonly positions: number;
  readonly hits: number;
  readonly rate: number;
  readonly rate_error: number;
  readonly expected_rate: number;
  readonly density_deg2: number;
}

export interface ISurveyOffset {
  readonly survey: string;
  readonly rows: number;
  readonly east_arcsec: number;
  readonly north_arcsec: number;
  readonly mad_arcsec: number;
  readonly significance: number;
}

export interface IProposed {
  readonly radius_arcsec: number;
  readonly purity: number;
  readonly completeness: number;
  readonly criterion: string;
}

export interface ISharedObject {
  readonly objectId: string;
  readonly verdict: string;
  readonly rows: readonly string[];
  readonly redshifts: readonly (number | null)[];
}

/** As `pz_tsm.ops.match.quality.measure` writes it. */
export interface IQuality {
  readonly radius_arcsec: number;
  readonly reach_arcsec: number;
  readonly rows: number;
  readonly matched: number;
  readonly histogram: IHistogramOfMatch;
  readonly null: INullTest;
  readonly curve?: {
    readonly radius_arcsec: readonly number[];
    readonly purity: readonly number[];
    readonly completeness: readonly number[];
  } | null;
  readonly purity?: number;
  readonly completeness?: number;
  readonly chance_matches?: number;
  readonly proposed?: IProposed | null;
  readonly offsets: readonly ISurveyOffset[];
  readonly many_to_one: {
    readonly objects: number;
    readonly rows: number;
    readonly listed: readonly ISharedObject[];
  };
  readonly blends: number;
  /** Of a plan's sample: partitions that were read. */
  readonly partitions?: number;
}

/** As `pz_tsm.ops.match.expect.before` writes it. */
export interface IExpected {
  readonly release: string;
  readonly radius_arcsec: number;
  readonly rows: number;
  readonly overlap: {
    readonly inside: number;
    readonly source: string;
    readonly area_deg2: { readonly rows: number; readonly both: number };
    readonly by_survey: readonly { survey: string; rows: number; inside: number }[];
  };
  readonly matches: {
    readonly rows: number;
    readonly low: number;
    readonly high: number;
    readonly exact: boolean;
  };
  readonly chance: { readonly rate: number; readonly rows: number; readonly density_deg2: number };
  readonly sample?: IQuality | null;
  readonly result: {
    readonly rows: number;
    readonly file_bytes: number;
    readonly limit_bytes: number;
    readonly over: boolean;
  };
  readonly run: {
    readonly where: string;
    readonly why: string;
    readonly seconds: number;
    readonly partitions: number;
    readonly of_partitions: number;
    readonly objects: number;
  };
}

/** What a plan says can be chosen, as `pz_tsm.ops.match.offers` writes it. */
export interface IOffers {
  readonly fluxes: readonly string[];
  /** What is taken when nothing is asked for. */
  readonly default: readonly string[];
  readonly presets: readonly string[];
  readonly columns: readonly string[];
  /** False where one flux family is all that can be asked for. */
  readonly several: boolean;
  /** Of a PZ Server. */
  readonly photometry?: readonly string[];
  readonly dereddening?: readonly string[];
  readonly default_dereddening?: string;
}

/** A plan of a match that is made elsewhere. */
export interface IFar {
  readonly where: 'pz-server' | 'tap';
  readonly release: string;
  /** Positions that are sent. */
  readonly rows: number;
  readonly result: IExpected['result'];
  /** Its address; unknown while it can't be reached. */
  readonly server?: string;
  readonly flux?: string;
  readonly photometry?: string;
  readonly dereddened?: boolean;
  readonly dust_map?: string | null;
  readonly table?: string;
}

/** Where a job matched that was to choose for itself, and why. */
export function takenOf(report: IReport | null | undefined): { where: string; why: string } | null {
  const run = report?.details.run;
  return isRecord(run) && typeof run.where === 'string' && typeof run.why === 'string'
    ? { where: run.where, why: run.why }
    : null;
}

/** Null where the report is of no match, or of one that did not measure itself. */
export function qualityOf(report: IReport | null | undefined): IQuality | null {
  const found = report?.details.quality;
  return has(found, 'histogram', 'null', 'offsets', 'many_to_one') ? (found as unknown as IQuality) : null;
}

export function expectedOf(report: IReport | null | undefined): IExpected | null {
  const found = report?.details.expected;
  return has(found, 'overlap', 'matches', 'chance', 'result', 'run') ? (found as unknown as IExpected) : null;
}

export function offersOf(report: IReport | null | undefined): IOffers | null {
  const found = report?.details.offers;
  return has(found, 'fluxes', 'default', 'presets', 'columns') ? (found as unknown as IOffers) : null;
}

export function farOf(report: IReport | null | undefined): IFar | null {
  const details = report?.details ?? {};
  const { where, release, expected } = details;
  if ((where !== 'pz-server' && where !== 'tap') || !has(expected, 'result')) {
    return null;
  }
  const { rows, result } = expected as unknown as { rows: number; result: IExpected['result'] };
  const said = details[where === 'tap' ? 'tap' : 'pz_server'];
  return { ...(isRecord(said) ? said : {}), where, release: String(release), rows, result };
}

/** Radii for a table of the curve: few, round, and always the chosen and the proposed one. */
export function radiiShown(quality: IQuality): number[] {
  const curve = quality.curve;
  if (!curve) {
    return [];
  }
  const wanted = [0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5].filter(one => one <= quality.reach_arcsec);
  const all = [...wanted, quality.radius_arcsec, quality.proposed?.radius_arcsec ?? quality.radius_arcsec];
  const known = all.filter(one => placeOf(quality, one) >= 0);
  return [...new Set(known)].sort((a, b) => a - b);
}

/** The entry of the curve at that radius, -1 if it has none. */
export function placeOf(quality: IQuality, radius: number): number {
  return quality.curve?.radius_arcsec.findIndex(one => Math.abs(one - radius) < 1e-6) ?? -1;
}

function has(value: unknown, ...keys: string[]): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    keys.every(key => {
      const part = (value as Record<string, unknown>)[key];
      return typeof part === 'object' && part !== null;
    })
  );
}
