/** What combine's report tells, typed; a report of an older version may lack any of it. */
import type { IReport } from '../backend';
import { isRecord } from '../values';

export interface IConflictRow {
  readonly row_id: string;
  readonly survey: string | null;
  readonly redshift: number | null;
  readonly flag?: number | string | null;
}

export interface IOffset {
  readonly a: string;
  readonly b: string;
  readonly pairs: number;
  readonly dra_arcsec: number;
  readonly ddec_arcsec: number;
  readonly scatter_arcsec: number | null;
  readonly applied: boolean;
}

export type Counts = ReadonlyMap<string, number>;

export interface ICombined {
  readonly rows: number;
  readonly objects: number;
  readonly best: number | null;
  readonly radius: number | null;
  /** Objects by their number of measurements. */
  readonly sizes: Counts;
  readonly verdicts: Counts;
  /** Best rows, and all rows, of each survey. */
  readonly winners: Counts | null;
  readonly measured: Counts | null;
  /** Rows by the criterion that decided. */
  readonly decided: Counts | null;
  readonly conflictsTotal: number;
  readonly conflicts: readonly { readonly group_id: string; readonly rows: readonly IConflictRow[] }[];
  readonly chains: number | null;
  readonly chainsSplit: number | null;
  readonly offsets: readonly IOffset[];
  readonly applied: number;
  readonly unknown: number;
}

/** Null where the report is of no combination, or has only estimates. */
export function combinedOf(report: IReport | null | undefined): ICombined | null {
  const details = report?.details;
  if (!report || !details || typeof details.groups !== 'number') {
    return null;
  }
  const conflicts = list(details.conflicts) as unknown as ICombined['conflicts'];
  const decisions = isRecord(details.decisions) ? details.decisions : {};
  return {
    rows: report.rows_out,
    objects: details.groups,
    best: number(details.best),
    radius: number(details.radius_arcsec),
    sizes: counts(details.group_sizes) ?? new Map<string, number>(),
    verdicts: counts(details.verdicts) ?? new Map<string, number>(),
    winners: counts(details.winners),
    measured: counts(details.measured),
    decided: counts(details.decided),
    conflictsTotal: number(details.conflicts_total) ?? conflicts.length,
    conflicts,
    chains: number(details.chains),
    chainsSplit: number(details.chains_split),
    offsets: list(details.offsets) as unknown as IOffset[],
    applied: size(decisions.applied),
    unknown: size(decisions.unknown)
  };
}

/** One line of the comparison: a number now, before the edit, and in the last run. */
export interface ILine {
  readonly label: string;
  readonly now: number | null;
  readonly before: number | null;
  readonly run: number | null;
  /** A survey's winners rather than a number of the whole. */
  readonly survey: boolean;
}

export interface ILabels {
  readonly objects: string;
  readonly several: string;
  readonly best: string;
  readonly conflicts: string;
  readonly chains: string;
  /** "Won by VVDS" */
  readonly wonBy: (survey: string) => string;
}

/** The numbers that people compare, and the winners of each survey where they differ (or of the first few). */
export function lines(
  now: ICombined,
  before: ICombined | null,
  run: ICombined | null,
  labels: ILabels,
  surveysShown = 6
): ILine[] {
  const line = (label: string, of: (one: ICombined) => number | null): ILine => ({
    label,
    now: of(now),
    before: before && of(before),
    run: run && of(run),
    survey: false
  });
  const whole = [
    line(labels.objects, one => one.objects),
    line(labels.several, one => several(one.sizes)),
    line(labels.best, one => one.best),
    line(labels.conflicts, one => one.conflictsTotal),
    line(labels.chains, one => one.chains)
  ].filter(one => one.now !== null);
  const names = new Set([now, before, run].flatMap(one => [...(one?.winners?.keys() ?? [])]));
  const won = (one: ICombined | null, name: string) => (one?.winners ? (one.winners.get(name) ?? 0) : null);
  const surveys = [...names].map(name => ({
    label: labels.wonBy(name),
    now: won(now, name),
    before: won(before, name),
    run: won(run, name),
    survey: true
  }));
  const moved = (one: ILine) =>
    Math.max(...[one.before, one.run].map(other => Math.abs((one.now ?? 0) - (other ?? one.now ?? 0))));
  surveys.sort((a, b) => moved(b) - moved(a) || (b.now ?? 0) - (a.now ?? 0));
  return [...whole, ...surveys.filter((one, place) => place < surveysShown || moved(one) > 0)];
}

/** Objects with more than one measurement. */
export function several(sizes: Counts): number {
  return [...sizes].reduce((sum, [key, count]) => sum + (Number(key) > 1 ? count : 0), 0);
}

/** Sizes as they are shown: each up to 6, what is larger together. */
export function foldedSizes(sizes: Counts, upTo = 6): [string, number][] {
  const sorted = [...sizes].sort(([a], [b]) => Number(a) - Number(b));
  const shown = sorted.filter(([key]) => Number(key) <= upTo);
  const rest = sorted.filter(([key]) => Number(key) > upTo);
  if (rest.length > 0) {
    const from = Number(rest[0][0]);
    const to = Number(rest[rest.length - 1][0]);
    shown.push([
      from === to ? String(from) : `${from}–${to}`,
      rest.reduce((sum, [, count]) => sum + count, 0)
    ]);
  }
  return shown;
}

function counts(value: unknown): Counts | null {
  return isRecord(value)
    ? new Map(Object.entries(value).filter((one): one is [string, number] => typeof one[1] === 'number'))
    : null;
}

function number(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

function list(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function size(value: unknown): number {
  return typeof value === 'number' ? value : Array.isArray(value) ? value.length : 0;
}
