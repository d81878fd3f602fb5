/**
 * The worker that holds the columns. Its code comes by a dynamic import, so that packages shared with JupyterLab
 * can be resolved before they are needed.
 */

import type { IUpdate } from './requests';

export type WorkerRequest =
  | { readonly id: number; readonly kind: 'add'; readonly ipc: Uint8Array }
  | { readonly id: number; readonly kind: 'update'; readonly update: IUpdate };

const engine = import('./binEngine').then(module => new module.BinEngine());

addEventListener('message', async (event: MessageEvent<WorkerRequest>) => {
  const { id, kind } = event.data;
  try {
    const ready = await engine;
    if (kind === 'add') {
      ready.add(event.data.ipc);
      postMessage({ id });
    } else {
      postMessage({ id, result: ready.update(event.data.update) });
    }
  } catch (error) {
    postMessage({ id, error: error instanceof Error ? error.message : String(error) });
  }
});

// the first word: whether the worker can work at all
engine.then(
  () => postMessage({ id: 0 }),
  (error: unknown) => postMessage({ id: 0, error: String(error) })
);
