import type { IEdit } from '../backend';
import { insertIn, read } from '../document';
import { applyFix } from '../fixes';

const RECIPE = `# my training set
format: tsm-recipe/1
inputs:
  vvds:   {from: {file: data/vvds.parquet}, survey: VVDS}  # deep
  goods:
    from: {pzserver: 12_goods}
    columns: {ra: RAB1950, dec: DEB1950}
    steps:
      # mine
      - filter: "DEC < 0"
  short: c.csv
steps:
  - homogenize: {rules: pz-server}
  # the radius of SITCOMTN-154
  - combine: {radius_arcsec: 0.75}   # arcsec
  - split
`;

function fixed(text: string, ...edits: IEdit[]): string {
  return applyFix(text, { label: 'mend', edits });
}

function value(text: string) {
  const reading = read(text);
  if (!reading.ok) {
    throw new Error(reading.trouble.message);
  }
  return reading.value;
}

/** Lines that are new, and lines that are gone. */
function changed(after: string): [string[], string[]] {
  const [a, b] = [RECIPE.split('\n'), after.split('\n')];
  return [b.filter(line => !a.includes(line)), a.filter(line => !b.includes(line))];
}

describe('a fix', () => {
  it('sets a parameter of a step and leaves every other line as it was', () => {
    const after = fixed(RECIPE, {
      op: 'set',
      path: ['steps', 1, 'combine', 'eligible'],
      value: 'secure_galaxy'
    });
    expect(changed(after)).toEqual([
      ['  - combine: {radius_arcsec: 0.75, eligible: secure_galaxy}   # arcsec'],
      ['  - combine: {radius_arcsec: 0.75}   # arcsec']
    ]);
  });

  it('gives a bare step its first parameter, both ways', () => {
    const whole = fixed(RECIPE, { op: 'set', path: ['steps', 2], value: { split: { seed: 3 } } });
    const inner = fixed(RECIPE, { op: 'set', path: ['steps', 2, 'split', 'seed'], value: 3 });
    expect(changed(whole)).toEqual([['  - split: {seed: 3}'], ['  - split']]);
    expect(value(inner).steps[2]).toEqual({ op: 'split', value: { seed: 3 } });
  });

  it('writes a step in short form out before it sets something', () => {
    const text = RECIPE.replace('  - split\n', '  - match: dp1   # ours\n');
    const edit: IEdit = { op: 'set', path: ['steps', 2, 'match', 'shift', 'VVDS'], value: [0.1, -0.2] };
    const fix = { label: 'move', edits: [edit] };
    const after = applyFix(text, fix, name => (name === 'match' ? 'release' : null));
    expect(after).toContain('- match: {release: dp1, shift: {VVDS: [0.1, -0.2]}}');
    expect(after).toContain('# ours');
    expect(applyFix(text, fix)).toBe(text); // nobody says what the short form stands for
  });

  it('maps columns of an input one after the other, and makes the map where there is none', () => {
    const edits = (name: string): IEdit[] => [
      { op: 'set', path: ['inputs', name, 'columns', 'ra'], value: 'RAJ2000' },
      { op: 'set', path: ['inputs', name, 'columns', 'id'], value: null }
    ];
    expect(changed(fixed(RECIPE, ...edits('goods')))[0]).toEqual([
      '    columns: {ra: RAJ2000, dec: DEB1950, id: null}'
    ]);
    expect(changed(fixed(RECIPE, ...edits('vvds')))[0]).toEqual([
      '  vvds:   {from: {file: data/vvds.parquet}, survey: VVDS, columns: {ra: RAJ2000, id: null}}  # deep'
    ]);
    expect(value(fixed(RECIPE, ...edits('short'))).inputs.short).toEqual({
      from: { file: 'c.csv' },
      columns: { ra: 'RAJ2000', id: null }
    });
  });

  it.each(['vvds', 'goods', 'short'])('puts a filter before the steps of input %s', name => {
    const filter = { filter: "OBJTYPE IS NULL OR UPPER(OBJTYPE) <> 'SKY'" };
    const after = fixed(RECIPE, { op: 'insert', path: ['inputs', name, 'steps', 0], value: filter });
    const own = value(after).inputs[name].steps as unknown[];
    expect(own[0]).toEqual(filter);
    expect(own).toHaveLength(name === 'goods' ? 2 : 1);
    expect(after).toContain('# deep');
    expect(after).toContain('      # mine');
    expect(after).toContain('  # the radius of SITCOMTN-154');
    expect(value(after).steps).toEqual(value(RECIPE).steps);
  });

  it('puts a shared step where it belongs', () => {
    const after = fixed(RECIPE, { op: 'insert', path: ['steps', 2], value: { filter: 'redshift > 0.002' } });
    expect(value(after).steps.map(step => step.op)).toEqual(['homogenize', 'combine', 'filter', 'split']);
    expect(changed(after)).toEqual([['  - filter: redshift > 0.002'], []]);
  });

  it('takes an input away', () => {
    const after = fixed(RECIPE, { op: 'remove', path: ['inputs', 'goods'] });
    expect(Object.keys(value(after).inputs)).toEqual(['vvds', 'short']);
    expect(after).toContain('# deep');
  });

  it.each<[string, IEdit]>([
    ['another step stands there', { op: 'set', path: ['steps', 0, 'combine', 'eligible'], value: 'x' }],
    ['there are fewer steps', { op: 'set', path: ['steps', 7], value: { combine: {} } }],
    ['the input is gone', { op: 'insert', path: ['inputs', 'gone', 'steps', 0], value: { filter: 'z > 0' } }]
  ])('changes nothing when %s', (_, edit) => {
    expect(fixed(RECIPE, edit)).toBe(RECIPE);
    expect(fixed(RECIPE, { op: 'remove', path: ['inputs', 'short'] }, edit)).toBe(RECIPE);
  });
});

describe('an item put into a list', () => {
  it('stands in a flow list at its place', () => {
    const text = 'inputs: {a: {from: {file: a.csv}, steps: [homogenize, {filter: "z > 0"}]}}  # one line\n';
    const first = insertIn(text, ['inputs', 'a', 'steps'], { filter: 'x = 1' }, 0);
    const last = insertIn(text, ['inputs', 'a', 'steps'], 'split');
    expect(first).toBe(text.replace('[homogenize', '[{filter: x = 1}, homogenize'));
    expect(last).toBe(text.replace('"z > 0"}]', '"z > 0"}, split]'));
  });

  it('makes the list, also from an empty one', () => {
    const empty = insertIn('inputs: {a: {steps: []}}\n', ['inputs', 'a', 'steps'], { filter: 'x = 1' }, 0);
    expect(value(empty).inputs.a.steps).toEqual([{ filter: 'x = 1' }]);
    const none = insertIn('inputs:\n  a:\n    survey: VVDS\n', ['inputs', 'a', 'steps'], 'homogenize', 0);
    expect(none).toBe('inputs:\n  a:\n    survey: VVDS\n    steps: [homogenize]\n');
  });
});
