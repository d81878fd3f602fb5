/** The worker that bins a split's rows. Its code comes by a dynamic import, as that of the plots does. */
import type { CounterRequest } from './counting';

const ready = import('./counting').then(({ Counting }) => new Counting());

addEventListener('message', async (event: MessageEvent<CounterRequest>) => {
  const { id } = event.data;
  try {
    const answer = (await ready).answer(event.data);
    const order = answer.order;
    const transfer = order
      ? [order.hash, order.first, order.redshiftBin, order.magnitudeBin, order.cell].map(
          one => one.buffer as ArrayBuffer
        )
      : [];
    postMessage({ id, ...answer }, { transfer });
  } catch (error) {
    postMessage({ id, error: error instanceof Error ? error.message : String(error) });
  }
});

// the first word: whether the worker can work at all
ready.then(
  () => postMessage({ id: 0 }),
  (error: unknown) => postMessage({ id: 0, error: String(error) })
);
