import { Counter } from '../counter';

/** A worker that starts, and then does what the test says. */
class FakeWorker {
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onerror: ((event: { message: string }) => void) | null = null;
  readonly terminate = jest.fn();
  readonly postMessage = jest.fn();
}

it('says that its worker stopped to all who wait, and counts here from then on', async () => {
  const worker = new FakeWorker();
  const counter = new Counter(() => worker as unknown as Worker);
  const first = counter.byHash(1);
  const second = counter.byHash(2);
  worker.onmessage!({ data: {} });
  await Promise.resolve();
  await new Promise(resolve => process.nextTick(resolve));
  expect(worker.postMessage).toHaveBeenCalledTimes(2);
  worker.onerror!({ message: 'out of memory' });
  await expect(first).rejects.toThrow('out of memory');
  await expect(second).rejects.toThrow('out of memory');
  await expect(counter.byHash(3)).rejects.toThrow('There are no rows yet.');
  expect(worker.postMessage).toHaveBeenCalledTimes(2);
  counter.dispose();
});
