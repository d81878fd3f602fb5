/* global window, document, requestAnimationFrame, HTMLCanvasElement, CanvasRenderingContext2D */
/**
 * Runs in the page before any other script: what a user sees, with times. Changes nothing that the page does.
 *
 * `painted` has the times at which a batch of drawing calls to the explorer's plots ended, rasterised: a pixel of
 * each canvas is read, for which all that was drawn there has to be done.
 */
(() => {
  const log = { moves: [], selected: [], counted: [], posts: [], answers: [], painted: [] };
  const dirty = new Set();
  const readPixels = CanvasRenderingContext2D.prototype.getImageData;

  const flush = () => {
    const start = performance.now();
    const canvases = [...dirty];
    dirty.clear();
    for (const canvas of canvases) {
      readPixels.call(canvas.getContext('2d'), 0, 0, 1, 1);
    }
    const end = performance.now();
    log.painted.push({ time: end, raster: end - start, canvases: canvases.length });
  };

  const drawing = 'clearRect fillRect strokeRect fill stroke fillText drawImage putImageData';
  for (const name of drawing.split(' ')) {
    const draw = CanvasRenderingContext2D.prototype[name];
    CanvasRenderingContext2D.prototype[name] = function (...args) {
      const { canvas } = this;
      if (!dirty.has(canvas) && canvas instanceof HTMLCanvasElement && canvas.closest('.tsm-View') !== null) {
        if (dirty.size === 0) {
          queueMicrotask(flush);
        }
        dirty.add(canvas);
      }
      return draw.apply(this, args);
    };
  }

  window.Worker = class extends window.Worker {
    constructor(...args) {
      super(...args);
      this.addEventListener('message', ({ data }) =>
        log.answers.push({ time: performance.now(), id: data?.id, took: data?.result?.took })
      );
    }

    postMessage(message, ...rest) {
      const views = message?.update?.views;
      log.posts.push({
        time: performance.now(),
        id: message?.id,
        kind: message?.kind,
        views: views ? Object.keys(views) : []
      });
      return super.postMessage(message, ...rest);
    }
  };

  const COLUMNS = /\/tsm\/local\/tables\/[^/]+\/columns/;
  const ask = window.fetch;
  /** Columns don't come from the browser's cache: a table is opened for the first time. */
  window.fetch = (input, options) =>
    COLUMNS.test(input.url ?? input) && window.tsmBench.uncached
      ? ask(new Request(input, { ...options, cache: 'no-store' }))
      : ask(input, options);

  const onMove = ({ buttons }) => {
    if (buttons === 1) {
      log.moves.push({ time: performance.now() });
    }
  };
  // the first word of a move: raw updates come before the frame's own event
  window.addEventListener('pointerrawupdate', onMove, true);

  /** Resolves with the time at which the frame that shows what `test` finds has been drawn. */
  const seen = test =>
    new Promise((resolve, reject) => {
      const end = performance.now() + 120_000;
      const look = () => {
        if (performance.now() > end) {
          reject(new Error('Nothing was seen in two minutes.'));
        } else if (!test()) {
          requestAnimationFrame(look);
          return;
        }
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve(performance.now());
        port2.postMessage(null);
      };
      requestAnimationFrame(look);
    });

  /** All elements that fit, in shadow trees too. */
  const all = (selector, root = document) => {
    const found = [...root.querySelectorAll(selector)];
    for (const node of root.querySelectorAll('*')) {
      if (node.shadowRoot !== null) {
        found.push(...all(selector, node.shadowRoot));
      }
    }
    return found;
  };

  /** A cell with text that lies on the screen. */
  const shown = cell => {
    const { width, height, bottom, top } = cell.getBoundingClientRect();
    return (
      width > 0 && height > 0 && bottom > 0 && top < window.innerHeight && cell.textContent.trim() !== ''
    );
  };

  const ourRows = () =>
    [...document.querySelectorAll('.tsm-Explorer [role=gridcell]')].slice(0, 3).some(shown);

  /** Every view shows counts: nothing waits, nothing is a preview, and something is drawn. */
  const plotted = () => {
    const views = [...document.querySelectorAll('.tsm-Explorer .tsm-View')];
    const waits = '.tsm-State-loading, .tsm-HistogramPreview';
    return (
      views.length > 0 &&
      views.every(
        view => view.querySelector(waits) === null && view.querySelector('.tsm-View-body > *') !== null
      ) &&
      log.painted.length > 0 &&
      performance.now() - log.painted[log.painted.length - 1].time > 400
    );
  };

  /** The model of the explorer on top, found among the widgets that JupyterLab shows. */
  const model = () => {
    const look = widget => {
      const own = widget?.props?.model;
      if (own?.selection !== undefined && own?.windows !== undefined) {
        return own;
      }
      for (const child of [widget?.content, ...(widget?.layout?.widgets ?? [])]) {
        const found = child ? look(child) : null;
        if (found !== null) {
          return found;
        }
      }
      return null;
    };
    return look(window.jupyterapp.shell.currentWidget);
  };

  /** Log when the condition changes, and when there are new counts: `current` if they are of the condition by then. */
  const follow = () => {
    const own = model();
    own.selection.changed.connect(() => log.selected.push({ time: performance.now() }));
    own.counted.connect(() =>
      log.counted.push({ time: performance.now(), current: own.passed !== null, took: own.result.took })
    );
  };

  const clear = () => Object.values(log).forEach(list => list.splice(0));

  window.tsmBench = { uncached: false, log, clear, seen, all, shown, ourRows, plotted, model, follow };
})();
