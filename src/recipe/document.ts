/**
 * The recipe's text as a document: read into values, changed only where a form touched it.
 *
 * An edit replaces the text of one node, found by its range in the source, so that comments, order and quoting
 * elsewhere stay as their author wrote them. Every edit is read back: if the text does not say what was meant
 * (a construct this module can't edit in place), the YAML library writes the document instead.
 */
import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  parseDocument,
  type YAMLMap,
  type YAMLSeq
} from 'yaml';

import { assign, copy, equal, erase, flow, isRecord, item, type Path, plain } from './values';

export { equal, flow, type Path } from './values';

/** One step as the form shows it. */
export interface IStep {
  readonly op: string;
  /** Parameters by name, or the bare value of the short form. */
  readonly value: unknown;
}

export interface IRecipeValue {
  readonly format?: string;
  readonly name?: string;
  readonly seed?: number | bigint;
  readonly inputs: { readonly [name: string]: Record<string, unknown> };
  readonly steps: IStep[];
  readonly write: Record<string, unknown>[];
}

export interface ISyntaxTrouble {
  readonly message: string;
  /** 1-based. */
  readonly line: number;
  readonly column: number;
}

export type Reading =
  | { readonly ok: true; readonly value: IRecipeValue }
  | { readonly ok: false; readonly trouble: ISyntaxTrouble };

const OPTIONS = { version: '1.2', schema: 'core', keepSourceTokens: true, intAsBigInt: true } as const;

/** Read a recipe's text; trouble names the line. Only the outer shape is checked here, the backend knows the rest. */
export function read(text: string): Reading {
  const doc = parseDocument(text, OPTIONS);
  const error = doc.errors[0];
  if (error) {
    const at = error.linePos?.[0] ?? { line: 1, col: 1 };
    const message = error.message.split(' at line ')[0];
    return { ok: false, trouble: { message, line: at.line, column: at.col } };
  }
  const root = plain(doc.toJS() as unknown);
  if (!isRecord(root)) {
    return trouble('A recipe starts with "format: tsm-recipe/1".', 1);
  }
  if (root.inputs !== undefined && root.inputs !== null && !isRecord(root.inputs)) {
    return trouble(
      '"inputs" names each input: "inputs: {vvds: {from: {file: vvds.parquet}}}".',
      lineOf(doc, text, ['inputs'])
    );
  }
  for (const key of ['steps', 'write']) {
    if (root[key] !== undefined && root[key] !== null && !Array.isArray(root[key])) {
      return trouble(`"${key}" is a list, each line starting with "- ".`, lineOf(doc, text, [key]));
    }
  }
  const steps: IStep[] = [];
  for (const [index, item] of ((root.steps ?? []) as unknown[]).entries()) {
    if (typeof item === 'string') {
      steps.push({ op: item, value: null });
    } else if (isRecord(item) && Object.keys(item).length === 1) {
      const op = Object.keys(item)[0];
      steps.push({ op, value: item[op] });
    } else {
      return trouble(
        'A step is one operation with its parameters: "- combine: {radius_arcsec: 0.75}".',
        lineOf(doc, text, ['steps', index])
      );
    }
  }
  const inputs: Record<string, Record<string, unknown>> = {};
  for (const [name, input] of Object.entries((root.inputs ?? {}) as Record<string, unknown>)) {
    inputs[name] = isRecord(input) ? input : {};
  }
  return {
    ok: true,
    value: {
      format: root.format as string | undefined,
      name: root.name as string | undefined,
      seed: root.seed as number | undefined,
      inputs,
      steps,
      write: ((root.write ?? []) as unknown[]).filter(isRecord)
    }
  };
}

/** The text with the value at `path` replaced; missing keys on the way are made. */
export function setIn(text: string, path: Path, value: unknown): string {
  const doc = parseDocument(text, OPTIONS);
  const wanted = copy(plain(doc.toJS()));
  assign(wanted, path, value);
  const edited = trySet(doc, text, path, value);
  if (edited !== null && says(edited, wanted)) {
    return edited;
  }
  doc.setIn(path as (string | number)[], doc.createNode(value));
  return doc.toString();
}

/** The text without the node at `path` (a key of a map or an item of a list). */
export function removeIn(text: string, path: Path): string {
  const doc = parseDocument(text, OPTIONS);
  const wanted = copy(plain(doc.toJS()));
  erase(wanted, path);
  const edited = tryRemove(doc, text, path);
  if (edited !== null && says(edited, wanted)) {
    return edited;
  }
  doc.deleteIn(path as (string | number)[]);
  return doc.toString();
}

/** The text with a step added at the end, or before the step now at `index`. */
export function addStep(text: string, step: IStep, index?: number): string {
  return insertItem(text, 'steps', stepValue(step), index);
}

/** The text with an item added to the list `key` (made if missing). */
export function insertItem(text: string, key: string, value: unknown, index?: number): string {
  return insertIn(text, [key], value, index);
}

/** The text with an item added to the list at `path` (made if missing), at the end or before item `index`. */
export function insertIn(text: string, path: Path, value: unknown, index?: number): string {
  const doc = parseDocument(text, OPTIONS);
  const wanted = copy(plain(doc.toJS()));
  const place = path as (string | number)[];
  const node = doc.getIn(place, true);
  const list = isSeq(node) ? (plain(node.toJS(doc)) as unknown[]) : [];
  const at = Math.min(index ?? list.length, list.length);
  list.splice(at, 0, value);
  assign(wanted, path, list);
  const edited = tryInsert(text, path, node, value, at);
  if (edited !== null && says(edited, wanted)) {
    return edited;
  }
  if (!isSeq(node)) {
    return setIn(text, path, list);
  }
  node.items.splice(at, 0, doc.createNode(value));
  return doc.toString();
}

function tryInsert(text: string, path: Path, node: unknown, value: unknown, at: number): string | null {
  if (node === undefined && path.length === 1) {
    const start = `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}`;
    return `${start}${flow(path[0])}:\n  - ${item(value)}\n`;
  }
  if (!isSeq(node) || node.items.length === 0) {
    return null;
  }
  if (node.flow) {
    const [start] = (node.items[Math.min(at, node.items.length - 1)] as { range: number[] }).range;
    const [, end] = (node.items[node.items.length - 1] as { range: number[] }).range;
    return at < node.items.length
      ? `${text.slice(0, start)}${flow(value)}, ${text.slice(start)}`
      : `${text.slice(0, end)}, ${flow(value)}${text.slice(end)}`;
  }
  const lines = itemLines(text, node);
  const position = at < lines.length ? lines[at].start : lines[lines.length - 1].end;
  const line = `${lines[0].indent}- ${item(value)}\n`;
  return text.slice(0, position) + newlineBefore(text, position) + line + text.slice(position);
}

/** The text with the item `from` of the list `key` standing at `to`. */
export function moveItem(text: string, key: string, from: number, to: number): string {
  const doc = parseDocument(text, OPTIONS);
  const node = doc.get(key, true);
  if (!isSeq(node) || from === to || !node.items[from] || !node.items[to]) {
    return text;
  }
  const wanted = copy(plain(doc.toJS())) as Record<string, unknown[]>;
  const [moved] = wanted[key].splice(from, 1);
  wanted[key].splice(to, 0, moved);
  if (!node.flow) {
    const lines = itemLines(text, node);
    const pieces = lines.map(({ start, end }) => {
      const piece = text.slice(start, end);
      return piece.endsWith('\n') ? piece : `${piece}\n`;
    });
    const [piece] = pieces.splice(from, 1);
    pieces.splice(to, 0, piece);
    const edited = text.slice(0, lines[0].start) + pieces.join('') + text.slice(lines[lines.length - 1].end);
    if (says(edited, wanted)) {
      return edited;
    }
  }
  const [item] = node.items.splice(from, 1);
  node.items.splice(to, 0, item);
  return doc.toString();
}

/** The text with the parameters of step `index` replaced by `value` (a map, a bare value, or null for none). */
export function setStep(text: string, index: number, step: IStep): string {
  const doc = parseDocument(text, OPTIONS);
  const item = doc.getIn(['steps', index], true);
  const same = isMap(item) && item.items.length === 1 && keyOf(item.items[0].key) === step.op;
  if (!same) {
    return setIn(text, ['steps', index], stepValue(step));
  }
  const old = plain(doc.toJS() as unknown) as { steps: Record<string, unknown>[] };
  const before = old.steps[index][step.op];
  // Key by key where both are maps, so that what the form did not touch keeps its text.
  if (isRecord(before) && isRecord(step.value)) {
    let result = text;
    for (const key of Object.keys(before)) {
      if (!(key in step.value)) {
        result = removeIn(result, ['steps', index, step.op, key]);
      }
    }
    for (const [key, value] of Object.entries(step.value)) {
      if (!equal(before[key], value)) {
        result = setIn(result, ['steps', index, step.op, key], value);
      }
    }
    return result;
  }
  return step.value === null || step.value === undefined
    ? setBare(text, index, step.op, item)
    : setIn(text, ['steps', index, step.op], step.value);
}

/** The step without parameters: `- split`; a comment at its end stays. */
function setBare(text: string, index: number, op: string, map: YAMLMap): string {
  const [{ key, value }] = map.items as { key: { range?: number[] }; value: { range?: number[] } | null }[];
  const wanted = plain(parseDocument(text, OPTIONS).toJS()) as { steps: unknown[] };
  wanted.steps[index] = op;
  const end = text.slice(0, value?.range?.[1] ?? key.range![1]).trimEnd().length;
  const edited = text.slice(0, key.range![0]) + op + text.slice(end);
  return says(edited, wanted) ? edited : setIn(text, ['steps', index], op);
}

function stepValue(step: IStep): unknown {
  const empty = step.value === null || step.value === undefined;
  return empty ? step.op : { [step.op]: step.value };
}

function trySet(doc: Document, text: string, path: Path, value: unknown): string | null {
  const node = doc.getIn(path as (string | number)[], true) as
    { range?: [number, number, number] | null } | undefined;
  if (node && !isAlias(node) && node.range) {
    const [start, end] = node.range;
    if (start === end) {
      return `${text.slice(0, start).replace(/ +$/, '')} ${flow(value)}${text.slice(end)}`;
    }
    const holder = doc.getIn(path.slice(0, -1) as (string | number)[], true);
    const written = isSeq(holder) && !holder.flow ? item(value) : flow(value);
    // A block collection's range ends past its last line break.
    const tail = text.slice(start, end).match(/\s*$/)![0];
    return text.slice(0, start) + written + tail + text.slice(end);
  }
  const parentPath = path.slice(0, -1);
  const key = path[path.length - 1];
  const parent = parentPath.length ? doc.getIn(parentPath as (string | number)[], true) : doc.contents;
  if (typeof key !== 'string') {
    return null;
  }
  if (isMap(parent) && parent.range) {
    return addKey(text, parent, key, value);
  }
  if (parentPath.length && (parent === undefined || (isScalar(parent) && parent.value === null))) {
    return trySet(doc, text, parentPath, { [key]: value });
  }
  return null;
}

function addKey(text: string, map: YAMLMap, key: string, value: unknown): string | null {
  const entry = `${flow(key)}: ${flow(value)}`;
  const [start, end] = map.range!;
  if (map.flow) {
    const close = text.lastIndexOf('}', end - 1);
    const before = text.slice(0, close).replace(/\s+$/, '');
    const separator = map.items.length === 0 || before.endsWith(',') ? '' : ', ';
    return before + separator + entry + text.slice(close);
  }
  const indent = ' '.repeat(start - (text.lastIndexOf('\n', start - 1) + 1));
  const tail = text.slice(start, end).match(/\s*$/)![0].length;
  const at = end - tail;
  // After the last value's own line, comments on it included.
  const lineEnd = text.indexOf('\n', at);
  const position = lineEnd < 0 ? text.length : lineEnd + 1;
  return `${text.slice(0, position)}${newlineBefore(text, position)}${indent}${entry}\n${text.slice(position)}`;
}

function tryRemove(doc: Document, text: string, path: Path): string | null {
  const key = path[path.length - 1];
  const parentPath = path.slice(0, -1) as (string | number)[];
  const parent = parentPath.length ? doc.getIn(parentPath, true) : doc.contents;
  if (isSeq(parent) && !parent.flow && typeof key === 'number') {
    if (parent.items.length === 1) {
      return null;
    }
    const line = itemLines(text, parent)[key];
    return text.slice(0, line.start) + text.slice(line.end);
  }
  if (isMap(parent) && typeof key === 'string') {
    const index = parent.items.findIndex(item => keyOf(item.key) === key);
    const pair = parent.items[index];
    const start = (pair?.key as { range?: number[] } | null)?.range?.[0];
    if (start === undefined || !isPair(pair)) {
      return null;
    }
    const valueRange = (pair.value as { range?: number[] } | null)?.range;
    const end = valueRange?.[1] ?? start;
    if (parent.flow) {
      const next = parent.items[index + 1];
      if (next) {
        return text.slice(0, start) + text.slice((next.key as { range: number[] }).range[0]);
      }
      const before = text.slice(0, start).replace(/,?\s*$/, '');
      return before + text.slice(end);
    }
    if (parent.items.length === 1) {
      return null;
    }
    const lineStart = text.lastIndexOf('\n', start - 1) + 1;
    if (text.slice(lineStart, start).trim() !== '') {
      return null; // the first key of a list item shares its line with the dash
    }
    const stop = end - text.slice(start, end).match(/\s*$/)![0].length;
    const lineEnd = text.indexOf('\n', stop);
    return text.slice(0, lineStart) + (lineEnd < 0 ? '' : text.slice(lineEnd + 1));
  }
  return null;
}

/** Where each item of a block list starts and ends in the text, its dash and its own lines included. */
function itemLines(text: string, seq: YAMLSeq): { start: number; end: number; indent: string }[] {
  const starts = seq.items.map(item => {
    const at = (item as { range: [number, number, number] }).range[0];
    const dash = text.lastIndexOf('-', at - 1);
    return text.lastIndexOf('\n', dash - 1) + 1;
  });
  return starts.map((start, index) => {
    const node = seq.items[index] as { range: [number, number, number] };
    let end = starts[index + 1];
    if (end === undefined) {
      const stop = node.range[1] - text.slice(start, node.range[1]).match(/\s*$/)![0].length;
      const lineEnd = text.indexOf('\n', stop);
      end = lineEnd < 0 ? text.length : lineEnd + 1;
    }
    const indent = text.slice(start).match(/^ */)![0];
    return { start, end, indent };
  });
}

function says(text: string, wanted: unknown): boolean {
  const doc = parseDocument(text, OPTIONS);
  return doc.errors.length === 0 && equal(plain(doc.toJS()), plain(wanted));
}

function keyOf(key: unknown): string {
  return isScalar(key) ? String(key.value) : String(key);
}

function newlineBefore(text: string, position: number): string {
  return position > 0 && text[position - 1] !== '\n' ? '\n' : '';
}

function lineOf(doc: Document, text: string, path: Path): number {
  const node = doc.getIn(path as (string | number)[], true) as { range?: number[] } | undefined;
  return node?.range ? text.slice(0, node.range[0]).split('\n').length : 1;
}

function trouble(message: string, line: number): Reading {
  return { ok: false, trouble: { message, line, column: 1 } };
}
