import type { JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget, type WidgetTracker } from '@jupyterlab/apputils';
import type { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { Toolbar } from '@jupyterlab/ui-components';
import { type ReadonlyPartialJSONObject, UUID } from '@lumino/coreutils';

import type { CompareWidget } from '../../explorer/compare';
import { explorerIcon } from '../icons';
import { Later } from '../later';
import { isTable } from '../tables';
import { ComparePart, type IComparePartOptions, type IComparison } from './compare';

/** A tab that compares; its content comes when it is first seen. */
export class CompareTab extends MainAreaWidget<Later<CompareWidget>> {
  comparison: IComparison = {};

  /** What the tab compares now: it is there again after a reload. */
  get state(): ReadonlyPartialJSONObject {
    return { ...this.comparison, id: this.id } as ReadonlyPartialJSONObject;
  }
}

export interface ICompareTabsOptions extends Omit<IComparePartOptions, 'folder'> {
  readonly app: JupyterFrontEnd;
  readonly browser: IDefaultFileBrowser | null;
  readonly tracker: WidgetTracker<CompareTab>;
}

/** What the plugin does once something is compared. */
export class CompareTabs {
  constructor(private readonly _options: ICompareTabsOptions) {
    this._part = new ComparePart({ ..._options, folder: () => _options.browser?.model.path });
  }

  /** The command: what is not said is the table in the tab that is in front. */
  compare(args: ReadonlyPartialJSONObject): Promise<CompareTab> {
    const { id, isPalette: _, ...given } = args;
    const comparison = given as unknown as IComparison;
    return this.open(
      comparison.a || id ? comparison : { ...comparison, a: this._current() },
      id as string | undefined
    );
  }

  async open(comparison: IComparison, id = `tsm-compare-${UUID.uuid4()}`): Promise<CompareTab> {
    const { app, tracker, trans } = this._options;
    const content = new Later<CompareWidget>(
      async () =>
        this._part.make(comparison, (changed, label) => {
          tab.comparison = changed;
          tab.title.label = label;
          void tracker.save(tab);
        }),
      trans
    );
    const tab = new CompareTab({ content, toolbar: new Toolbar() });
    tab.toolbar.hide();
    tab.id = id;
    tab.comparison = comparison;
    Object.assign(tab.title, { label: trans.__('Compare'), icon: explorerIcon, closable: true });
    await tracker.add(tab);
    app.shell.add(tab, 'main');
    app.shell.activateById(id);
    return tab;
  }

  /** The table in the tab that is in front. */
  private _current(): IComparison['a'] {
    const { app, manager } = this._options;
    const widget = app.shell.currentWidget;
    const path = widget ? (manager.contextForWidget(widget)?.path ?? '') : '';
    if (isTable(path)) {
      return { contents: path };
    }
    return widget?.id.startsWith('tsm-explorer-{')
      ? (JSON.parse(widget.id.slice(widget.id.indexOf('{'))) as IComparison['a'])
      : undefined;
  }

  private readonly _part: ComparePart;
}
