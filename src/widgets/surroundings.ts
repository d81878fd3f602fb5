/** What widgets ask of the application; the notebook's plugin gives it before the first one is made. */
import type { ITextHolder } from '../recipe/model';

/** A text editor for a view; `element` is shown, `dispose` takes it back. */
export interface ITextEditor {
  readonly element: HTMLElement;
  dispose(): void;
}

export interface IWidgetSurroundings {
  /** Let the user choose a table file; its path from the folder `base` on the disk, or null. */
  chooseFile(base: string): Promise<string | null>;
  openTable(path: string): void;
  openFolder(path: string): void;
  copy(text: string): void;
  /** Put cells below the one that shows this element. */
  insertCells(cells: readonly string[], from: HTMLElement): Promise<void>;
  textEditor(holder: ITextHolder): ITextEditor;
}

let current: IWidgetSurroundings | null = null;

export function setSurroundings(surroundings: IWidgetSurroundings): void {
  current = surroundings;
}

/** Null where there is no application around, only a page with widgets. */
export function surroundings(): IWidgetSurroundings | null {
  return current;
}

/** A plain field, where no better editor is given. */
export function plainEditor(holder: ITextHolder): ITextEditor {
  const element = document.createElement('textarea');
  element.className = 'tsm-WidgetText';
  element.spellcheck = false;
  element.value = holder.text;
  element.addEventListener('input', () => (holder.text = element.value));
  const take = () => {
    if (element.value !== holder.text) {
      element.value = holder.text;
    }
  };
  holder.changed.connect(take);
  return { element, dispose: () => void holder.changed.disconnect(take) };
}
