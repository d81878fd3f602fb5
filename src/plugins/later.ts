/** What keeps the start of JupyterLab light: places and promises for code that comes at its first use. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import { BoxLayout, Widget } from '@lumino/widgets';

/** Make something at the first call; what failed is tried again at the next. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () =>
    (made ??= make().catch((error: unknown) => {
      made = null;
      throw error;
    }));
}

/** A place that is filled when it is first seen. */
export class Later<T extends Widget = Widget> extends Widget {
  constructor(make: () => Promise<T>, trans: TranslationBundle) {
    super();
    const layout = (this.layout = new BoxLayout());
    this.fill = once(async () => {
      const content = await make();
      if (this.isDisposed) {
        content.dispose();
        throw new Error('closed');
      }
      this.node.textContent = '';
      this.content = content;
      layout.addWidget(content);
      return content;
    });
    this._trans = trans;
  }

  /** Fill it, seen or not; what fills it. */
  readonly fill: () => Promise<T>;

  /** What fills it; null before. */
  content: T | null = null;

  protected override onAfterAttach(message: Message): void {
    if (this.isVisible) {
      this.onAfterShow(message);
    }
  }

  protected override onAfterShow(message: Message): void {
    this.fill().catch((error: Error) => {
      this.node.textContent = this._trans.__('This could not be loaded: %1', error.message);
    });
  }

  protected override onActivateRequest(message: Message): void {
    void this.fill().then(
      content => content.activate(),
      () => undefined // told when it was shown
    );
  }

  private readonly _trans: TranslationBundle;
}
