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
