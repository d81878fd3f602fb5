/** Resolves with a worker's first word, which holds no error; rejects if it can't start. */
export function alive(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('The worker did not start in 20 s.')), 20000);
    worker.onmessage = (event: MessageEvent<{ readonly error?: string }>) => {
      clearTimeout(timer);
      if (event.data.error === undefined) {
        resolve();
      } else {
        reject(new Error(event.data.error));
      }
    };
    worker.onerror = event => {
      clearTimeout(timer);
      reject(new Error(event.message || 'The worker could not be started.'));
    };
  });
}
