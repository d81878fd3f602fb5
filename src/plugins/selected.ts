import type { IDefaultFileBrowser, IFileBrowserFactory } from '@jupyterlab/filebrowser';
import type { Contents } from '@jupyterlab/services';

/** What is selected in the file browser. */
export function selectedItems(
  browsers: IFileBrowserFactory | null,
  browser: IDefaultFileBrowser | null
): Contents.IModel[] {
  return [...((browsers?.tracker.currentWidget ?? browser)?.selectedItems() ?? [])];
}

/** The files that are selected there, by path. */
export function selectedFiles(...browsers: Parameters<typeof selectedItems>): string[] {
  return selectedItems(...browsers)
    .filter(({ type }) => type !== 'directory')
    .map(({ path }) => path);
}
