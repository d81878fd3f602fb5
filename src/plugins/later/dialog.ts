import type { IDocumentManager } from '@jupyterlab/docmanager';
import { FileDialog } from '@jupyterlab/filebrowser';
import type { ITranslator } from '@jupyterlab/translation';

import { isTable } from '../tables';

export interface IChoice {
  readonly manager: IDocumentManager;
  readonly title: string;
  readonly translator: ITranslator | null;
  /** Where it begins. */
  readonly folder: string | undefined;
}

/** The tables that the user chooses in the file browser's folders, by path; none when the dialog is left. */
export async function chooseTables({ manager, title, translator, folder }: IChoice): Promise<string[]> {
  const choice = await FileDialog.getOpenFiles({
    manager,
    title,
    defaultPath: folder,
    filter: item => (item.type === 'directory' || isTable(item.name) ? {} : null),
    translator: translator ?? undefined
  });
  const files = choice.button.accept ? (choice.value ?? []) : [];
  return files.filter(item => item.type !== 'directory').map(item => item.path);
}
