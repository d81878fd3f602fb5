/** Cells put into a notebook. */
import {
  type INotebookTracker,
  type Notebook,
  NotebookActions,
  type NotebookPanel
} from '@jupyterlab/notebook';
import type { CommandRegistry } from '@lumino/commands';

/** Put code cells below the active one, or below cell `after`; the first of them becomes active. */
export function insertCells(notebook: Notebook, cells: readonly string[], after?: number): void {
  if (after !== undefined) {
    notebook.activeCellIndex = after;
  }
  const active = notebook.activeCell?.model;
  const isEmpty =
    after === undefined && active?.type === 'code' && active.sharedModel.getSource().trim() === '';
  cells.forEach((source, index) => {
    if (index > 0 || !isEmpty) {
      NotebookActions.insertBelow(notebook);
    }
    NotebookActions.changeCellType(notebook, 'code');
    notebook.activeCell!.model.sharedModel.setSource(source);
  });
  notebook.activeCellIndex -= cells.length - 1;
  notebook.deselectAll();
  notebook.mode = 'command';
}

/** The notebook that is open, or a new one in that folder. */
export async function openNotebook(
  notebooks: INotebookTracker,
  commands: CommandRegistry,
  folder: string
): Promise<NotebookPanel> {
  const panel =
    notebooks.currentWidget ??
    ((await commands.execute('notebook:create-new', {
      cwd: folder,
      kernelName: 'python3'
    })) as NotebookPanel);
  await panel.revealed;
  await panel.context.ready;
  return panel;
}
