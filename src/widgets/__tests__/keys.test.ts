/** @jest-environment jsdom */
import { keepKeys } from '../keys';

function press(target: HTMLElement, init: KeyboardEventInit): boolean {
  let kept = false;
  const see = (event: Event) =>
    (kept = (event.target as HTMLElement).hasAttribute('data-lm-suppress-shortcuts'));
  document.addEventListener('keydown', see, true); // where the application listens
  target.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, ...init }));
  document.removeEventListener('keydown', see, true);
  return kept;
}

it('keeps plain keys of a view from the shortcuts of the notebook, and no others', () => {
  document.body.innerHTML = '<div id="view"><input type="range"></div><input id="other" type="range">';
  const view = document.getElementById('view')!;
  const slider = view.querySelector('input')!;
  const end = keepKeys(view);
  expect(press(slider, { key: 'ArrowLeft' })).toBe(true);
  expect(press(slider, { key: 'Enter' })).toBe(true);
  expect(press(slider, { key: 's', ctrlKey: true })).toBe(false);
  expect(press(slider, { key: 'Enter', shiftKey: true })).toBe(false);
  expect(press(document.getElementById('other')!, { key: 'ArrowLeft' })).toBe(false);
  end();
  slider.removeAttribute('data-lm-suppress-shortcuts');
  expect(press(slider, { key: 'ArrowLeft' })).toBe(false);
});
