import type { IConflict, IConflicts, IWhy, IWhyMeasurement } from '../../table/source';

/** What a user decided about a measurement: it wins its object, or it counts in nothing. */
export interface IDecision {
  readonly kind: 'prefer' | 'exclude';
  readonly rowId: string;
  readonly reason: string;
}

export interface IMeasurement {
  /** From 1, the best first: the number that stands for it in the pictures and in the list. */
  readonly number: number;
  readonly rowId: string;
  /** Its place in the table as it lies. */
  readonly row: number | null;
  readonly survey: string | null;
  readonly product: string | null;
  readonly sourceId: string | null;
  /** Arcseconds from the group's centre; null without a position. */
  readonly east: number | null;
  readonly north: number | null;
  readonly redshift: number | null;
  readonly error: number | null;
  readonly flagGiven: string | number | null;
  readonly flag: number | null;
  readonly meaning: string | null;
  readonly rule: string | null;
  readonly isProposed: boolean;
  readonly type: string | null;
  readonly spectralClass: string | null;
  readonly isSecondary: boolean;
  readonly confidence: number | null;
  readonly verdict: string | null;
  readonly isBest: boolean;
  /** The path to the verdict, in words. */
  readonly sentence: string | null;
  readonly decision: IDecision | null;
}

export interface IPlace {
  readonly place: number | null;
  readonly total: number;
  readonly previous: string | null;
  readonly next: string | null;
}

/** One object of a combined table: its measurements and how its redshift came about. */
export interface IExplanation {
  readonly count: number;
  readonly secure: number | null;
  readonly agreement: string | null;
  readonly chain: number | null;
  readonly radius: number | null;
  readonly policy: string | null;
  readonly criteria: readonly { readonly by: string; readonly tolerance: number | null }[];
  readonly tolerance: { readonly [type: string]: number } | null;
  readonly sentence: string | null;
  readonly conflict: IPlace | null;
  readonly measurements: readonly IMeasurement[];
}

/** An object with a conflict, as the list shows it. */
export interface IConflictItem {
  readonly rowId: string;
  readonly surveys: string;
  readonly redshifts: string;
  readonly spread: number | null;
  readonly count: number | null;
  readonly secure: number | null;
}

/** An explanation as its source gave it. Throws, in words, if it is none. */
export function readExplanation(said: IWhy): IExplanation {
  const list: unknown = (said as Partial<IWhy> | null)?.measurements;
  if (!Array.isArray(list) || list.length === 0) {
    throw strange('measurements');
  }
  const measurements = list.map((one: IWhyMeasurement, i) => measurementOf(one, i + 1));
  const place = said.conflict_place ?? null;
  return {
    count: Math.max(numberOf(said.n_meas) ?? 0, measurements.length),
    secure: numberOf(said.n_secure),
    agreement: textOf(said.agreement),
    chain: numberOf(said.chain_arcsec),
    radius: numberOf(said.radius_arcsec),
    policy: textOf(said.policy),
    criteria: (said.criteria ?? []).map(({ by, tolerance }) => ({
      by: String(by),
      tolerance: numberOf(tolerance)
    })),
    tolerance: said.tolerance ?? null,
    sentence: textOf(said.sentence),
    conflict:
      place === null
        ? null
        : {
            place: numberOf(place.place),
            total: numberOf(place.total) ?? 0,
            previous: textOf(place.previous),
            next: textOf(place.next)
          },
    measurements
  };
}

/** Conflicts as their source gave them. Throws, in words, if they are none. */
export function readConflicts(said: IConflicts): { total: number; items: IConflictItem[] } {
  const total = numberOf((said as Partial<IConflicts> | null)?.total);
  if (total === null || !Array.isArray(said.conflicts)) {
    throw strange('conflicts');
  }
  const items = said.conflicts.map((one: IConflict) => ({
    rowId: idOf(one.row_id),
    surveys: textOf(one.surveys) ?? '',
    redshifts: textOf(one.redshifts) ?? '',
    spread: numberOf(one.z_spread),
    count: numberOf(one.n_meas),
    secure: numberOf(one.n_secure)
  }));
  return { total, items };
}

/** Flag 3 or 4 from a spectrum: a redshift that can contradict another. */
export function isSecure({ flag, type, redshift }: IMeasurement): boolean {
  return (flag === 3 || flag === 4) && type !== 'p' && redshift !== null;
}

/** Arcseconds between two measurements; null where one has no position. */
export function separation(a: IMeasurement, b: IMeasurement): number | null {
  return a.east === null || a.north === null || b.east === null || b.north === null
    ? null
    : Math.hypot(a.east - b.east, a.north - b.north);
}

/** A decision as a line of `decisions:` of a recipe's step combine. A JSON text is one of YAML too. */
export function decisionLine({ kind, rowId, reason }: IDecision): string {
  return `- {${kind}: "${rowId}", reason: ${JSON.stringify(reason)}}`;
}

function measurementOf(said: IWhyMeasurement, number: number): IMeasurement {
  const rowId = idOf(said.row_id);
  const { decision = null } = said;
  const given = said.z_flag_orig ?? null;
  const away = numberOf(said.east_arcsec) === null || numberOf(said.north_arcsec) === null;
  return {
    number,
    rowId,
    row: numberOf(said.row),
    survey: textOf(said.survey),
    product: textOf(said.source_product),
    sourceId: textOf(said.source_row_id),
    east: away ? null : said.east_arcsec,
    north: away ? null : said.north_arcsec,
    redshift: numberOf(said.redshift),
    error: numberOf(said.redshift_err),
    flagGiven: typeof given === 'number' ? given : textOf(given),
    flag: numberOf(said.z_flag_homogenized),
    meaning: textOf(said.meaning),
    rule: textOf(said.rule),
    isProposed: said.rule_status === 'proposed',
    type: textOf(said.instrument_type),
    spectralClass: textOf(said.spec_class),
    isSecondary: said.is_secondary === true,
    confidence: numberOf(said.confidence),
    verdict: textOf(said.verdict),
    isBest: said.is_best === true,
    sentence: textOf(said.sentence),
    decision:
      decision !== null && (decision.kind === 'prefer' || decision.kind === 'exclude')
        ? { kind: decision.kind, rowId, reason: textOf(decision.reason) ?? '' }
        : null
  };
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function textOf(value: unknown): string | null {
  return value === null || value === undefined || value === '' ? null : String(value);
}

function idOf(value: unknown): string {
  const text = textOf(value);
  // as a number it would have lost digits on its way
  if (typeof value === 'number' || text === null || !/^-?\d+$/.test(text)) {
    throw strange('row_id');
  }
  return text;
}

function strange(what: string): Error {
  return Object.assign(new Error(`The explanation is not as expected: "${what}" is missing or malformed.`), {
    remedy: 'Its pz-tsm may be older or newer than this page: update it and reload.'
  });
}
