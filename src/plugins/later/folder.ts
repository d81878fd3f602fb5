import type { FileBrowser } from '@jupyterlab/filebrowser';
import type { Contents } from '@jupyterlab/services';
import { type ISignal, Signal } from '@lumino/signaling';

import type { IRecipeFile, IRecipeFolder } from '../../panel';

/** The recipes in the folder that the file browser shows, or in the top folder where there is no file browser. */
export class BrowserFolder implements IRecipeFolder {
  constructor(
    private readonly _contents: Contents.IManager,
    private readonly _browser: FileBrowser | null
  ) {
    const tell = () => this._changed.emit();
    _browser?.model.pathChanged.connect(tell);
    _contents.fileChanged.connect((_, change) => {
      const names = [change.oldValue?.path, change.newValue?.path];
      if (names.some(name => name?.endsWith('.tsm.yaml'))) {
        tell();
      }
    });
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get path(): string {
    return this._browser?.model.path ?? '';
  }

  async recipes(): Promise<IRecipeFile[]> {
    const folder = await this._contents.get(this.path, { content: true });
    return ((folder.content ?? []) as Contents.IModel[])
      .filter(item => item.type === 'file' && item.name.endsWith('.tsm.yaml'))
      .map(({ path, name, last_modified: modified }) => ({ path, name, modified }))
      .sort((a, b) => Date.parse(b.modified) - Date.parse(a.modified));
  }

  private readonly _changed = new Signal<this, void>(this);
}
