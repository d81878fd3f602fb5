/** What the editor asks of its surroundings: the application, or a notebook widget. */
import type { ITableSource } from '../table/source';
import type { IRun } from './backend';

export interface IRecipeShell {
  /** Let the user choose a table file; its path as the recipe should write it, or null. */
  chooseFile(): Promise<string | null>;
  /** Open a table of the server's disk in an explorer. */
  openTable(path: string): void;
  /** Show a folder of the server's disk where files are listed. */
  openFolder(path: string): void;
  /** Make a product of a bundle, by its folder on the server's disk; left out where there are none. */
  share?(path: string): void;
  /** Open the product that a run's result became; left out where there are none. */
  openProduct?(run: IRun): void;
  openSource(path: string): ITableSource;
  /** The table of an input by its path as the recipe writes it; left out where no columns can be proposed. */
  inputSource?(path: string): ITableSource;
  copy(text: string): void;
  /**
   * Put cells into the notebook that is open, or a new one; `make` gets its folder, from the recipe's own. Left out
   * where there are no notebooks.
   */
  insertCells?(make: (start: string | null) => Promise<readonly string[]>): Promise<void>;
}
