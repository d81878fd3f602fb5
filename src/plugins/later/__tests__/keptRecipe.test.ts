/** @jest-environment jsdom */
import { nullTranslator } from '@jupyterlab/translation';

import { editorPython, fillRecipe } from '../keptRecipe';

it('says what the recipe was, how to go on, and shows its text as text', () => {
  const node = document.createElement('div');
  const text = 'name: <b>x</b>\n';
  fillRecipe(
    node,
    { name: 'x', text, inputs: ['deep', 'wide'], steps: ['combine'] },
    nullTranslator.load('tsm')
  );
  expect(node.textContent).toContain('inputs deep, wide; steps combine');
  expect(node.textContent).toContain('Run the cell');
  expect(node.querySelector('pre')!.textContent).toBe(text);
  expect(editorPython(text)).toContain('pz_tsm.edit("""\\\nname: <b>x</b>\n""")');
  expect(editorPython(text, 'mock')).toContain('<b>x</b>\n""", base="mock")');
});
