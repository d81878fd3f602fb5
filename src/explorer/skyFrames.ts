import { fitFrame, type ISkyFrame } from '../table/sky';
import { panned, zoomed } from '../ui/plots/skyZoom';
import type { PlotsModel } from './plotsModel';
import { requestOf, type ISkyView } from './views';

/** The part of the sky that a map shows, or is about to; null while that isn't known. */
export function frameOf(plots: PlotsModel, view: ISkyView): ISkyFrame | null {
  if (view.frame !== 'data') {
    return fitFrame(view.frame, ...(plots.sizeOf(view.id) ?? [1, 1]));
  }
  const result = plots.result?.views[view.id];
  return result?.kind === 'sky' ? result.frame : null;
}

/** The part of the sky that holds the rows that pass. */
export async function passingFrame(plots: PlotsModel, view: ISkyView): Promise<ISkyFrame | null> {
  const request = requestOf(view, plots.sizeOf(view.id));
  const found = request?.kind === 'sky' ? await plots.ask({ ...request, frame: 'passing' }) : null;
  return found?.kind === 'sky' ? found.frame : null;
}

/** More or less of the sky than a map shows, around a place in parts of its box. */
export function zoomedFrame(
  plots: PlotsModel,
  view: ISkyView,
  factor: number,
  at?: { x: number; y: number }
): ISkyFrame | null {
  const frame = frameOf(plots, view);
  return frame === null ? null : zoomed(frame, factor, at);
}

/** A map's part of the sky moved, by parts of its width and height. */
export function pannedFrame(
  plots: PlotsModel,
  view: ISkyView,
  right: number,
  down: number
): ISkyFrame | null {
  const frame = frameOf(plots, view);
  return frame === null ? null : panned(frame, right, down);
}
