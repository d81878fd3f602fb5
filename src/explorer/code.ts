import type { ITableInfo } from '../table/source';

/** The lines of Python that give the rows that pass a condition. */
export function pythonOf(info: ITableInfo, condition: string): string {
  const lines = ['import pz_tsm', '', `table = pz_tsm.read(${quoted(info.path ?? info.name)})`];
  if (condition !== '') {
    lines.push(`selection = table.filter(${quoted(condition)})`);
  }
  return lines.join('\n') + '\n';
}

/** A Python string literal. */
export function quoted(text: string): string {
  const body = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
  return body.includes('"') && !body.includes("'") ? `'${body}'` : `"${body.replaceAll('"', '\\"')}"`;
}
