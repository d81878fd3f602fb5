import type { TranslationBundle } from '@jupyterlab/translation';
import { useEffect, useMemo, useReducer, useState } from 'react';

import { RecipeEditor } from '../recipe/editor';
import type { IRecipeShell } from '../recipe/shell';
import { useSignal } from '../ui/hooks';
import { Loading } from '../ui/states';
import { CellView } from './cell';
import type { EditModel } from './editModel';
import { type IWidgetSurroundings, plainEditor, surroundings } from './surroundings';
import { bundle } from './trans';

/** The recipe editor below a notebook cell. */
export class EditView extends CellView {
  protected cell(): JSX.Element {
    const model = this.model as EditModel;
    this.el.classList.add('tsm-mod-editor');
    model.load();
    return <EditCell model={model} element={this.el} trans={bundle()} />;
  }
}

interface ICellProps {
  readonly model: EditModel;
  readonly element: HTMLElement;
  readonly trans: TranslationBundle;
}

export function EditCell({ model, element, trans }: ICellProps): JSX.Element {
  const { questions } = model;
  useSignal(questions.changed);
  const [, again] = useReducer((n: number) => n + 1, 0);
  useEffect(() => {
    model.on('comm_live_update told', again);
    return () => {
      model.off('comm_live_update told', again);
    };
  }, [model]);
  const gone = !model.comm_live;
  return (
    <div className="tsm-WidgetCell">
      {gone ? (
        <p className="tsm-WidgetCell-note" role="alert">
          {trans.__(
            'The kernel that edited this recipe is no longer running. Its text is kept in the notebook; run the cell again to go on.'
          )}
        </p>
      ) : questions.busy ? (
        <p className="tsm-WidgetCell-note" role="status">
          {trans.__('The kernel is busy; plan and run go on when it is free.')}
        </p>
      ) : null}
      <div className="tsm-WidgetCell-body">
        {model.known ? (
          <Editor model={model} element={element} trans={trans} />
        ) : gone ? null : (
          <Loading label={trans.__('Asking the kernel for the recipe…')} />
        )}
      </div>
      <p className="tsm-WidgetCell-python">
        <code>editor.recipe</code>, <code>editor.run()</code>{' '}
        {trans.__('take the recipe as it stands here, where editor is what edit(…) returned.')}
      </p>
    </div>
  );
}

function Editor({ model, element, trans }: ICellProps): JSX.Element {
  const [showText, setShowText] = useState(false);
  const around = surroundings();
  const editor = useMemo(() => (around?.textEditor ?? plainEditor)(model.text), [model, around]);
  useEffect(() => () => editor.dispose(), [editor]);
  const shell = useMemo(() => shellOf(model, element, around), [model, element, around]);
  return (
    <RecipeEditor
      model={model.recipe}
      shell={shell}
      trans={trans}
      text={editor.element}
      showText={showText}
      onShowText={setShowText}
    />
  );
}

function shellOf(model: EditModel, element: HTMLElement, around: IWidgetSurroundings | null): IRecipeShell {
  return {
    chooseFile: async () => around?.chooseFile(model.base) ?? null,
    openTable: path => around?.openTable(path),
    openFolder: path => around?.openFolder(path),
    openSource: path => model.recipes.table(path),
    copy: text => (around ? around.copy(text) : void navigator.clipboard.writeText(text)),
    insertCells: around ? async make => around.insertCells(await make(null), element) : undefined
  };
}
