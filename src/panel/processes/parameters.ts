/** Parameters of a pipeline: those that the server tells, with what is known of them here. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IPipeline, Settings } from '../../api';
import { knownOf } from './known';

export type Kind = 'number' | 'integer' | 'switch' | 'choice' | 'text' | 'list' | 'yaml';

export interface IParameter {
  /** Names from the outside in, by dots: `crossmatch.radius_arcsec`. */
  readonly path: string;
  readonly kind: Kind;
  readonly title: string;
  readonly help: string;
  readonly fallback: unknown;
  /** The server does not list it: it may ignore it. */
  readonly extra: boolean;
  readonly advanced: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  /** The bounds themselves are not allowed. */
  readonly open?: boolean;
  readonly step?: number;
  /** May be left empty. */
  readonly nullable: boolean;
  readonly choices?: readonly { readonly value: string | number; readonly title: string }[];
}

/** Parameters that never are asked for: the flag rules have a place of their own, the others lead into folders. */
const NOT_ASKED = ['flags_translation_file'];

export function parametersOf(pipeline: IPipeline, trans: TranslationBundle): IParameter[] {
  const known = knownOf(pipeline.name, trans);
  const told = flat(pipeline.parameters ?? {}, known);
  const extra = Object.keys(known).filter(path => !(path in told) && known[path].always);
  const all = pipeline.parameters === null ? Object.keys(known) : [...Object.keys(told), ...extra];
  return all
    .filter(path => !NOT_ASKED.includes(path))
    .map(path => {
      const {
        kind,
        fallback,
        always: _,
        advanced = false,
        title = path,
        help = '',
        ...rest
      } = known[path] ?? {};
      const value = path in told ? told[path] : fallback;
      return {
        ...{ ...rest, path, title, help, advanced },
        kind: kind ?? kindOf(value),
        fallback: value,
        extra: !(path in told),
        nullable: value === null
      };
    });
}

/** What a request's `param` holds, by path; what is empty is null. */
export function nested(values: Settings): Settings {
  const result: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(values)) {
    const names = path.split('.');
    let place = result;
    for (const name of names.slice(0, -1)) {
      place = (place[name] ??= {}) as Record<string, unknown>;
    }
    place[names[names.length - 1]] = value;
  }
  return result;
}

/** Values by their path. What has no fixed names inside (an empty object, a list) stays one value. */
export function flat(
  values: Settings,
  known: { readonly [path: string]: object } = {},
  before = ''
): Settings {
  const result: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) {
    const path = before + name;
    const record = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (record && Object.keys(value).length > 0 && !(path in known)) {
      Object.assign(result, flat(value as Settings, known, `${path}.`));
    } else {
      result[path] = value;
    }
  }
  return result;
}

/** The values that a form begins with: the server's, those of an earlier request over them. */
export function startValues(parameters: readonly IParameter[], earlier: Settings = {}): Settings {
  const given = flat(earlier, Object.fromEntries(parameters.map(({ path }) => [path, {}])));
  return Object.fromEntries(
    parameters.map(({ path, fallback }) => [path, path in given ? given[path] : fallback])
  );
}

/** A seed that one can write down. */
export function drawSeed(): number {
  return 1 + Math.floor(Math.random() * 999_999);
}

function kindOf(value: unknown): Kind {
  switch (typeof value) {
    case 'boolean':
      return 'switch';
    case 'number':
      return 'number'; // 3.0 travels as 3: nobody can tell whether it is whole
    case 'string':
      return 'text';
    default:
      return Array.isArray(value) && value.every(item => typeof item === 'string') ? 'list' : 'yaml';
  }
}
