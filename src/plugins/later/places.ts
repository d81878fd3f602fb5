import type { IServices } from '../../api';

/** Paths on the server's disk and paths in the file browser are not the same: this tells one from the other. */
export class Places {
  constructor(private readonly _local: Pick<IServices['local'], 'config'>) {}

  /** The file browser's path of a file on disk; null when it lies outside of what the file browser shows. */
  async contentsOf(file: string): Promise<string | null> {
    this._root ??= this._local.config().then(config => config.root ?? '');
    let root: string;
    try {
      root = (await this._root).replace(/\/+$/, '');
    } catch (error) {
      this._root = null;
      throw error;
    }
    if (root === '' && !file.startsWith('/')) {
      return null;
    }
    if (file === root) {
      return '';
    }
    return file.startsWith(`${root}/`) ? file.slice(root.length + 1) : null;
  }

  private _root: Promise<string> | null = null;
}
