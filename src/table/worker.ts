/**
 * The worker that holds the columns. Its code comes by a dynamic import, so that packages shared with JupyterLab
 * can be resolved before they are needed.
 */

import type { IUpdate } from './requests';

export type WorkerRequest =
  | { readonly id: number; readonly kind: 'add'; readonly ipc: Uint8Array }
  | { readonly id: number; readonly kind: 'update'; readonly update: IUpdate }
  | {
      readonly id: number;
      readonly kind: 'prepare';
      readonly axes: readonly string[];
      readonly update: IUpdate;
      readonly stops?: readonly Float64Array[];
    };

const ready = Promise.all([import('./binEngine'), import('./transfer'), import('./cube')]).then(
  ([engine, transfer, cube]) => ({
    engine: new engine.BinEngine(),
    packer: new transfer.Packer(),
    cube
  })
);

addEventListener('message', async (event: MessageEvent<WorkerRequest>) => {
  const request = event.data;
  const { id } = request;
  try {
    const { engine, packer, cube } = await ready;
    if (request.kind === 'add') {
      engine.add(request.ipc);
      postMessage({ id });
    } else if (request.kind === 'prepare') {
      const made = engine.prepare(request.axes, request.update, request.stops);
      postMessage({ id, cube: made ?? undefined }, { transfer: made === null ? [] : cube.buffersOf(made) });
    } else {
      const { packed, transfer } = packer.pack(engine.update(request.update));
      postMessage({ id, result: packed }, { transfer });
    }
  } catch (error) {
    postMessage({ id, error: error instanceof Error ? error.message : String(error) });
  }
});

// the first word: whether the worker can work at all
ready.then(
  () => postMessage({ id: 0 }),
  (error: unknown) => postMessage({ id: 0, error: String(error) })
);
