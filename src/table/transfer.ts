/** Results on their way out of the worker: what the other side has already is not sent again. */

import type { IUpdateResult, ViewResult } from './requests';

/** A view's result, or what has changed in it; `same` says that all is as it was. */
type Packed = { readonly same: true } | { readonly fresh: object; readonly kept: readonly string[] };

export interface IPackedResult extends Omit<IUpdateResult, 'views'> {
  readonly views: { readonly [id: string]: Packed };
}

/** The worker's side: remembers what was sent last for each view. */
export class Packer {
  /** What to send, and the buffers that go with it. Arrays are copied: the engine goes on with its own. */
  pack(result: IUpdateResult): { packed: IPackedResult; transfer: ArrayBuffer[] } {
    const transfer: ArrayBuffer[] = [];
    const views: { [id: string]: Packed } = {};
    for (const [id, view] of Object.entries(result.views)) {
      const last = this._sent.get(id);
      this._sent.set(id, view);
      views[id] = last === view ? { same: true } : changes(view, last, transfer);
    }
    return { packed: { ...result, views }, transfer };
  }

  private readonly _sent = new Map<string, ViewResult>();
}

function changes(view: ViewResult, last: ViewResult | undefined, transfer: ArrayBuffer[]): Packed {
  const before = last as unknown as Record<string, unknown> | undefined;
  const fresh: Record<string, unknown> = {};
  const kept: string[] = [];
  for (const [key, value] of Object.entries(view)) {
    if (value instanceof Uint32Array || value instanceof Float32Array) {
      if (before?.[key] === value) {
        kept.push(key);
      } else {
        const copy = value.slice();
        transfer.push(copy.buffer);
        fresh[key] = copy;
      }
    } else {
      fresh[key] = value;
    }
  }
  return { fresh, kept };
}

/** The page's side: `results` are the last ones of each view, as they were unpacked. */
export function unpack(packed: IPackedResult, results: Map<string, ViewResult>): IUpdateResult {
  const views: { [id: string]: ViewResult } = {};
  for (const [id, view] of Object.entries(packed.views)) {
    const last = results.get(id);
    if ('same' in view) {
      views[id] = last!;
    } else {
      const before = last as unknown as Record<string, unknown>;
      const kept = Object.fromEntries(view.kept.map(key => [key, before[key]]));
      views[id] = { ...view.fresh, ...kept } as unknown as ViewResult;
      results.set(id, views[id]);
    }
  }
  return { ...packed, views };
}
