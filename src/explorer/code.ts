import type { ITableInfo } from '../table/source';

/** Whether a table came from a kernel: there the widget is the user's own name for it. */
export function isKernel({ id }: ITableInfo): boolean {
  return id === 'kernel';
}

/** The lines of Python that read the table, called `name` there; `sources` has to be imported, unless it is a kernel's. */
export function tableLines(info: ITableInfo, name = 'table'): string[] {
  if (isKernel(info)) {
    return [`${name} = view.table  # view: what pz_tsm.explore(...) returned`];
  }
  return [
    ...(info.sampled ? [`# the explorer shows a sample of ${info.sampled.of} rows`] : []),
    `${name} = sources.read_table(${quoted(info.path ?? info.name)})`
  ];
}

/**
 * The lines of Python that give the rows that pass a condition: the file as the explorer shows it, with its own column
 * names, which are the names in the condition, and null for values that stand for none.
 */
export function pythonOf(info: ITableInfo, condition: string): string {
  const needed = [...(condition === '' ? [] : ['expr']), ...(isKernel(info) ? [] : ['sources'])];
  return [
    ...(needed.length === 0 ? [] : [`from pz_tsm import ${needed.join(', ')}`, '']),
    ...tableLines(info),
    ...(condition === '' ? [] : [`selection = table.filter(expr.mask(${quoted(condition)}, table))`]),
    ''
  ].join('\n');
}

/** A Python string literal. */
export function quoted(text: string): string {
  const body = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
  return body.includes('"') && !body.includes("'") ? `'${body}'` : `"${body.replaceAll('"', '\\"')}"`;
}
