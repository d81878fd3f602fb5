import type { TranslationBundle } from '@jupyterlab/translation';
import type { IFigureFile } from './download';
import type { IFigure } from './figure';
import { withTexts } from './png';
import { specOf } from './spec';

export type FigureFormat = 'png' | 'svg' | 'vl.json';

/** Pixels of a PNG to a point: sharp in print and on fine screens. */
const SCALE = 2;

export async function figureFile(
  trans: TranslationBundle,
  figure: IFigure,
  format: FigureFormat
): Promise<IFigureFile> {
  const spec = specOf(trans, figure);
  const name = `${figureName(figure)}.${format}`;
  if (format === 'vl.json') {
    const text = `${JSON.stringify(spec, null, 1)}\n`;
    return { name, blob: new Blob([text], { type: 'application/vnd.vegalite.v5+json' }) };
  }
  const { toCanvas, toSvg } = await import('./render');
  if (format === 'svg') {
    return { name, blob: new Blob([await toSvg(spec)], { type: 'image/svg+xml' }) };
  }
  const canvas = await toCanvas(spec, SCALE);
  const plain = await new Promise<Blob | null>(resolve => canvas.toBlob(resolve, 'image/png'));
  if (plain === null) {
    throw new Error(trans.__('The browser could not make a PNG of it.'));
  }
  const facts = spec.usermeta as { access: string; generator: string };
  const bytes = withTexts(new Uint8Array(await plain.arrayBuffer()), {
    Title: figure.info.name,
    Description: String(spec.description),
    Software: facts.generator,
    'tsm:access': facts.access,
    'tsm:figure': JSON.stringify(facts)
  });
  return { name, blob: new Blob([bytes], { type: 'image/png' }) };
}

/** A file's name from table, view and condition: letters, digits, dots, dashes and underscores only. */
export function figureName({ info, result, where, brushed }: IFigure): string {
  const table = clean(
    info.name.replace(/\.(parquet|pq|csv|tsv|ecsv|fits?|h5|hdf5|vot|xml|votable)(\.gz)?$/i, ''),
    50
  );
  const view =
    result.kind === 'histogram'
      ? result.column === info.roles.redshift
        ? 'nz'
        : `histogram_${result.column}`
      : result.kind === 'density'
        ? `${result.y}_against_${result.x}`
        : result.kind === 'categories'
          ? `counts_${result.column}`
          : 'sky';
  const condition = [where, brushed].filter(text => text !== '').join(' AND ');
  return [table || 'table', clean(view, 40), clean(words(condition), 50)]
    .filter(part => part !== '')
    .join('-');
}

function words(condition: string): string {
  return condition
    .replaceAll('<=', ' le ')
    .replaceAll('>=', ' ge ')
    .replaceAll('<>', ' ne ')
    .replaceAll('<', ' lt ')
    .replaceAll('>', ' gt ')
    .replaceAll('=', ' ');
}

/** Text fit for a file's name on any system. */
export function clean(text: string, length: number): string {
  return text
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9.-]+/g, '_')
    .slice(0, length)
    .replace(/^[._-]+|[._-]+$/g, '');
}
