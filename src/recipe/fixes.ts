/** Remedies of findings, applied to the recipe's text. */
import { parseDocument } from 'yaml';

import type { IEdit, IFix } from './backend';
import { insertIn, read, removeIn, setIn } from './document';

/**
 * The text with a fix's edits made in order; comments and layout elsewhere stay. Unchanged where an edit no longer
 * fits: the step it is about has moved, or the input is gone.
 */
export function applyFix(text: string, fix: IFix): string {
  let result = text;
  for (const edit of fix.edits) {
    if (!fits(result, edit)) {
      return text;
    }
    result = apply(spelledOut(result, edit), edit);
  }
  return result;
}

function apply(text: string, { op, path, value }: IEdit): string {
  if (op === 'set') {
    return setIn(text, path, value ?? null);
  }
  if (op === 'remove') {
    return removeIn(text, path);
  }
  return insertIn(text, path.slice(0, -1), value, Number(path[path.length - 1]));
}

function fits(text: string, { op, path, value }: IEdit): boolean {
  const reading = read(text);
  if (!reading.ok) {
    return false;
  }
  const { inputs, steps } = reading.value;
  const [key, name, operation] = path;
  if (key === 'inputs') {
    return String(name) in inputs;
  }
  if (key === 'steps' && op !== 'insert') {
    const wanted = operation ?? (typeof value === 'object' && value ? Object.keys(value)[0] : value);
    const found = steps[Number(name)]?.op;
    return found !== undefined && (op === 'remove' || found === wanted);
  }
  return true;
}

/** An input given by its path alone (`vvds: vvds.parquet`), and a bare step, as maps that can take a key. */
function spelledOut(text: string, { path }: IEdit): string {
  const [key, name, third] = path;
  if (third === undefined) {
    return text;
  }
  const short = parseDocument(text).getIn([key, name]);
  if (typeof short !== 'string') {
    return text;
  }
  return setIn(text, [key, name], key === 'inputs' ? { from: { file: short } } : { [short]: {} });
}
