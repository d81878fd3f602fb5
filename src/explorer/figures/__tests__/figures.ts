import { LocalBinner, type MemorySource } from '../../../table';
import type { ValueType } from '../../../expr';
import { Selection } from '../../../table/selection';
import { source } from '../../__tests__/data';
import { requestOf, type View } from '../../views';
import { figureOf, type IFigure, type IFigureModel } from '../figure';

export const VIEWS = {
  nz: { id: 'nz', kind: 'histogram', column: 'redshift', by: null, log: false },
  log: { id: 'log', kind: 'histogram', column: 'redshift', by: null, log: true },
  stacked: { id: 'stacked', kind: 'histogram', column: 'redshift', by: 'survey', log: false },
  lines: { id: 'lines', kind: 'histogram', column: 'redshift', by: 'survey', log: true },
  flags: { id: 'flags', kind: 'histogram', column: 'z_flag', by: null, log: false },
  density: { id: 'density', kind: 'density', x: 'i_mag', y: 'redshift' },
  colour: { id: 'colour', kind: 'density', x: 'redshift - i_mag', y: 'i_mag' },
  categories: { id: 'categories', kind: 'categories', column: 'survey' },
  field: { id: 'field', kind: 'sky', ra: 'ra', dec: 'dec', frame: 'data' },
  all: {
    id: 'all',
    kind: 'sky',
    ra: 'ra',
    dec: 'dec',
    frame: { kind: 'all', ra: 0, dec: 0, x: [-163, 163], y: [-82, 82] }
  }
} as const satisfies { readonly [id: string]: View };

export const KINDS = Object.keys(VIEWS) as (keyof typeof VIEWS)[];

/** What the explorer's model has, for these views and this condition. */
export async function counted(condition = '', from: MemorySource = source()): Promise<IFigureModel> {
  const info = await from.info();
  const names = info.columns.map(({ name }) => name);
  const binner = new LocalBinner();
  await binner.add(names, await from.columns(names));
  const selection = new Selection(new Map(info.columns.map(({ name, type }) => [name, type as ValueType])));
  selection.setText(condition);
  const views = Object.fromEntries(Object.values(VIEWS).map(view => [view.id, requestOf(view, [60, 40])!]));
  const result = await binner.update({ terms: selection.terms, views });
  return { info, result, selection };
}

export async function figure(kind: keyof typeof VIEWS, condition = '', from = source()): Promise<IFigure> {
  return figureOf(await counted(condition, from), VIEWS[kind])!;
}
