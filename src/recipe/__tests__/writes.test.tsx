/** @jest-environment jsdom */
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { fireEvent, render, screen } from '@testing-library/react';

import type { IRecipeBackend } from '../backend';
import { RecipeModel } from '../model';
import { Writes } from '../writes';

const trans = nullTranslator.load('tsm');
const RECIPE = `format: tsm-recipe/1
inputs:
  deep: {from: {file: deep.parquet}}
steps:
  - split: {parts: {train: 0.7, test: 0.3}}
write:
  - {format: parquet}  # all rows
`;

function setUp(text = RECIPE) {
  const changed = new Signal<object, void>({});
  const holder = { path: 'a.tsm.yaml', changed, text };
  const backend = { operations: async () => undefined } as unknown as IRecipeBackend;
  const model = new RecipeModel({ holder, rest: 1e6, wait: async () => undefined, backend });
  const view = () => <Writes model={model} trans={trans} />;
  const { rerender } = render(view());
  return {
    holder,
    tick: (label: RegExp) => {
      fireEvent.click(screen.getByRole('checkbox', { name: label }));
      changed.emit();
      rerender(view());
    }
  };
}

describe('What a run writes', () => {
  it('adds the public part and takes it away, and the rest of the text stays', () => {
    const { holder, tick } = setUp();
    tick(/^Public part/);
    expect(holder.text).toBe(`${RECIPE}  - format: public\n`);
    expect(screen.getByRole('checkbox', { name: /^Public part/ })).toHaveProperty('checked', true);
    tick(/^Public part/);
    expect(holder.text).toBe(RECIPE);
  });

  it('says what the public part holds and who may have it', () => {
    setUp();
    const box = screen.getByRole('checkbox', { name: /^Public part/ });
    const words = document.getElementById(box.getAttribute('aria-describedby')!)!.textContent;
    expect(words).toContain('without any column of a release');
    expect(words).toContain('if all catalogues are public');
  });

  it.each([
    [/^FITS/, 'fits'],
    [/^CSV/, 'csv']
  ])('offers %s', (label, format) => {
    const { holder, tick } = setUp();
    tick(label);
    expect(holder.text).toContain(`  - format: ${format}\n`);
  });

  it('gives RAIL files a catalogue tag', () => {
    const { holder, tick } = setUp();
    tick(/^RAIL/);
    expect(holder.text).toContain('catalog_tag: lsst_gaap_1p0');
    const tag = screen.getByRole('textbox');
    fireEvent.change(tag, { target: { value: 'com_cam_gaap' } });
    fireEvent.blur(tag);
    expect(holder.text).toContain('catalog_tag: com_cam_gaap');
  });
});
