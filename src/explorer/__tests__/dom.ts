import { act, render, screen } from '@testing-library/react';
import { createElement } from 'react';
import { nullTranslator } from '@jupyterlab/translation';
import { Explorer, type IExplorerProps } from '../Explorer';
import type { ExplorerModel } from '../model';

export { layOut } from './layOut';

export async function shown(model: ExplorerModel, props: Partial<IExplorerProps> = {}) {
  let result!: ReturnType<typeof render>;
  await act(async () => {
    result = render(createElement(Explorer, { model, trans: nullTranslator.load('tsm'), ...props }));
    await model.idle();
  });
  return result;
}

/** The layer of a view that selects. */
export function layer(view: string): HTMLElement {
  return screen.getByRole('region', { name: view }).querySelector<HTMLElement>('.tsm-Brush')!;
}

/** jsdom has no PointerEvent of its own. The button is down until it comes up. */
export function point(
  node: HTMLElement,
  type: string,
  clientX: number,
  clientY = 100,
  shiftKey = false
): void {
  const buttons = type === 'pointerup' ? 0 : 1;
  node.dispatchEvent(new MouseEvent(type, { bubbles: true, clientX, clientY, button: 0, buttons, shiftKey }));
}

export function frame(): Promise<void> {
  return new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(() => resolve())));
}
