// What jsdom lacks and JupyterLab's modules expect when they load.
if (typeof window !== 'undefined') {
  const { runInThisContext } = require('vm');

  require('jest-canvas-mock');

  // jsdom hides what Node has; a browser has these too.
  for (const name of [
    'fetch',
    'Headers',
    'Request',
    'Response',
    'ReadableStream',
    'TextDecoder',
    'TextEncoder',
    'structuredClone'
  ]) {
    globalThis[name] ??= runInThisContext(name);
  }
  globalThis.DragEvent ??= class DragEvent extends globalThis.MouseEvent {};

  class Observer {
    observe() {}
    unobserve() {}
    disconnect() {}
    takeRecords() {
      return [];
    }
  }
  globalThis.ResizeObserver ??= class ResizeObserver extends Observer {};
  globalThis.IntersectionObserver ??= class IntersectionObserver extends Observer {};

  globalThis.matchMedia ??= query => ({
    matches: false,
    media: query,
    addEventListener() {},
    removeEventListener() {},
    addListener() {},
    removeListener() {}
  });
}
