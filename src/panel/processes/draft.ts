/** What has been entered for a new process. It is kept in the browser, so that nothing typed is lost. */
import type { IProcessDetail, IProcessRequest, Settings } from '../../api';
import { nested } from './parameters';

export interface IDraft {
  /** Name of the pipeline; empty before one is chosen. */
  readonly pipeline: string;
  readonly name: string;
  readonly description: string;
  readonly inputs: readonly number[];
  readonly release: number | null;
  readonly format: string | null;
  /** Path of a flag rules file in the file browser. */
  readonly flags: string;
  /** Parameters by path, by pipeline: one can look at the other and come back. */
  readonly values: { readonly [pipeline: string]: Settings };
}

export const EMPTY: IDraft = {
  pipeline: '',
  name: '',
  description: '',
  inputs: [],
  release: null,
  format: null,
  flags: '',
  values: {}
};

/** What was sent for a process, so that one sees afterwards what was made of it. */
export interface ISent {
  /** Server and id of the process. */
  readonly key: string;
  readonly param: Settings;
  readonly format: string | null;
}

export interface IDrafts {
  read(): IDraft;
  write(draft: IDraft): void;
  sent(): readonly ISent[];
  send(sent: ISent): void;
}

/** Only what a draft can hold, each of its own kind: what is kept may come from an older version. */
export function cleanedDraft(value: unknown): IDraft {
  const given = (typeof value === 'object' && value !== null ? value : {}) as Partial<IDraft>;
  const text = (one: unknown) => (typeof one === 'string' ? one : '');
  const inputs = Array.isArray(given.inputs) ? given.inputs : [];
  const values = typeof given.values === 'object' && given.values !== null ? given.values : {};
  return {
    pipeline: text(given.pipeline),
    name: text(given.name),
    description: text(given.description),
    inputs: inputs.filter(one => Number.isInteger(one)),
    release: typeof given.release === 'number' ? given.release : null,
    format: text(given.format) || null,
    flags: text(given.flags),
    values
  };
}

/** The name as servers keep it: the web site does the same. */
export function cleanName(name: string): string {
  return name.trim().replace(/\s+/g, ' ');
}

/** The request of a draft. Empty texts of parameters that may be empty travel as null. */
export function requestOf(
  draft: IDraft,
  pipeline: number,
  withFlags: boolean,
  release: boolean
): IProcessRequest {
  return {
    name: cleanName(draft.name),
    pipeline,
    inputs: draft.inputs,
    release: release ? draft.release : null,
    description: draft.description.trim(),
    format: draft.format,
    param: nested(draft.values[draft.pipeline] ?? {}),
    flags: withFlags ? draft.flags.trim() || null : null
  };
}

/** The draft that would run a process again. */
export function draftOf(process: IProcessDetail, name: string): IDraft {
  const param = (process.config?.param as Settings | undefined) ?? {};
  const format = process.config?.output_format;
  return {
    ...EMPTY,
    pipeline: process.pipeline,
    name,
    inputs: process.inputIds,
    release: process.releaseId,
    format: typeof format === 'string' ? format : null,
    values: { [process.pipeline]: param }
  };
}
