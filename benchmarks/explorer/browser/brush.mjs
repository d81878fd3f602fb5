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
  await page.evaluate(() => window.tsmBench.follow());
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
  return answers.find(({ id, time }) => id === post.id && time >= post.time)?.time ?? Infinity;
}

/**
 * From the first handler of a move to the end of the painting of the first counts that were asked for in it or later.
 *
 * Counts come from the worker, and then hold for the condition of the time at which it was asked; or the page has them
 * itself, and they hold for the condition of the moment. What is drawn before the next counts are there is of these.
 * Moves that ask for nothing (the condition stays as it was) are left out.
 */
export function summary({ moves, selected, counted, posts, answers, painted }) {
  const updates = posts.filter(
    ({ kind, views }) => kind === 'update' && views.length > 0 && views.every(id => !id.startsWith('head:'))
  );
  const answered = updates.map(post => ({ asked: post.time, answer: answerTo(post, answers) }));
  const shown = counted.map(({ time, current, took }, i) => {
    const since = counted[i - 1]?.time ?? 0;
    const from = answered.find(({ answer }) => answer > since && answer <= time);
    const next = counted[i + 1]?.time ?? Infinity;
    const own = painted.filter(each => each.time > time && each.time < next && each.time < time + 1000);
    return {
      atOnce: from === undefined,
      asked: from?.asked ?? (current ? time : -Infinity),
      end: own.at(-1)?.time,
      took
    };
  });
  const found = [];
  moves.forEach(({ time }, i) => {
    const next = moves[i + 1]?.time ?? Infinity;
    const first = selected.some(each => each.time >= time && each.time < next)
      ? shown.find(({ asked }) => asked >= time)
      : undefined;
    if (first?.end !== undefined) {
      found.push({ all: first.end - time, count: first.took, rest: first.end - time - first.took, ...first });
    }
  });
  const part = name => {
    const values = found.map(each => each[name]);
    return { p50: median(values), p95: quantile(values, 0.95) };
  };
  return {
    moves: moves.length,
    n: found.length,
    ...part('all'),
    max: quantile(
      found.map(({ all }) => all),
      1
    ),
    at_once: found.filter(({ atOnce }) => atOnce).length / found.length,
    parts: { count: part('count'), rest: part('rest') }
  };
}
