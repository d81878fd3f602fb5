import type { WidgetModel } from '@jupyter-widgets/base';

import { RecipeModel } from '../recipe/model';
import { CellModel } from './cell';
import { KernelRecipes } from './kernelRecipes';
import { KernelText } from './kernelText';
import { type IAnswer, KernelError, Questions } from './questions';

/** The editor of a recipe that a kernel plans and runs. Its state holds nothing: the kernel has the text. */
export class EditModel extends CellModel {
  static override model_name = 'EditModel';
  static override view_name = 'EditView';

  override initialize(
    attributes: Parameters<WidgetModel['initialize']>[0],
    options: Parameters<WidgetModel['initialize']>[1]
  ): void {
    super.initialize(attributes, options);
    this.questions = new Questions(
      this.channel(),
      undefined,
      () =>
        new KernelError(
          'The kernel that edited this recipe is no longer running.',
          'Run the cell again, and those above it that make the recipe.'
        )
    );
    this.recipes = new KernelRecipes(this.questions);
    this.text = new KernelText(text => {
      if (this.comm_live) {
        this.questions.ask('text', { text }).catch(() => undefined); // that it has gone, the view says
      }
    });
    this.recipe = new RecipeModel({ holder: this.text, backend: this.recipes });
    this.known = false;
    this.base = '';
    this.on('msg:custom', (answer: ITold, buffers: ArrayBufferView[]) => this._receive(answer, buffers));
    this.on('comm_live_update', () => {
      if (!this.comm_live) {
        this.questions.lost();
      }
    });
  }

  // made in initialize(), which the base class's constructor calls: a field of this class would undo that
  declare questions: Questions;
  declare recipes: KernelRecipes;
  declare text: KernelText;
  declare recipe: RecipeModel;
  /** The kernel has told the text. */
  declare known: boolean;
  /** Folder on the kernel's disk from which the recipe's paths start. */
  declare base: string;

  /** Ask for the text and a first plan; a second view finds them there. */
  load(): void {
    if (!this._asked) {
      this._asked = true;
      this._load().catch(() => {
        this._asked = false;
        this.trigger('told');
      });
    }
  }

  override close(comm_closed = false): Promise<void> {
    this.questions.dispose();
    this.recipe.dispose();
    this.text.dispose();
    return super.close(comm_closed);
  }

  private async _load(): Promise<void> {
    const { text, path, base, run } = await this.recipes.state();
    this.base = base;
    this.text.take(text, path);
    this.known = true;
    this.trigger('told');
    if (run) {
      void this.recipe.adopt(run);
    }
    await this.recipe.load();
  }

  /** An answer, or a text that was set in the kernel or in another page. */
  private _receive(answer: ITold, buffers: ArrayBufferView[]): void {
    if (answer.event === 'text') {
      if (!this.questions.isOwn(answer.by ?? '')) {
        this.text.take(answer.text ?? '');
      }
      return;
    }
    this.questions.receive(answer, buffers);
  }

  private _asked = false;
}

interface ITold extends IAnswer {
  readonly text?: string;
  /** Id of the question that brought the text; empty where nobody asked. */
  readonly by?: string;
}
