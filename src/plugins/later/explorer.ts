import type { JupyterFrontEnd } from '@jupyterlab/application';
import { ICommandPalette, type MainAreaWidget, type WidgetTracker } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { FileBrowserModel } from '@jupyterlab/filebrowser';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import type { IServices, TableReference } from '../../api';
import * as CommandIds from '../../commandIds';
import { ExplorerModel, ExplorerWidget } from '../../explorer';
import { commandsOf } from '../command';
import { explorerIcon } from '../icons';
import { Later } from '../later';
import { pageOf, show } from './page';

const SAVE_AS_RECIPE = 'tsm:save-as-recipe';

interface IFile {
  readonly file: string;
}

export interface IExplorerPartOptions {
  readonly app: JupyterFrontEnd;
  readonly services: IServices;
  /** Tables that are not documents. */
  readonly tracker: WidgetTracker<MainAreaWidget<ExplorerWidget>>;
  readonly trans: TranslationBundle;
  /** The file browser's; rows are saved in the folder that it shows. */
  readonly files: FileBrowserModel | null;
}

/** What the explorer's plugin does once a table is opened. */
export class ExplorerPart {
  constructor(private readonly _options: IExplorerPartOptions) {
    this._addCommands();
  }

  make(reference: TableReference): ExplorerWidget {
    const { app, services, trans, files } = this._options;
    const model = new ExplorerModel(services.local.table(reference));
    return new ExplorerWidget({
      model,
      trans,
      onCompare: () =>
        void app.commands.execute(CommandIds.compare, {
          a: { ...reference, condition: model.selection.where }
        }),
      save: {
        folder: () => files?.path ?? '',
        open: contents => void app.commands.execute(CommandIds.openTable, { contents }),
        saved: () => void files?.refresh()
      },
      onDecision: async decision => {
        const table = { ...reference } as ReadonlyPartialJSONObject;
        await app.commands.execute(CommandIds.decide, { ...decision, table });
      },
      onToRecipe: (condition, info, fresh = false) =>
        void app.commands.execute(CommandIds.addInput, {
          ...reference,
          name: info.name,
          condition,
          roles: info.roles as ReadonlyPartialJSONObject,
          fresh
        })
    });
  }

  /**
   * A product, or a table that the file browser does not show, in a tab of its own; of its rows those that
   * pass a condition, where one is given.
   */
  async open(
    table: TableReference & { readonly condition?: string },
    name?: string
  ): Promise<MainAreaWidget<ExplorerWidget>> {
    // nothing else, as the tab's id is made of it
    const reference =
      'product' in table
        ? { product: table.product }
        : 'table' in table
          ? { table: table.table }
          : { file: (table as IFile).file };
    const { app, tracker } = this._options;
    const { condition } = table;
    const id = `tsm-explorer-${JSON.stringify(reference)}`;
    let widget = tracker.find(other => other.id === id);
    if (!widget) {
      const content = this.make(reference);
      const caption = String(Object.values(reference)[0]);
      const label = name ?? PathExt.basename(caption);
      widget = pageOf(id, content, { label, caption, icon: explorerIcon });
      const { title } = widget;
      const { model } = content.props;
      model.changed.connect(() => (title.label = name ?? model.info?.name ?? title.label));
      await tracker.add(widget);
    }
    if (condition !== undefined) {
      widget.content.props.model.selection.setText(condition);
    }
    return show(app, widget);
  }

  /** Commands that have no meaning before a table is open. */
  private _addCommands(): void {
    const { app, trans } = this._options;
    const current = () => shownIn(app.shell.currentWidget);
    commandsOf(app, trans)(SAVE_AS_RECIPE, {
      label: trans.__('Save Selection as Recipe'),
      caption: trans.__(
        'Begin a recipe with the current table, and its condition as a filter, in a new file'
      ),
      isEnabled: () => (current()?.props.model.info ?? null) !== null,
      execute: () => {
        const { model, onToRecipe } = current()!.props;
        onToRecipe!(model.selection.where, model.info!, true);
      }
    });
    // asked for here, as JupyterLab starts without this part
    void app.resolveOptionalService(ICommandPalette).then(palette => {
      palette?.addItem({ command: SAVE_AS_RECIPE, category: trans.__('PZ Training Sets') });
    });
  }
}

/** The explorer in a tab, of a table of its own or of a document. */
function shownIn(tab: unknown): ExplorerWidget | null {
  let content = (tab as { content?: unknown } | null)?.content;
  if (content instanceof Later) {
    ({ content } = content);
  }
  return content instanceof ExplorerWidget ? content : null;
}
