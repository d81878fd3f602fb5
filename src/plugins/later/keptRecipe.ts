import { Clipboard } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

/** What a notebook keeps of a recipe's editor. */
export interface IKeptRecipe {
  readonly name?: string;
  readonly text?: string;
  /** Where its relative paths start, from the notebook's folder; left out where that is the same. */
  readonly base?: string;
  readonly inputs?: readonly string[];
  readonly steps?: readonly string[];
}

/** Say what the recipe was, show its text, and how to edit or run it again. */
export function fillRecipe(node: HTMLElement, kept: IKeptRecipe, trans: TranslationBundle): void {
  const { name = '', text = '', base, inputs, steps } = kept;
  const add = <K extends keyof HTMLElementTagNameMap>(
    tag: K,
    content: string,
    parent: HTMLElement = node
  ) => {
    const element = document.createElement(tag);
    element.textContent = content;
    parent.appendChild(element);
    return element;
  };
  add(
    'p',
    inputs && steps
      ? trans.__(
          'Here was the editor of the recipe %1: inputs %2; steps %3.',
          name,
          inputs.join(', '),
          steps.join(', ')
        )
      : trans.__('Here was the editor of the recipe %1.', name)
  );
  add(
    'p',
    trans.__(
      'Run the cell, and those above it, to edit it again. What was edited here is kept below: copied as Python it goes on from there.'
    )
  );
  const copy = add('button', trans.__('Copy as Python'));
  copy.type = 'button';
  copy.className = 'jp-mod-styled';
  copy.addEventListener('click', () => Clipboard.copyToSystem(editorPython(text, base)));
  const details = add('details', '');
  add('summary', trans.__('The recipe'), details);
  add('pre', text, details);
}

/** Python that opens the editor on a text, whose relative paths start in `base`. */
export function editorPython(text: string, base?: string): string {
  const plain = !text.includes('"""') && !text.includes('\\');
  const literal = plain ? `"""\\\n${text}"""` : JSON.stringify(text);
  const start = base ? `, base=${JSON.stringify(base)}` : '';
  return `import pz_tsm\n\neditor = pz_tsm.edit(${literal}${start})\neditor\n`;
}
