/** The recipe as code: copied, or put into a notebook. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { useEffect, useRef, useState } from 'react';

import type { RecipeModel } from './model';
import type { IRecipeShell } from './shell';

export interface ICodeButtonsProps {
  readonly model: RecipeModel;
  readonly shell: IRecipeShell;
  readonly trans: TranslationBundle;
}

export function CodeButtons({ model, shell, trans }: ICodeButtonsProps): JSX.Element {
  const [said, setSaid] = useState<{ text: string; bad: boolean } | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  useEffect(() => () => clearTimeout(timer.current), []);
  const tell = (text: string, bad = false) => {
    clearTimeout(timer.current);
    setSaid({ text, bad });
    timer.current = setTimeout(() => setSaid(null), bad ? 20_000 : 4000);
  };
  const act = (work: () => Promise<string>) => () =>
    void work().then(tell, (error: { message: string; remedy?: string | null }) =>
      tell([error.message, error.remedy].filter(Boolean).join(' '), true)
    );
  const empty = Object.keys(model.value.inputs).length === 0;
  const disabled = model.syntax !== null || empty;
  const copy = (pick: 'python' | 'command') =>
    act(async () => {
      shell.copy((await model.code())[pick]);
      return trans.__('Copied');
    });
  const { save } = model;
  const { insertCells } = shell;
  return (
    <>
      {said ? (
        <span className={said.bad ? 'tsm-Field-error' : 'tsm-RecipeEditor-said'} role="status">
          {said.text}
        </span>
      ) : null}
      <button type="button" className="tsm-Button" disabled={disabled} onClick={copy('python')}>
        {trans.__('Copy as Python')}
      </button>
      <button type="button" className="tsm-Button" disabled={disabled} onClick={copy('command')}>
        {trans.__('Copy as command')}
      </button>
      {insertCells ? (
        <button
          type="button"
          className="tsm-Button"
          disabled={disabled}
          title={trans.__('Put the steps into the notebook that is open, one cell a step; or into a new one')}
          onClick={act(async () => {
            await insertCells(async start => (await model.code(start)).cells);
            return trans.__('Inserted');
          })}
        >
          {trans.__('Insert cells')}
        </button>
      ) : null}
      {save ? (
        <button
          type="button"
          className="tsm-Button"
          disabled={disabled}
          onClick={act(async () => trans.__('Saved as %1', await save()))}
        >
          {trans.__('Save as file')}
        </button>
      ) : null}
    </>
  );
}
