import { Notification } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import { runIcon, textEditorIcon } from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { type IServices, ServiceError } from '../../api';
import * as CommandIds from '../../commandIds';
import { addDecision, type IDecision, written } from '../../recipe/decisions';
import { equal, flow } from '../../recipe/document';
import { freeName } from '../../recipe/names';
import type { IRoles } from '../../table/source';
import { commandsOf } from '../command';
import { selectedFiles } from '../selected';
import { isTable } from '../tables';
import { failed } from './failed';
import { Places } from './places';
import { addInput, type INewInput } from './recipeEdits';
import { type IRecipesOptions, type RecipeDocument, RecipePart } from './recipePart';
import { inputTable } from './recipeShell';
import { onSettings } from './settings';
import { starter } from './starter';

const ENDING = /\.tsm\.yaml$/;

/** What the recipes' plugin does once a recipe is opened or made. */
export class RecipesPart {
  constructor(private readonly _options: IRecipesOptions) {
    this._addCommands();
    const { services, settings } = _options;
    void onSettings(settings, 'pz-tsm:jobs', loaded => {
      services.local.register = loaded.get('register').composite as boolean;
    });
  }

  open(context: DocumentRegistry.Context): Promise<RecipePart> {
    return RecipePart.make(this._options, context, () => this._tell());
  }

  /** A new recipe in a folder, opened. */
  async create(folder?: string): Promise<RecipeDocument | undefined> {
    try {
      return await this._create(folder);
    } catch (error) {
      failed(error);
      return undefined;
    }
  }

  /** Make a table an input of the current recipe, or of a new one. */
  async addInput(args: ReadonlyPartialJSONObject): Promise<void> {
    if (args.selected) {
      for (const contents of selectedFiles(null, this._options.browser).filter(isTable)) {
        await this.addInput({ contents }); // one after another
      }
      return;
    }
    const { docManager, factory, services, tracker, trans } = this._options;
    try {
      const document = args.fresh
        ? await this._create(undefined, args.name)
        : (tracker.currentWidget ?? (await this._create()));
      const { model } = await document.content.fill();
      const folder = PathExt.dirname(document.context.localPath);
      const input = {
        ...(await sourceOf(services, args, folder)),
        condition: (args.condition as string | undefined) || undefined,
        roles: args.roles as IRoles | undefined
      };
      const { label } = document.title;
      if (model.syntax) {
        throw new Error(
          trans.__('%1 can’t be read (line %2): put it right first.', label, model.syntax.line)
        );
      }
      const add = (also: INewInput['also']) => {
        let added = '';
        model.edit(text => {
          const edited = addInput(text, { ...input, also });
          added = edited.name;
          return edited.text;
        });
        Notification.info(trans.__('%1 is now an input of %2.', added, label), { autoClose: 4000 });
      };
      docManager.openOrReveal(document.context.path, factory);
      const { file } = input.from;
      const known = Object.values(model.value.inputs).some(({ from }) => equal(from, input.from));
      if (typeof file !== 'string' || input.condition || known) {
        add(input.also);
        return;
      }
      const source = inputTable(services, folder, file);
      const name = freeName(input.name, Object.keys(model.value.inputs));
      const table = model.adding.begin({ name, from: input.from, source, add });
      await table.first;
      if (table.plain) {
        table.add();
      } else {
        document.content.content!.showsText = false; // there is something to settle in the form
      }
    } catch (error) {
      failed(error);
    }
  }

  /** Write a decision about a measurement into the recipe whose run made the table; rejects in words. */
  async decide(args: ReadonlyPartialJSONObject): Promise<void> {
    const { docManager, factory, services, trans } = this._options;
    const { table, ...given } = args;
    const decision = given as unknown as IDecision;
    const path = await madeBy(services, table as ReadonlyPartialJSONObject);
    const document = path === null ? undefined : docManager.findWidget(path, factory);
    const opened = path === null ? undefined : (document ?? docManager.openOrReveal(path, factory));
    if (!opened) {
      throw new Error(
        trans.__(
          'No recipe that was run here made this table. Write into the step combine of its recipe: decisions: [%1]',
          flow(written(decision))
        )
      );
    }
    const { model } = await (opened as RecipeDocument).content.fill();
    await (opened as RecipeDocument).context.ready;
    const { label } = (opened as RecipeDocument).title;
    if (model.syntax) {
      throw new Error(trans.__('%1 can’t be read (line %2): put it right first.', label, model.syntax.line));
    }
    model.edit(text => addDecision(text, decision));
    Notification.info(trans.__('Your decision is in %1: run it again to apply it.', label), {
      autoClose: 6000
    });
  }

  /** Of `like` only its name is taken; untitled without it. */
  private async _create(folder?: string, like?: unknown): Promise<RecipeDocument> {
    const { app, browser, docManager, factory, trans } = this._options;
    const { contents } = app.serviceManager;
    const place = folder ?? browser?.model.path ?? '';
    let path: string;
    if (typeof like === 'string' && like) {
      const { content } = await contents.get(place, { type: 'directory', content: true });
      const taken = (content as { name: string }[]).map(({ name }) => name.replace(ENDING, ''));
      path = PathExt.join(place, `${freeName(like, taken)}.tsm.yaml`);
    } else {
      ({ path } = await contents.newUntitled({ path: place, type: 'file', ext: '.tsm.yaml' }));
    }
    const name = PathExt.basename(path).replace(ENDING, '');
    await contents.save(path, { type: 'file', format: 'text', content: starter(name, trans) });
    return docManager.openOrReveal(path, factory) as RecipeDocument;
  }

  /** Commands that have no meaning before a recipe is open. */
  private _addCommands(): void {
    const { app, tracker, trans } = this._options;
    const { commands } = app;
    const addCommand = commandsOf(app, trans);
    const current = () => tracker.currentWidget?.content.content ?? null;
    const isEnabled = () => current() !== null;

    addCommand(CommandIds.runRecipe, {
      label: trans.__('Run Recipe'),
      caption: trans.__('Run the current recipe and write its bundle'),
      icon: runIcon,
      isEnabled,
      execute: () => current()?.model.start()
    });
    addCommand(CommandIds.planRecipe, {
      label: trans.__('Plan Recipe'),
      caption: trans.__('Say what the current recipe would do, and what would fail'),
      isEnabled,
      execute: () => current()?.model.makePlan()
    });
    addCommand(CommandIds.toggleText, {
      label: trans.__('Show Recipe as Text'),
      caption: trans.__('Change between the form and the text of the current recipe'),
      icon: textEditorIcon,
      isEnabled,
      isToggled: () => current()?.showsText ?? false,
      execute: () => {
        const part = current();
        if (part) {
          part.showsText = !part.showsText;
          commands.notifyCommandChanged(CommandIds.toggleText);
        }
      }
    });
    tracker.currentChanged.connect(() => this._tell());
  }

  /** The current recipe is another one. */
  private _tell(): void {
    for (const id of [CommandIds.runRecipe, CommandIds.planRecipe, CommandIds.toggleText]) {
      this._options.app.commands.notifyCommandChanged(id);
    }
  }
}

/** Path of the recipe whose last runs wrote that table; null when no run did. */
async function madeBy({ local }: IServices, table: ReadonlyPartialJSONObject): Promise<string | null> {
  const places = new Places(local);
  for (const run of await local.runs()) {
    for (const { path } of run.path ? (run.result?.tables ?? []) : []) {
      if (path === table.file || (table.contents && (await places.contentsOf(path)) === table.contents)) {
        return run.path ?? null;
      }
    }
  }
  return null;
}

/** Where the input comes from, as a recipe in `folder` writes it. */
async function sourceOf(
  { local, pz }: IServices,
  args: ReadonlyPartialJSONObject,
  folder: string
): Promise<INewInput> {
  const { product, contents: path, file, source, table } = args;
  if (source !== undefined) {
    const { from, ...also } = source as { from: INewInput['from'] };
    return { from, also, name: args.name as string };
  }
  if (table !== undefined) {
    throw new ServiceError(
      'What is shown here is kept for a while only: a recipe can’t name it.',
      'Add the catalogue that it comes from, on its own page.'
    );
  }
  if (product !== undefined) {
    const name = typeof product === 'number' ? (await pz.product(product)).internalName : String(product);
    return { from: { pzserver: name }, name: (args.name as string | undefined) || name };
  }
  const shown = typeof path === 'string' ? path : await new Places(local).contentsOf(String(file));
  const written = shown === null ? String(file) : PathExt.relative(folder, shown);
  return { from: { file: written }, name: PathExt.basename(written) };
}
