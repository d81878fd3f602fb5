/** Files dragged here from the file browser, or from outside the browser. */
import type { MimeData } from '@lumino/coreutils';

/** What JupyterLab's file browser says of what is dragged from it: paths. */
const PATHS = 'application/x-jupyter-icontents';
const OVER = 'tsm-mod-over';

/** A drag of Lumino's, as far as it is looked at. */
export interface IDrag extends Event {
  dropAction: string;
  readonly proposedAction: string;
  readonly mimeData: Pick<MimeData, 'hasData' | 'getData'>;
}

/**
 * Take files that are dropped on an element; it is marked while they are over it.
 *
 * @param dropped - files of the file browser, by their paths
 * @param brought - files from outside, which are not on the server yet
 */
export function acceptFiles(
  node: HTMLElement,
  dropped: (paths: readonly string[]) => void,
  brought: (files: readonly File[]) => void
): void {
  const over = (on: boolean) => node.classList.toggle(OVER, on);
  const listen = (name: string, act: (drag: IDrag) => void) =>
    node.addEventListener(name, event => {
      const drag = event as IDrag;
      if (drag.mimeData.hasData(PATHS)) {
        event.preventDefault();
        event.stopPropagation();
        act(drag);
      }
    });
  listen('lm-dragenter', () => over(true));
  listen('lm-dragleave', () => over(false));
  listen('lm-dragover', drag => {
    over(true);
    drag.dropAction = drag.proposedAction; // the file browser offers 'move' alone; nothing is moved
  });
  listen('lm-drop', drag => {
    over(false);
    drag.dropAction = drag.proposedAction;
    dropped(drag.mimeData.getData(PATHS) as string[]);
  });
  const fromOutside = (name: string, act: (files: readonly File[]) => void) =>
    node.addEventListener(name, event => {
      const { dataTransfer } = event as DragEvent;
      if (dataTransfer?.types.includes('Files')) {
        event.preventDefault(); // else the browser opens it
        event.stopPropagation();
        act([...dataTransfer.files]);
      }
    });
  fromOutside('dragover', () => over(true));
  fromOutside('dragleave', () => over(false));
  fromOutside('drop', files => {
    over(false);
    brought(files);
  });
}
