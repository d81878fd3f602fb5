/** How long a frame is waited for, in ms: a page that isn't seen draws none. */
const PATIENCE = 250;

/** Resolves when the next frame has been drawn. */
export function painted(): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, PATIENCE);
    requestAnimationFrame(() =>
      setTimeout(() => {
        clearTimeout(timer);
        resolve();
      })
    );
  });
}
