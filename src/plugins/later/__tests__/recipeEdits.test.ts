import { nullTranslator } from '@jupyterlab/translation';

import { read } from '../../../recipe/document';
import { addInput, asLoaded } from '../recipeEdits';
import { starter } from '../starter';

const trans = nullTranslator.load('tsm');
const VVDS = { from: { file: 'vvds.parquet' }, name: 'vvds.parquet' };
const DEEP = { from: { pzserver: '12_deep' }, name: 'Deep Survey (2026)' };

function value(text: string) {
  const reading = read(text);
  if (!reading.ok) {
    throw new Error(reading.trouble.message);
  }
  return reading.value;
}

it('starts a recipe that can be read, with nothing to put in yet', () => {
  const recipe = value(starter('ecdfs', trans));
  expect(recipe.name).toBe('ecdfs');
  expect(recipe.inputs).toEqual({});
  expect(recipe.steps.map(step => step.op)).toEqual(['homogenize', 'combine', 'split']);
});

it('adds inputs to the starter, each on a line of its own, and keeps the comments', () => {
  const first = addInput(starter('x', trans), VVDS);
  const second = addInput(first.text, DEEP);
  expect([first.name, second.name]).toEqual(['vvds', 'deep_survey_2026']);
  expect(second.text).toContain(
    'inputs:\n  vvds: {from: {file: vvds.parquet}}\n  deep_survey_2026: {from: {pzserver: 12_deep}}\nsteps:'
  );
  expect(second.text.match(/^ *#/gm)).toHaveLength(starter('x', trans).match(/^ *#/gm)!.length);
});

it('does not add the same input twice, but the filter that comes with it', () => {
  const once = addInput(starter('x', trans), VVDS);
  const again = addInput(once.text, { ...VVDS, condition: 'z > 0.2' });
  expect(again.name).toBe('vvds');
  expect(value(again.text).inputs).toEqual({
    vvds: { from: { file: 'vvds.parquet' }, steps: [{ filter: 'z > 0.2' }] }
  });
  expect(addInput(again.text, { ...VVDS, condition: 'z > 0.2' }).text).toBe(again.text);
  const more = addInput(again.text, { ...VVDS, condition: 'ra < 10' });
  expect(value(more.text).inputs.vvds.steps).toEqual([{ filter: 'z > 0.2' }, { filter: 'ra < 10' }]);
});

it('gives a second input another name when the first has taken it', () => {
  const once = addInput(starter('x', trans), VVDS);
  const other = addInput(once.text, { from: { file: 'old/vvds.parquet' }, name: 'vvds.parquet' });
  expect(other.name).toBe('vvds_2');
});

it('leaves flags on the common scale under their name: an earlier product is loaded with them', () => {
  const roles = { redshift: 'z', flag: 'z_flag_homogenized' };
  expect(asLoaded('z < 0.9 AND z_flag_homogenized >= 3', roles)).toBe(
    'redshift < 0.9 AND z_flag_homogenized >= 3'
  );
});

it('writes a condition with the names that columns have once they are loaded', () => {
  const roles = { redshift: 'Z', ra: 'ALPHA', flag: 'ZFLAGS' };
  expect(asLoaded('Z BETWEEN 0.2 AND 0.9 AND ZFLAGS IN (3, 4) AND MAGI < 22.5', roles)).toBe(
    'redshift BETWEEN 0.2 AND 0.9 AND z_flag IN (3, 4) AND MAGI < 22.5'
  );
  expect(asLoaded('secure_galaxy AND "Z" > 1', roles)).toBe(
    'secure_galaxy AND redshift > 1.0'.replace('1.0', '1')
  );
});

it('refuses a recipe that can not be read', () => {
  expect(() => addInput('inputs: [', VVDS)).toThrow();
});
