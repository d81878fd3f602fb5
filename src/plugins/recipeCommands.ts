import { type IWidgetTracker, Notification } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import { runIcon, textEditorIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { CommandIds } from '../commandIds';
import type { IRoles } from '../table/source';
import type { ITsmServices } from '../tokens';
import { recipeIcon } from './icons';
import type { Places } from './places';
import type { RecipeDocument } from './recipeDocument';
import type { INewInput } from './recipeEdits';
import { starter } from './recipeStarter';

export interface IRecipeCommandsOptions {
  readonly commands: CommandRegistry;
  readonly contents: Contents.IManager;
  readonly docManager: IDocumentManager;
  readonly services: ITsmServices;
  readonly places: Places;
  readonly tracker: IWidgetTracker<RecipeDocument>;
  readonly trans: TranslationBundle;
  readonly factory: string;
  /** The folder that the file browser shows. */
  folder(): string;
}

export function addRecipeCommands(options: IRecipeCommandsOptions): void {
  const { commands, contents, docManager, services, places, tracker, trans } = options;
  const current = () => tracker.currentWidget?.content.model ?? null;
  const failed = (error: unknown) => void Notification.error((error as Error).message, { autoClose: false });

  const make = async (folder: string): Promise<RecipeDocument> => {
    const { path } = await contents.newUntitled({ path: folder, type: 'file', ext: '.tsm.yaml' });
    const name = PathExt.basename(path).replace(/\.tsm\.yaml$/, '');
    await contents.save(path, { type: 'file', format: 'text', content: starter(name, trans) });
    return docManager.openOrReveal(path, options.factory) as RecipeDocument;
  };

  /** Where the input comes from, as a recipe in `folder` writes it. */
  const source = async (args: ReadonlyPartialJSONObject, folder: string): Promise<INewInput> => {
    const { product, contents: path, file } = args;
    if (product !== undefined) {
      const name =
        typeof product === 'number' ? (await services.pz.product(product)).internalName : String(product);
      return { from: { pzserver: name }, name: (args.name as string | undefined) || name };
    }
    const shown = typeof path === 'string' ? path : await places.contentsOf(String(file));
    const written = shown === null ? String(file) : PathExt.relative(folder, shown);
    return { from: { file: written }, name: PathExt.basename(written) };
  };

  commands.addCommand(CommandIds.newRecipe, {
    label: args => (args.isPalette ? trans.__('New PZ Recipe') : trans.__('PZ Recipe')),
    caption: trans.__('Start a training set: a recipe in the current folder'),
    icon: args => (args.isPalette ? undefined : recipeIcon),
    describedBy: {
      args: {
        type: 'object',
        properties: {
          cwd: { type: 'string', description: trans.__('Folder of the new file') },
          isPalette: { type: 'boolean' },
          isLauncher: { type: 'boolean' }
        }
      }
    },
    execute: args => make((args.cwd as string | undefined) ?? options.folder()).catch(failed)
  });

  commands.addCommand(CommandIds.addInput, {
    label: trans.__('Add to Recipe'),
    caption: trans.__('Make a catalogue an input of the current recipe, or of a new one'),
    icon: recipeIcon,
    describedBy: {
      args: {
        type: 'object',
        properties: {
          product: { type: ['number', 'string'], description: trans.__('Id or internal name of a product') },
          contents: { type: 'string', description: trans.__('Path in the file browser') },
          file: { type: 'string', description: trans.__('Path on the server’s disk') },
          name: { type: 'string', description: trans.__('A name for the input') },
          condition: { type: 'string', description: trans.__('Rows for which it is not true are left out') },
          roles: { type: 'object', description: trans.__('Columns with a known meaning, by role') }
        }
      }
    },
    execute: async args => {
      try {
        const open = tracker.currentWidget;
        const document = open ?? (await make(options.folder()));
        const model = await document.content.ready;
        const { addInput } = await import('./recipeEdits');
        const folder = PathExt.dirname(document.context.localPath);
        const input = {
          ...(await source(args, folder)),
          condition: (args.condition as string | undefined) || undefined,
          roles: args.roles as IRoles | undefined
        };
        if (model.syntax) {
          throw new Error(
            trans.__(
              '%1 can’t be read (line %2): put it right first.',
              document.title.label,
              model.syntax.line
            )
          );
        }
        let added = '';
        model.edit(text => {
          const edited = addInput(text, input);
          added = edited.name;
          return edited.text;
        });
        docManager.openOrReveal(document.context.path, options.factory);
        Notification.info(trans.__('%1 is now an input of %2.', added, document.title.label), {
          autoClose: 4000
        });
      } catch (error) {
        failed(error);
      }
    }
  });

  commands.addCommand(CommandIds.runRecipe, {
    label: trans.__('Run Recipe'),
    caption: trans.__('Run the current recipe and write its bundle'),
    icon: runIcon,
    describedBy: { args: { type: 'object', properties: {} } },
    isEnabled: () => current() !== null,
    execute: () => current()?.start()
  });
  commands.addCommand(CommandIds.planRecipe, {
    label: trans.__('Plan Recipe'),
    caption: trans.__('Say what the current recipe would do, and what would fail'),
    describedBy: { args: { type: 'object', properties: {} } },
    isEnabled: () => current() !== null,
    execute: () => current()?.makePlan()
  });
  commands.addCommand(CommandIds.toggleText, {
    label: trans.__('Show Recipe as Text'),
    caption: trans.__('Change between the form and the text of the current recipe'),
    icon: textEditorIcon,
    describedBy: { args: { type: 'object', properties: {} } },
    isEnabled: () => tracker.currentWidget !== null,
    isToggled: () => tracker.currentWidget?.content.showsText ?? false,
    execute: () => {
      const content = tracker.currentWidget?.content;
      if (content) {
        content.showsText = !content.showsText;
        commands.notifyCommandChanged(CommandIds.toggleText);
      }
    }
  });
  tracker.currentChanged.connect(() => {
    for (const id of [CommandIds.runRecipe, CommandIds.planRecipe, CommandIds.toggleText]) {
      commands.notifyCommandChanged(id);
    }
  });
}
