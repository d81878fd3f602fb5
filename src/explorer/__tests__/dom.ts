import { act, render, screen } from '@testing-library/react';
import { createElement } from 'react';
import { nullTranslator } from '@jupyterlab/translation';
import { Explorer, type IExplorerProps } from '../Explorer';
import type { ExplorerModel } from '../model';

/** Sizes and canvas classes that jsdom lacks. */
export function layOut(): void {
  for (const [name, size] of [
    ['clientWidth', 1000],
    ['clientHeight', 300]
  ] as const) {
    Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => size });
  }
  globalThis.ImageData ??= class {
    constructor(
      readonly width: number,
      readonly height: number
    ) {
      this.data = new Uint8ClampedArray(4 * width * height);
    }
    readonly data: Uint8ClampedArray;
  } as unknown as typeof ImageData;
  (globalThis as { Path2D?: unknown }).Path2D ??= class {
    moveTo() {}
    lineTo() {}
    closePath() {}
    rect() {}
    addPath() {}
  };
}

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

/** jsdom has no PointerEvent of its own. */
export function point(
  node: HTMLElement,
  type: string,
  clientX: number,
  clientY = 100,
  shiftKey = false
): void {
  node.dispatchEvent(new MouseEvent(type, { bubbles: true, clientX, clientY, button: 0, shiftKey }));
}

export function frame(): Promise<void> {
  return new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(() => resolve())));
}
