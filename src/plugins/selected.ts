import type { IDefaultFileBrowser, IFileBrowserFactory } from '@jupyterlab/filebrowser';

/** The files that are selected in the file browser, by path. */
export function selectedFiles(
  browsers: IFileBrowserFactory | null,
  browser: IDefaultFileBrowser | null
): string[] {
  return [...((browsers?.tracker.currentWidget ?? browser)?.selectedItems() ?? [])]
    .filter(({ type }) => type !== 'directory')
    .map(({ path }) => path);
}
