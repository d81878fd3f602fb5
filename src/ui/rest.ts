/** Does something when the hand has been at rest for a while. */
export class Rest {
  /** @param wait - how long, in ms */
  constructor(
    private readonly _act: () => void,
    private readonly _wait: number
  ) {}

  /** The hand moves: hundreds of times a second, so a timer that runs goes on. */
  moved(): void {
    this._at = performance.now() + this._wait;
    if (this._timer === undefined && !this._isDisposed) {
      this.start(this._wait);
    }
  }

  dispose(): void {
    this._isDisposed = true;
    clearTimeout(this._timer);
  }

  private start(time: number): void {
    this._timer = setTimeout(() => {
      const left = this._at - performance.now();
      this._timer = undefined;
      if (left > 1) {
        this.start(left);
      } else {
        this._act();
      }
    }, time);
  }

  private _at = 0;
  private _isDisposed = false;
  private _timer: ReturnType<typeof setTimeout> | undefined;
}
