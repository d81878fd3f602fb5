import type { ITableInfo } from '../table/source';

/**
 * The lines of Python that give the rows that pass a condition: the file as the explorer shows it, with its own column
 * names, which are the names in the condition, and null for values that stand for none.
 */
export function pythonOf(info: ITableInfo, condition: string): string {
  const file = quoted(info.path ?? info.name);
  if (condition === '') {
    return `from pz_tsm import sources\n\ntable = sources.read_table(${file})\n`;
  }
  return [
    'from pz_tsm import expr, sources',
    '',
    `table = sources.read_table(${file})`,
    `selection = table.filter(expr.mask(${quoted(condition)}, table))`,
    ''
  ].join('\n');
}

/** A Python string literal. */
export function quoted(text: string): string {
  const body = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
  return body.includes('"') && !body.includes("'") ? `'${body}'` : `"${body.replaceAll('"', '\\"')}"`;
}
