/* global window, document, requestAnimationFrame */
/** The grid under the wheel, and under jumps of its scroll bar: frames, and how long cells stay blank. */
import { median, openLab, openTable, quantile } from './lab.mjs';

const SECONDS = 3;

export async function scroll(browser, config, { table, size, jumps = 20 }) {
  const page = await openLab(browser, config);
  await openTable(page, table);
  // no plots, and a window in which the grid has the size asked for
  await page.evaluate(() => {
    const model = window.tsmBench.model();
    [...model.views].forEach(({ id }) => model.removeView(id));
  });
  const now = await page.locator('.tsm-Grid').boundingBox();
  const window_ = page.viewportSize();
  await page.setViewportSize({
    width: Math.round(window_.width + size[0] - now.width),
    height: Math.round(window_.height + size[1] - now.height)
  });
  await page.waitForTimeout(1000);
  const grid = await page.locator('.tsm-Grid').boundingBox();
  await page.mouse.move(grid.x + grid.width / 2, grid.y + grid.height / 2);
  const wheel = await wheeled(page);
  const jump = await jumped(page, jumps);
  await page.context().close();
  return { grid: [Math.round(grid.width), Math.round(grid.height)], wheel, jump };
}

/** Three rows every 16 ms, and what the frames showed meanwhile. */
async function wheeled(page) {
  const cdp = await page.context().newCDPSession(page);
  await page.evaluate(watch);
  const begin = performance.now();
  const sent = [];
  const place = await page.locator('.tsm-Grid').boundingBox();
  while (performance.now() - begin < SECONDS * 1000) {
    sent.push(
      cdp.send('Input.dispatchMouseEvent', {
        type: 'mouseWheel',
        x: place.x + place.width / 2,
        y: place.y + place.height / 2,
        deltaX: 0,
        deltaY: 72
      })
    );
    await new Promise(resolve => setTimeout(resolve, 16));
  }
  await Promise.all(sent);
  const { frames } = await page.evaluate(() => window.stopWatching());
  const within = frames.filter(({ time }) => time - frames[0].time <= SECONDS * 1000);
  const gaps = within.slice(1).map(({ time }, i) => time - within[i].time);
  return {
    fps: (1000 * gaps.length) / gaps.reduce((sum, gap) => sum + gap, 0),
    // frames in which other rows were shown than in the one before
    moved: within.filter(({ row }, i) => i > 0 && row !== within[i - 1].row).length / SECONDS,
    rows: within.at(-1).row - within[0].row,
    longest: Math.max(...gaps),
    blank: longestBlank(within)
  };
}

async function jumped(page, jumps) {
  const blanks = [];
  for (let jump = 0; jump < jumps; jump++) {
    await page.evaluate(watch);
    await page.evaluate(
      share => {
        const grid = document.querySelector('.tsm-Grid');
        grid.scrollTop = share * (grid.scrollHeight - grid.clientHeight);
      },
      ((jump * 7919 + 1234) % 10_007) / 10_007
    );
    await page.waitForTimeout(400);
    blanks.push(longestBlank((await page.evaluate(() => window.stopWatching())).frames));
  }
  return { n: blanks.length, p50: median(blanks), p95: quantile(blanks, 0.95), max: Math.max(...blanks) };
}

/** The longest time in which frame after frame had a visible cell without text, or no row at all. */
function longestBlank(frames) {
  let since = null;
  let longest = 0;
  for (const { time, blank } of frames) {
    if (blank > 0) {
      since ??= time;
    } else if (since !== null) {
      longest = Math.max(longest, time - since);
      since = null;
    }
  }
  return since === null ? longest : Math.max(longest, frames.at(-1).time - since);
}

/** Look at the grid in every frame, just before it is painted. */
function watch() {
  const frames = [];
  let stopped = false;
  const look = () => {
    if (stopped) {
      return;
    }
    const grid = document.querySelector('.tsm-Grid');
    const { top, bottom } = grid.getBoundingClientRect();
    const rows = [...grid.querySelectorAll('[role=row][aria-rowindex]:not([aria-rowindex="1"])')];
    const body = grid.querySelector('.tsm-Grid-body')?.getBoundingClientRect() ?? { top, bottom };
    let blank = rows.length === 0 ? 1 : 0;
    let first = Infinity;
    for (const row of rows) {
      const box = row.getBoundingClientRect();
      if (box.height > 0 && box.bottom > body.top && box.top < Math.min(bottom, body.bottom)) {
        // rows may stand in any order in the document; a part of a row counts too
        const place = Number(row.getAttribute('aria-rowindex')) + (body.top - box.top) / box.height;
        first = Math.min(first, place);
        for (const cell of row.querySelectorAll('[role=gridcell]')) {
          blank += cell.textContent === '' ? 1 : 0;
        }
      }
    }
    frames.push({ time: performance.now(), row: first, blank });
    requestAnimationFrame(look);
  };
  window.stopWatching = () => {
    stopped = true;
    return { frames };
  };
  requestAnimationFrame(look);
}
