/* global window, document */
/** A recorded drag over a plot, and for each move how long it took until all plots that follow it were painted. */
import { readFileSync } from 'node:fs';

import { median, openLab, openTable, quantile, quiet } from './lab.mjs';

/** The views of the benchmark: six, linked, two of them two-dimensional. */
export const VIEWS = [
  { kind: 'histogram', column: 'redshift', by: 'survey', log: false },
  { kind: 'sky', ra: 'ra', dec: 'dec', frame: 'data' },
  { kind: 'density', x: 'g_mag - i_mag', y: 'i_mag' },
  { kind: 'categories', column: 'z_flag' },
  { kind: 'histogram', column: 'i_mag', by: null, log: false },
  { kind: 'histogram', column: 'redshift_err', by: null, log: false }
];

export async function brush(browser, config, { table, trace, over, repeat = 1 }) {
  const page = await openLab(browser, config);
  await openTable(page, table);
  await setViews(page, VIEWS);
  await quiet(page);
  const recorded = JSON.parse(readFileSync(new URL(`./trace-${trace}.json`, import.meta.url), 'utf-8'));
  const found = [];
  for (let time = 0; time < repeat; time++) {
    await page.evaluate(() => window.tsmBench.model().selection.clear());
    await quiet(page);
    await page.evaluate(() => window.tsmBench.clear());
    const frames = page.evaluate(countFrames);
    await replay(page, over, recorded);
    await quiet(page);
    const gaps = await page.evaluate(() => window.stopFrames()).then(() => frames);
    const log = await page.evaluate(() => window.tsmBench.log);
    found.push({
      ...summary(log),
      slow: slow(log),
      frames: frames && { p50: median(gaps), p95: quantile(gaps, 0.95) }
    });
  }
  const where = await page.evaluate(() => window.tsmBench.model().selection.where);
  await page.context().close();
  return { ...found.at(-1), runs: found.map(({ p50, p95 }) => ({ p50, p95 })), where };
}

/** Exactly these views, in this order. */
export async function setViews(page, views) {
  await page.evaluate(async wanted => {
    const model = window.tsmBench.model();
    [...model.views].forEach(({ id }) => model.removeView(id));
    for (const view of wanted) {
      model.addView(view.kind);
      const { id } = model.views[model.views.length - 1];
      model.setView({ ...view, id });
    }
    await model.idle();
  }, views);
  await page.waitForFunction(count => document.querySelectorAll('.tsm-View').length === count, views.length);
  await page.waitForFunction(() => window.tsmBench.plotted(), null, { timeout: 60_000, polling: 100 });
}

/** Real mouse events, at the times of the trace; the browser hands a page at most one move a frame. */
async function replay(page, over, trace) {
  const cdp = await page.context().newCDPSession(page);
  const box = await page.locator('.tsm-View').nth(over).locator('.tsm-Brush').boundingBox();
  const begin = performance.now();
  let pressed = false;
  const sent = [];
  for (const [time, x, y, button] of trace) {
    const wait = begin + time - performance.now();
    if (wait > 0) {
      await new Promise(resolve => setTimeout(resolve, wait));
    }
    const type = button === 'down' ? 'mousePressed' : button === 'up' ? 'mouseReleased' : 'mouseMoved';
    sent.push(
      cdp.send('Input.dispatchMouseEvent', {
        type,
        x: box.x + x * box.width,
        y: box.y + y * box.height,
        button: button || pressed ? 'left' : 'none',
        buttons: (button ? button === 'down' : pressed) ? 1 : 0,
        clickCount: button ? 1 : 0,
        pointerType: 'mouse'
      })
    );
    pressed = button ? button === 'down' : pressed;
  }
  await Promise.all(sent);
  await cdp.detach();
}

/** Times between frames, until told to stop. */
function countFrames() {
  return new Promise(resolve => {
    const gaps = [];
    let last = performance.now();
    let stopped = false;
    window.stopFrames = () => {
      stopped = true;
    };
    const frame = now => {
      gaps.push(now - last);
      last = now;
      if (stopped) {
        resolve(gaps.slice(1));
      } else {
        window.requestAnimationFrame(frame);
      }
    };
    window.requestAnimationFrame(frame);
  });
}

/** What the worker took longest for: [kind, views, ms since the first move, ms]. */
function slow({ moves, posts, answers }) {
  return posts
    .map(post => [
      post.kind,
      post.views.length,
      post.time - moves[0].time,
      answerTo(post, answers) - post.time
    ])
    .filter(([, , , took]) => took > 10)
    .map(([kind, views, ...times]) => [kind, views, ...times.map(Math.round)]);
}

function answerTo(post, answers) {
  return answerOf(post, answers).answer;
}

function answerOf(post, answers) {
  const found = answers.find(({ id, time }) => id === post.id && time >= post.time);
  return { answer: found?.time ?? Infinity, took: found?.took };
}

/**
 * From the handler of a move to the end of the painting of the first counts that were asked for in it or later.
 *
 * The painting of an answer is all that is drawn before the next answer comes. Moves that ask for nothing (the
 * selection stays as it was) are left out.
 */
export function summary({ moves, posts, answers, painted }) {
  const updates = posts
    .filter(({ kind, views }) => kind === 'update' && views.some(id => !id.startsWith('head:')))
    .map(post => ({ ...post, ...answerOf(post, answers) }))
    .filter(({ answer }) => answer < Infinity);
  const ends = updates.map(({ answer }, i) => {
    const next = updates[i + 1]?.answer ?? Infinity;
    const own = painted.filter(({ time }) => time > answer && time < next && time < answer + 1000);
    return own.length > 0 ? own[own.length - 1] : null;
  });
  const took = [];
  const parts = [];
  moves.forEach(({ time }, i) => {
    const at = updates.findIndex(post => post.time >= time);
    const busy = posts.some(post => post.time < time && answerTo(post, answers) > time);
    const nextMove = moves[i + 1]?.time ?? Infinity;
    if (at < 0 || ends[at] === null || (updates[at].time > nextMove && !busy)) {
      return;
    }
    took.push(ends[at].time - time);
    parts.push({
      post: updates[at].time - time,
      count: updates[at].answer - updates[at].time,
      took: updates[at].took ?? 0,
      paint: ends[at].time - updates[at].answer,
      // without the wait for the worker's turn and for the page's
      work: (updates[at].took ?? 0) + ends[at].time - updates[at].answer
    });
  });
  const part = name => ({
    p50: median(parts.map(each => each[name])),
    p95: quantile(
      parts.map(each => each[name]),
      0.95
    )
  });
  return {
    moves: moves.length,
    updates: updates.length,
    n: took.length,
    p50: took.length ? median(took) : null,
    p95: quantile(took, 0.95),
    max: quantile(took, 1),
    parts: took.length
      ? {
          post: part('post'),
          count: part('count'),
          took: part('took'),
          paint: part('paint'),
          work: part('work')
        }
      : null
  };
}
