import type { IDocumentManager } from '@jupyterlab/docmanager';
import { FileDialog } from '@jupyterlab/filebrowser';
import type { ITranslator } from '@jupyterlab/translation';

import { isTable } from '../tables';

export interface IChoice {
  readonly manager: IDocumentManager | null;
  readonly title: string;
  readonly translator: ITranslator | null;
  /** Where it begins. */
  readonly folder: string | undefined;
  /** Which files can be chosen, by name; all, if left out. */
  readonly fits?: (name: string) => boolean;
}

/** The files that the user chooses in the file browser's folders, by path; none when the dialog is left. */
export async function chooseFiles({ manager, title, translator, folder, fits }: IChoice): Promise<string[]> {
  if (manager === null) {
    return [];
  }
  const choice = await FileDialog.getOpenFiles({
    manager,
    title,
    defaultPath: folder,
    filter: item => (item.type === 'directory' || !fits || fits(item.name) ? {} : null),
    translator: translator ?? undefined
  });
  const files = choice.button.accept ? (choice.value ?? []) : [];
  return files.filter(item => item.type !== 'directory').map(item => item.path);
}

/** The folder that the user chooses; null when the dialog is left. */
export async function chooseFolder({
  manager,
  title,
  translator,
  folder
}: Omit<IChoice, 'fits'>): Promise<string | null> {
  if (manager === null) {
    return null;
  }
  const choice = await FileDialog.getExistingDirectory({
    manager,
    title,
    defaultPath: folder,
    translator: translator ?? undefined
  });
  return choice.button.accept ? (choice.value?.[0]?.path ?? null) : null;
}

/** The tables that the user chooses. */
export function chooseTables(choice: Omit<IChoice, 'fits'>): Promise<string[]> {
  return chooseFiles({ ...choice, fits: isTable });
}
