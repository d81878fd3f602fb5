/** A table of the user's into a recipe's text. */
import type { ITableSource } from '../../table/source';
import { removeIn, setIn } from '../document';
import type { RecipeModel } from '../model';
import { freeName } from '../names';

/** Keys of an input that its columns' meanings are written in. */
const KEYS = ['survey', 'columns', 'convert'];

/** Add a file: at once, or after a look at its columns where a source tells what they mean. */
export function addTable(model: RecipeModel, path: string, source?: ITableSource): void {
  const name = () => freeName(path, Object.keys(model.value.inputs));
  const from = { file: path };
  const add = (input: { readonly [key: string]: unknown }) =>
    model.edit(old => setIn(old, ['inputs', name()], { from, ...input }));
  if (source?.propose) {
    model.adding.begin({ name: name(), from, source, add });
  } else {
    add({});
  }
}

/** Look at the columns of an input that is there, and write what becomes of them. */
export function lookAgain(model: RecipeModel, name: string, source: ITableSource): void {
  const { from, columns, convert } = model.value.inputs[name];
  const add = (input: { readonly [key: string]: unknown }) =>
    model.edit(old => {
      let text = typeof from === 'string' ? setIn(old, ['inputs', name], { from: { file: from } }) : old;
      for (const key of KEYS) {
        const value = input[key];
        if (value !== undefined) {
          text = setIn(text, ['inputs', name, key], value);
        } else if (key !== 'survey') {
          text = removeIn(text, ['inputs', name, key]);
        }
      }
      return text;
    });
  model.adding.begin({ name, from, source, columns, convert, add });
}

/** The path of an input that is a file; null of what comes from elsewhere. */
export function fileOf(from: unknown): string | null {
  if (typeof from === 'string') {
    return from;
  }
  const file = typeof from === 'object' && from !== null ? (from as { file?: unknown }).file : undefined;
  return typeof file === 'string' ? file : null;
}
