/** What a server made of what was sent. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IProcessDetail, Settings } from '../../api';
import type { ISent } from './draft';
import { flat } from './parameters';

export interface IDifference {
  readonly path: string;
  readonly sent: unknown;
  /** What is used instead; undefined when the server knows no such parameter. */
  readonly used: unknown;
}

/** Parameters that are used in another way than they were sent, or not at all. Types that mean the same do not count. */
export function differences(asked: Settings, used: Settings): IDifference[] {
  const there = flat(used);
  // the server completes objects: those that were sent empty are compared as they are
  const given = flat(asked);
  return Object.entries(given)
    .map(([path, sent]) => ({ path, sent, used: path in there ? there[path] : pick(used, path) }))
    .filter(one => !same(one.sent, one.used));
}

/** What the process itself shows to be different from what was sent; of a process sent elsewhere nothing is known. */
export function ignoredOf(process: IProcessDetail, sent: ISent | null): IDifference[] {
  if (sent === null || process.config === null) {
    return [];
  }
  const found = differences(sent.param, (process.config.param as Settings | undefined) ?? {});
  const format = process.config.output_format ?? null;
  return sent.format !== null && format !== sent.format
    ? [...found, { path: 'output_format', sent: sent.format, used: format }]
    : found;
}

export function differenceWords({ path, sent, used }: IDifference, trans: TranslationBundle): string {
  return used === undefined
    ? trans.__('%1 = %2 was ignored.', path, shown(sent))
    : trans.__('%1: %2 was sent, %3 is used.', path, shown(sent), shown(used));
}

/** A value in a line; of a path on the server's disk only the name. */
export function shown(value: unknown): string {
  if (value === null || value === undefined || value === '') {
    return '—';
  }
  if (typeof value === 'string') {
    return value.startsWith('/') ? value.slice(value.lastIndexOf('/') + 1) : value;
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function pick(values: Settings, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (place, name) => (typeof place === 'object' && place !== null ? (place as Settings)[name] : undefined),
      values
    );
}

function same(a: unknown, b: unknown): boolean {
  if (b === undefined) {
    return a === null || a === undefined;
  }
  if (typeof a === 'number' || typeof b === 'number') {
    return a !== null && b !== null && Number(a) === Number(b);
  }
  if (typeof a === 'object' && a !== null && typeof b === 'object' && b !== null) {
    const keys = Object.keys(a);
    return (
      keys.length === Object.keys(b).length &&
      keys.every(key => same((a as Settings)[key], (b as Settings)[key]))
    );
  }
  return a === b || ((a ?? '') === '' && (b ?? '') === '');
}
