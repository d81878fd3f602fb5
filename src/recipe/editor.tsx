/** A recipe on the left, its consequence on the right. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { useEffect, useRef } from 'react';

import { Chip } from '../ui/chip';
import { useSignal } from '../ui/hooks';
import { CodeButtons } from './CodeButtons';
import { Consequence } from './consequence';
import { Inputs } from './inputs';
import { MovingContext, useMovingOf } from './match/moving';
import type { RecipeModel } from './model';
import { addTable } from './own/add';
import type { IRecipeShell } from './shell';
import { SplitContext } from './split/context';
import { useSplitSurroundings } from './split/surroundings';
import { Steps } from './steps';
import { Writes } from './writes';
import '../../style/ui.css';
import '../../style/recipe.css';
import '../../style/recipe-steps.css';
import '../../style/recipe-result.css';

export interface IRecipeEditorProps {
  readonly model: RecipeModel;
  readonly shell: IRecipeShell;
  readonly trans: TranslationBundle;
  /** The text view; it is put in the place of the form when `showText` is set. */
  readonly text: HTMLElement;
  readonly showText: boolean;
  readonly onShowText: (show: boolean) => void;
}

export function RecipeEditor({
  model,
  shell,
  trans,
  text,
  showText,
  onShowText
}: IRecipeEditorProps): JSX.Element {
  useSignal(model.changed);
  const addFile = () =>
    void shell.chooseFile().then(path => {
      if (path) {
        addTable(model, path, shell.inputSource?.(path));
      }
    });
  const splitting = useSplitSurroundings(model, shell);
  const moving = useMovingOf(model);
  return (
    <div className="tsm-RecipeEditor">
      <div className="tsm-RecipeEditor-toolbar" role="toolbar" aria-label={trans.__('Recipe')}>
        <div className="tsm-Segments" role="group" aria-label={trans.__('View')}>
          <button type="button" aria-pressed={!showText} onClick={() => onShowText(false)}>
            {trans.__('Form')}
          </button>
          <button type="button" aria-pressed={showText} onClick={() => onShowText(true)}>
            {trans.__('Text')}
          </button>
        </div>
        <span className="tsm-RecipeEditor-name">{model.value.name ?? ''}</span>
        <PlanChip model={model} trans={trans} />
        <span className="tsm-RecipeEditor-space" />
        <CodeButtons model={model} shell={shell} trans={trans} />
        <button
          type="button"
          className="tsm-Button"
          disabled={model.planning || model.syntax !== null}
          onClick={() => void model.makePlan()}
        >
          {trans.__('Plan')}
        </button>
        {model.running ? (
          <button type="button" className="tsm-Button tsm-mod-warn" onClick={() => void model.stop()}>
            {trans.__('Stop')}
          </button>
        ) : (
          <button
            type="button"
            className="tsm-Button tsm-mod-accept"
            disabled={
              model.syntax !== null || model.value.steps.length + Object.keys(model.value.inputs).length === 0
            }
            onClick={() => void model.start()}
          >
            {trans.__('Run')}
          </button>
        )}
      </div>
      {model.syntax ? (
        <div className="tsm-RecipeEditor-syntax" role="alert">
          <span>
            {trans.__('Line %1: %2', model.syntax.line, model.syntax.message)}{' '}
            {showText ? '' : trans.__('The form shows the last text that could be read.')}
          </span>
          {showText ? null : (
            <button type="button" className="tsm-Button" onClick={() => onShowText(true)}>
              {trans.__('Edit the text')}
            </button>
          )}
        </div>
      ) : null}
      <SplitContext.Provider value={splitting}>
        <div className="tsm-RecipeEditor-body">
          <div className="tsm-RecipeEditor-recipe">
            {showText ? (
              <Host element={text} />
            ) : (
              <>
                <Inputs model={model} trans={trans} addFile={addFile} source={shell.inputSource} />
                <MovingContext.Provider value={moving}>
                  <Steps model={model} trans={trans} />
                </MovingContext.Provider>
                <Writes model={model} trans={trans} />
              </>
            )}
          </div>
          <Consequence model={model} shell={shell} trans={trans} addFile={addFile} />
        </div>
      </SplitContext.Provider>
    </div>
  );
}

function PlanChip({ model, trans }: { model: RecipeModel; trans: TranslationBundle }): JSX.Element | null {
  if (model.planning) {
    return <Chip kind="busy">{trans.__('planning…')}</Chip>;
  }
  if (!model.plan) {
    return null;
  }
  if (model.planIsOld) {
    return <Chip>{trans.__('plan is older')}</Chip>;
  }
  return model.plan.ok ? (
    <Chip kind="good">{trans.__('plan ✓')}</Chip>
  ) : (
    <Chip kind="bad">{trans.__('plan: errors')}</Chip>
  );
}

/** An element of somebody else's (the text editor) inside React. */
function Host({ element }: { element: HTMLElement }): JSX.Element {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const host = ref.current;
    host?.appendChild(element);
    return () => element.remove();
  }, [element]);
  return <div className="tsm-RecipeEditor-text" ref={ref} />;
}
