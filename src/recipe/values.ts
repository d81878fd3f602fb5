/** Plain values of a recipe: compared, copied, changed along a path, and written as YAML on one line. */
import { stringify } from 'yaml';

export type Path = readonly (string | number)[];

/** A value on one line, as people write it in recipes. */
export function flow(value: unknown): string {
  const body = stringify(plain(value), {
    version: '1.2',
    collectionStyle: 'flow',
    lineWidth: 0,
    flowCollectionPadding: false,
    defaultStringType: 'PLAIN',
    defaultKeyType: 'PLAIN'
  });
  return body.trimEnd();
}

/** A list item: `combine: {...}` rather than `{combine: {...}}`. */
export function item(value: unknown): string {
  const keys = isRecord(value) ? Object.keys(value) : [];
  return keys.length === 1
    ? `${flow(keys[0])}: ${flow((value as Record<string, unknown>)[keys[0]])}`
    : flow(value);
}

/** Integers that a double holds exactly become numbers; larger ones stay BigInt. */
export function plain(value: unknown): unknown {
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
  if (Array.isArray(value)) {
    return value.map(plain);
  }
  if (isRecord(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
  }
  return value;
}

export function copy(value: unknown): unknown {
  return Array.isArray(value)
    ? value.map(copy)
    : isRecord(value)
      ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copy(item)]))
      : value;
}

export function assign(target: unknown, path: Path, value: unknown): void {
  let place = target as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) {
    if (place[key] === null || place[key] === undefined) {
      place[key] = {};
    }
    place = place[key] as Record<string | number, unknown>;
  }
  place[path[path.length - 1]] = value;
}

export function erase(target: unknown, path: Path): void {
  let place = target as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) {
    place = place[key] as Record<string | number, unknown>;
  }
  const last = path[path.length - 1];
  if (Array.isArray(place)) {
    place.splice(last as number, 1);
  } else {
    delete place[last];
  }
}

/** Same value, whatever the order of keys. */
export function equal(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => equal(item, b[index]));
  }
  if (isRecord(a) && isRecord(b)) {
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length && keys.every(key => key in b && equal(a[key], b[key]));
  }
  return a === b || (a === null && b === undefined) || (a === undefined && b === null);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A number with so many decimals and a true minus; what rounds to 0 has no sign. */
export function signed(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return Number(text) === 0 ? text.replace('-', '') : text.replace('-', '−');
}
