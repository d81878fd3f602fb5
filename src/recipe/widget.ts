/** The editor as a widget of the application. */
import { ReactWidget } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import { createElement } from 'react';

import { RecipeEditor } from './editor';
import type { RecipeModel } from './model';
import type { IRecipeShell } from './shell';

export interface IRecipeWidgetOptions {
  readonly model: RecipeModel;
  readonly shell: IRecipeShell;
  readonly trans: TranslationBundle;
  /** The text editor's element; its owner keeps it in step with the model. */
  readonly text: HTMLElement;
}

export class RecipeWidget extends ReactWidget {
  constructor(private readonly _options: IRecipeWidgetOptions) {
    super();
    this.addClass('tsm-RecipeWidget');
  }

  get model(): RecipeModel {
    return this._options.model;
  }

  get showsText(): boolean {
    return this._showText;
  }

  set showsText(show: boolean) {
    this._showText = show;
    this.update();
  }

  protected override render(): JSX.Element {
    return createElement(RecipeEditor, {
      ...this._options,
      showText: this._showText,
      onShowText: show => (this.showsText = show)
    });
  }

  override dispose(): void {
    this._options.model.dispose();
    super.dispose();
  }

  private _showText = false;
}
