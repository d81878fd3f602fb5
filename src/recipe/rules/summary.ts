/** What homogenize's report tells of each survey: its flags as they are in the user's data, and what they become. */
import type { IPlanStep, IReport } from '../backend';
import { isRecord } from '../values';

export interface IFlagValue {
  /** The original, as text; null: rows without a flag. */
  readonly flag: string | null;
  readonly rows: number;
  readonly is: number | null;
  readonly meaning: string | null;
  /** The rule that gave it; null: none did. */
  readonly rule: string | null;
  /** Rows of this value became different things, by other columns. */
  readonly mixed: boolean;
}

export interface ISurvey {
  readonly name: string;
  readonly rows: number;
  /** The pack that knows it; null: none. */
  readonly pack: string | null;
  readonly version: string | null;
  readonly status: string | null;
  readonly reference: string | null;
  readonly citation: string | null;
  readonly note: string | null;
  /** Names of the inputs that have rows of it; empty where there is only one. */
  readonly inputs: readonly string[];
  /** Flags without a rule first, then by rows. */
  readonly values: readonly IFlagValue[];
  readonly valuesTotal: number;
  /** Whether its flags are compared as text. */
  readonly text: boolean;
}

/** The surveys of a planned step, those with something to do first; of several inputs added up. */
export function surveysOf(steps: readonly IPlanStep[], without: ReadonlySet<string> = new Set()): ISurvey[] {
  const found = new Map<string, ISurvey>();
  for (const { report } of steps) {
    for (const [input, surveys] of byInput(report)) {
      for (const [name, told] of Object.entries(surveys)) {
        if (isRecord(told)) {
          const one = survey(name, told, input, without.has(name));
          const other = found.get(name);
          found.set(name, other ? added(other, one) : one);
        }
      }
    }
  }
  const weight = (one: ISurvey) => (one.pack === null ? 2 : unmapped(one) > 0 ? 1 : 0);
  return [...found.values()].sort((a, b) => weight(b) - weight(a) || b.rows - a.rows);
}

/** Rows whose flag no rule has. */
export function unmapped(survey: ISurvey): number {
  return survey.values.reduce((sum, one) => sum + (isUnmapped(one) ? one.rows : 0), 0);
}

export function isUnmapped(value: IFlagValue): boolean {
  return value.rule === null && value.is === null && value.flag !== null;
}

function byInput(report: IReport | null | undefined): [string | null, Record<string, unknown>][] {
  const details = report?.details ?? {};
  if (isRecord(details.surveys)) {
    return [[report?.input ?? null, details.surveys]];
  }
  return Object.entries(isRecord(details.inputs) ? details.inputs : {}).flatMap(([name, part]) =>
    isRecord(part) && isRecord(part.surveys)
      ? [[name, part.surveys] as [string, Record<string, unknown>]]
      : []
  );
}

function survey(name: string, told: Record<string, unknown>, input: string | null, bare: boolean): ISurvey {
  const values = (Array.isArray(told.values) ? told.values : []).filter(isRecord).map(value);
  const flags = values.map(one => one.flag).filter((flag): flag is string => flag !== null);
  return {
    name,
    rows: typeof told.rows === 'number' ? told.rows : 0,
    pack: bare ? null : text(told.pack),
    version: text(told.version),
    status: bare ? null : text(told.status),
    reference: text(told.reference),
    citation: text(told.citation),
    note: text(told.note),
    inputs: input === null ? [] : [input],
    values: values.sort(order),
    valuesTotal: typeof told.values_total === 'number' ? told.values_total : values.length,
    text: told.flag_type === 'text' || (told.flag_type === undefined && flags.some(flag => !isNumber(flag)))
  };
}

function value(told: Record<string, unknown>): IFlagValue {
  return {
    flag: text(told.flag),
    rows: typeof told.rows === 'number' ? told.rows : 0,
    is: typeof told.is === 'number' ? told.is : null,
    meaning: text(told.meaning),
    rule: text(told.rule),
    mixed: told.mixed === true
  };
}

function added(a: ISurvey, b: ISurvey): ISurvey {
  const values = new Map<string, IFlagValue>();
  for (const one of [...a.values, ...b.values]) {
    const key = JSON.stringify([one.flag, one.is, one.rule]);
    const same = values.get(key);
    values.set(key, same ? { ...same, rows: same.rows + one.rows } : one);
  }
  return {
    ...a,
    rows: a.rows + b.rows,
    inputs: [...a.inputs, ...b.inputs],
    values: [...values.values()].sort(order),
    valuesTotal: Math.max(a.valuesTotal, b.valuesTotal, values.size),
    text: a.text || b.text
  };
}

function order(a: IFlagValue, b: IFlagValue): number {
  return Number(isUnmapped(b)) - Number(isUnmapped(a)) || b.rows - a.rows;
}

export function isNumber(flag: string): boolean {
  return flag.trim() !== '' && Number.isFinite(Number(flag));
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : null;
}
