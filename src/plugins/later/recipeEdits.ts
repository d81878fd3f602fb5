/** Changes that come from outside the editor: an input from the panel, a condition from the explorer. */
import { type Expr, parse, toText } from '../../expr';
import { equal, flow, read, setIn } from '../../recipe/document';
import { freeName } from '../../recipe/names';
import type { IRoles } from '../../table/source';

export interface INewInput {
  /** What the input comes from: `{pzserver: 12_deep}` or `{file: vvds.parquet}`. */
  readonly from: { readonly [kind: string]: unknown };
  /** A name to start from. */
  readonly name: string;
  /** What else the recipe says of it: survey, columns. */
  readonly also?: { readonly [key: string]: unknown };
  /** Rows for which it is not true are left out; in the source's own column names. */
  readonly condition?: string;
  /** The source's columns that get other names when the recipe loads them. */
  readonly roles?: IRoles;
}

/** The names that loading gives to columns with a known meaning. */
const LOADED: { readonly [role in keyof IRoles]?: string } = {
  id: 'source_row_id',
  ra: 'ra',
  dec: 'dec',
  redshift: 'redshift',
  flag: 'z_flag',
  survey: 'survey'
};

/** Columns of an earlier product that keep their names, whatever their role: loading takes them as they are. */
const KEPT = ['z_flag_homogenized'];

/** The recipe with one more input, or with one more filter on the input that is already there; and its name. */
export function addInput(text: string, input: INewInput): { text: string; name: string } {
  const reading = read(text);
  if (!reading.ok) {
    throw new Error(reading.trouble.message);
  }
  const { inputs } = reading.value;
  const filters = input.condition ? [{ filter: asLoaded(input.condition, input.roles ?? {}) }] : [];
  const there = Object.keys(inputs).find(name => equal(inputs[name].from, input.from));
  if (there !== undefined) {
    const steps = Array.isArray(inputs[there].steps) ? (inputs[there].steps as unknown[]) : [];
    const fresh = filters.filter(filter => !steps.some(step => equal(step, filter)));
    return {
      text: fresh.length ? setIn(text, ['inputs', there, 'steps'], [...steps, ...fresh]) : text,
      name: there
    };
  }
  const name = freeName(input.name, Object.keys(inputs));
  const value = { from: input.from, ...input.also, ...(filters.length ? { steps: filters } : {}) };
  // the first input goes to a line of its own, and those that follow it too
  const empty = /^inputs:[ \t]*(\{\}|~|null)?[ \t]*$/m;
  if (Object.keys(inputs).length === 0 && empty.test(text)) {
    return { text: text.replace(empty, () => `inputs:\n  ${name}: ${flow(value)}`), name };
  }
  return { text: setIn(text, ['inputs', name], value), name };
}

/** A condition on a source's own columns, with the names that the columns have once the recipe has loaded them. */
export function asLoaded(condition: string, roles: IRoles): string {
  const names = new Map<string, string>();
  for (const [role, name] of Object.entries(LOADED)) {
    const column = roles[role as keyof IRoles];
    if (column !== undefined && column !== name && !KEPT.includes(column)) {
      names.set(column, name);
    }
  }
  return names.size === 0 ? condition : toText(renamed(parse(condition), names) as Expr);
}

function renamed(node: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(node)) {
    return node.map(item => renamed(item, names));
  }
  if (typeof node !== 'object' || node === null) {
    return node;
  }
  const { kind, name } = node as { kind?: string; name?: string };
  if (kind === 'preset') {
    return node;
  }
  if (kind === 'column' && names.has(name!)) {
    return { ...node, name: names.get(name!) };
  }
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, renamed(value, names)]));
}
