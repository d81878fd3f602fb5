/* global document, window */
/** The preview of a split while its slider moves: frames in which the numbers and plots have changed. */
import { MINUTE, openLab } from './lab.mjs';

const SECONDS = 4;

export async function split(browser, config, { recipe }) {
  const page = await openLab(browser, config);
  const opened = Date.now();
  await page.evaluate(path => window.jupyterapp.commands.execute('docmanager:open', { path }), recipe);
  const editor = page.locator('.tsm-RecipeEditor');
  await editor.getByText('plan ✓').waitFor({ timeout: 5 * MINUTE });
  const planned = Date.now() - opened;
  const chosen = Date.now();
  await editor.locator('.tsm-Card-toggle', { hasText: 'Split' }).click();
  const sizes = editor.getByRole('table', { name: 'Sizes of the parts' });
  await sizes.waitFor({ timeout: 5 * MINUTE });
  const prepared = Date.now() - chosen;
  await page.waitForTimeout(1000);
  const drags = [];
  for (let time = 0; time < 3; time++) {
    drags.push(await page.evaluate(drag, 1000 * SECONDS));
  }
  const rows = await sizes.getByRole('row').count();
  await page.context().close();
  const fps = drags.map(({ moved, ms }) => (1000 * moved) / ms);
  const best = fps.indexOf(Math.max(...fps));
  return { planned, prepared, parts: rows - 1, fps, frames: drags[best].frames, longest: drags[best].longest };
}

/** A new share before each frame, as a hand on the slider gives; counts the frames that show another size. */
function drag(ms) {
  const slider = document.querySelector('.tsm-RecipeEditor .tsm-Split-slider');
  const cell = document.querySelector('.tsm-Split table tbody tr td');
  const { set } = Object.getOwnPropertyDescriptor(window.HTMLInputElement.prototype, 'value');
  return new Promise(resolve => {
    const start = window.performance.now();
    let [frames, moved, longest, before, last] = [0, 0, 0, start, cell.textContent];
    const frame = now => {
      frames += 1;
      longest = Math.max(longest, now - before);
      before = now;
      const text = document.querySelector('.tsm-Split table tbody tr td').textContent;
      if (text !== last) {
        moved += 1;
        last = text;
      }
      if (now - start >= ms) {
        resolve({ frames, moved, longest, ms: now - start });
        return;
      }
      const share = 0.3 + 0.4 * Math.abs(Math.sin((now - start) / 700));
      set.call(slider, String(share));
      slider.dispatchEvent(new Event('input', { bubbles: true }));
      window.requestAnimationFrame(frame);
    };
    window.requestAnimationFrame(frame);
  });
}
