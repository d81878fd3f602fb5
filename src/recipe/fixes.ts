/** Remedies of findings, applied to the recipe's text. */
import { parseDocument } from 'yaml';

import type { IEdit, IFix } from './backend';
import { insertIn, read, removeIn, setIn } from './document';
import { isRecord } from './values';

/** The parameter that a step's short form (`match: dp1`) stands for, by operation. */
export type Mains = (operation: string) => string | null | undefined;

/**
 * The text with a fix's edits made in order; comments and layout elsewhere stay. Unchanged where an edit no longer
 * fits: the step it is about has moved, the input is gone, or there is no place for what it sets.
 */
export function applyFix(text: string, fix: IFix, mainOf: Mains = () => null): string {
  let result = text;
  for (const edit of fix.edits) {
    const spelled = fits(result, edit) ? spelledOut(result, edit, mainOf) : null;
    if (spelled === null) {
      return text;
    }
    result = apply(spelled, edit);
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

/**
 * An input given by its path alone (`vvds: vvds.parquet`), a bare step and a step in short form, as maps that can
 * take a key; null where the short form can't be written out.
 */
function spelledOut(text: string, { path }: IEdit, mainOf: Mains): string | null {
  const [key, name, third, fourth] = path;
  if (third === undefined) {
    return text;
  }
  const short = parseDocument(text).getIn([key, name]);
  if (typeof short === 'string') {
    return setIn(text, [key, name], key === 'inputs' ? { from: { file: short } } : { [short]: {} });
  }
  const reading = read(text);
  const value = key === 'steps' && reading.ok ? reading.value.steps[Number(name)]?.value : null;
  if (fourth === undefined || value === null || value === undefined || isRecord(value)) {
    return text;
  }
  const main = mainOf(String(third));
  return main ? setIn(text, [key, name, third], { [main]: value }) : null;
}
