import type { IRenderMime } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Panel } from '@lumino/widgets';

import type { IRenderMimeRegistryLike, KeptView } from './later/keptView';

/** An output of `explore(...)`, whose code comes when there is one. */
export class LaterView extends Panel implements IRenderMime.IRenderer {
  constructor(
    private readonly _rendermime: IRenderMimeRegistryLike,
    private readonly _trans: TranslationBundle
  ) {
    super();
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    if (this._view === null) {
      const { KeptView } = await import('./later/keptView');
      if (this.isDisposed) {
        return;
      }
      this._view ??= new KeptView(this._rendermime, this._trans);
      this.addWidget(this._view);
    }
    await this._view.renderModel(model);
  }

  private _view: KeptView | null = null;
}
