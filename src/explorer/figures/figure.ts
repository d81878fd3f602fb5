import { parse, type Value } from '../../expr';
import type { ITerm, IUpdateResult, ViewResult } from '../../table/requests';
import type { Range, Selection } from '../../table/selection';
import type { ITableInfo } from '../../table/source';
import type { View } from '../views';

/** What a figure is made from: a view's counts, and what is known of the table. No row is in it. */
export interface IFigure {
  readonly view: View;
  readonly info: ITableInfo;
  readonly result: ViewResult;
  /** The condition that the counts obey; the view's own brushes are not in it. */
  readonly where: string;
  /** The view's own brushes, as a condition, and their bounds by axis: shown as a frame, not applied. */
  readonly brushed: string;
  readonly bounds: ReadonlyMap<string, Range>;
  /** The values chosen among categories. */
  readonly chosen: readonly Value[] | null;
}

/** What `ExplorerModel` has of this. */
export interface IFigureModel {
  readonly info: ITableInfo | null;
  readonly result: IUpdateResult | null;
  readonly selection: Selection;
}

/** The figure of a view as it stands, or null while it has no counts. */
export function figureOf({ info, result, selection }: IFigureModel, view: View): IFigure | null {
  const counts = result?.views[view.id];
  if (info === null || counts === undefined || counts.kind !== view.kind) {
    return null;
  }
  const axes = axesOf(counts);
  const wanted =
    view.kind === 'sky' ? [view.ra, view.dec] : view.kind === 'density' ? [view.x, view.y] : [view.column];
  if (axes.join('\n') !== wanted.join('\n')) {
    return null; // of what was shown before
  }
  const own = (term: ITerm) => term.axis !== null && axes.includes(term.axis);
  const ranges = axes.map(axis => [axis, selection.range(axis)] as const);
  return {
    view,
    info,
    result: counts,
    where: joined(selection.terms.filter(term => !own(term))),
    brushed: joined(selection.terms.filter(own)),
    bounds: new Map(ranges.flatMap(([axis, range]) => (range === null ? [] : [[axis, range]]))),
    chosen: counts.kind === 'categories' ? selection.values(counts.column) : null
  };
}

/** What a view shows along its sides. */
export function axesOf(result: ViewResult): string[] {
  switch (result.kind) {
    case 'density':
      return [result.x, result.y];
    case 'sky':
      return [result.ra, result.dec];
    default:
      return [result.column];
  }
}

function joined(terms: readonly ITerm[]): string {
  return terms.map(({ text }) => (parse(text).kind === 'or' ? `(${text})` : text)).join(' AND ');
}
