/** What a report of match says of its quality, or of what is expected: read with care, as it may be older. */
import type { IReport } from '../backend';

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

/** Null where the report is of no match, or of one that did not measure itself. */
export function qualityOf(report: IReport | null | undefined): IQuality | null {
  const found = report?.details.quality;
  return has(found, 'histogram', 'null', 'offsets', 'many_to_one') ? (found as unknown as IQuality) : null;
}

export function expectedOf(report: IReport | null | undefined): IExpected | null {
  const found = report?.details.expected;
  return has(found, 'overlap', 'matches', 'chance', 'result', 'run') ? (found as unknown as IExpected) : null;
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
