import { addStep, flow, insertItem, moveItem, read, removeIn, setIn, setStep } from '../document';

const RECIPE = `# my training set
format: tsm-recipe/1
name: ecdfs_train   # a good name
seed: 20261123
inputs:
  vvds:   {from: {file: data/vvds.parquet}, survey: VVDS}  # deep
  goods:
    from: {pzserver: 12_goods}
    survey: VIMOS
steps:
  - homogenize: {rules: pz-server}
  # the radius of SITCOMTN-154
  - combine: {radius_arcsec: 0.75, prefer: [instrument_type, z_flag_homogenized]}
  - photometry
  - filter: "i_snr >= 20"
  - split:
      method: random
      parts: {train: 0.7, test: 0.3}
write:
  - {format: parquet}
`;

/** Lines of `after` that are not in `before`, and the other way round. */
function changed(before: string, after: string): [string[], string[]] {
  const a = before.split('\n');
  const b = after.split('\n');
  return [b.filter(line => !a.includes(line)), a.filter(line => !b.includes(line))];
}

function value(text: string) {
  const reading = read(text);
  if (!reading.ok) {
    throw new Error(reading.trouble.message);
  }
  return reading.value;
}

describe('reading', () => {
  it('gives inputs, steps in their short and long forms, and writes', () => {
    const recipe = value(RECIPE);
    expect(Object.keys(recipe.inputs)).toEqual(['vvds', 'goods']);
    expect(recipe.steps.map(step => step.op)).toEqual([
      'homogenize',
      'combine',
      'photometry',
      'filter',
      'split'
    ]);
    expect(recipe.steps[2].value).toBeNull();
    expect(recipe.steps[3].value).toBe('i_snr >= 20');
    expect(recipe.write).toEqual([{ format: 'parquet' }]);
  });

  it('keeps NO as text, 1e-3 as a number and big integers exact (YAML 1.2)', () => {
    const recipe = value('inputs: {a: {x: NO, y: 1e-3, z: 9223372036854775807}}\n');
    expect(recipe.inputs.a).toEqual({ x: 'NO', y: 0.001, z: 9223372036854775807n });
  });

  it('names the line of a mistake', () => {
    const reading = read('format: tsm-recipe/1\nsteps: [\n  homogenize\ninputs: {}\n');
    expect(reading.ok).toBe(false);
    expect(!reading.ok && reading.trouble.line).toBeGreaterThan(1);
    const shape = read('format: tsm-recipe/1\nsteps:\n  - {combine: {}, split: {}}\n');
    expect(!shape.ok && shape.trouble.line).toBe(3);
  });
});

describe('editing touches one place', () => {
  it('replaces a scalar and keeps its comment', () => {
    const after = setIn(RECIPE, ['name'], 'other');
    expect(changed(RECIPE, after)).toEqual([
      ['name: other   # a good name'],
      ['name: ecdfs_train   # a good name']
    ]);
  });

  it('replaces one parameter inside a flow map', () => {
    const after = setStep(RECIPE, 1, {
      op: 'combine',
      value: { radius_arcsec: 1, prefer: ['instrument_type', 'z_flag_homogenized'] }
    });
    expect(changed(RECIPE, after)[0]).toEqual([
      '  - combine: {radius_arcsec: 1, prefer: [instrument_type, z_flag_homogenized]}'
    ]);
  });

  it('adds a parameter to a flow map, a block map and a bare step', () => {
    expect(setIn(RECIPE, ['steps', 0, 'homogenize', 'unmapped'], 'error')).toContain(
      '  - homogenize: {rules: pz-server, unmapped: error}\n'
    );
    expect(setIn(RECIPE, ['steps', 4, 'split', 'seed'], 7)).toContain(
      '      parts: {train: 0.7, test: 0.3}\n      seed: 7\nwrite:'
    );
    expect(setStep(RECIPE, 2, { op: 'photometry', value: { to: 'mag' } })).toContain(
      '  - photometry: {to: mag}\n'
    );
  });

  it('quotes text that YAML would read otherwise', () => {
    const after = setIn(RECIPE, ['steps', 3, 'filter'], "survey = 'A: B' AND x > 1");
    expect(value(after).steps[3].value).toBe("survey = 'A: B' AND x > 1");
    expect(flow('yes')).toBe('yes');
    expect(value(`inputs: {a: {x: ${flow('12')}}}`).inputs.a.x).toBe('12');
  });

  it('removes a parameter, an input and a step', () => {
    expect(removeIn(RECIPE, ['steps', 1, 'combine', 'radius_arcsec'])).toContain(
      '  - combine: {prefer: [instrument_type, z_flag_homogenized]}\n'
    );
    expect(removeIn(RECIPE, ['steps', 1, 'combine', 'prefer'])).toContain(
      '  - combine: {radius_arcsec: 0.75}\n'
    );
    expect(Object.keys(value(removeIn(RECIPE, ['inputs', 'goods'])).inputs)).toEqual(['vvds']);
    expect(removeIn(RECIPE, ['inputs', 'vvds'])).toContain('# my training set');
    const after = removeIn(RECIPE, ['steps', 4]);
    expect(value(after).steps.map(step => step.op)).toEqual([
      'homogenize',
      'combine',
      'photometry',
      'filter'
    ]);
    expect(after).toContain('write:\n  - {format: parquet}');
  });

  it('adds and moves steps, comments of other steps in place', () => {
    const added = addStep(RECIPE, { op: 'match', value: { release: 'mock' } }, 2);
    expect(changed(RECIPE, added)).toEqual([['  - match: {release: mock}'], []]);
    expect(value(added).steps[2].op).toBe('match');
    const last = addStep(RECIPE, { op: 'photometry', value: null });
    expect(value(last).steps[5].op).toBe('photometry');
    expect(last).toContain('write:');
    const moved = moveItem(RECIPE, 'steps', 3, 1);
    expect(value(moved).steps.map(step => step.op)).toEqual([
      'homogenize',
      'filter',
      'combine',
      'photometry',
      'split'
    ]);
    expect(moved).toContain('# the radius of SITCOMTN-154');
  });

  it('makes lists and maps that are not there yet', () => {
    const empty = 'format: tsm-recipe/1\n';
    const withStep = addStep(empty, { op: 'homogenize', value: { rules: 'default' } });
    expect(value(withStep).steps).toEqual([{ op: 'homogenize', value: { rules: 'default' } }]);
    const withInput = setIn(withStep, ['inputs', 'a'], { from: { file: 'a.parquet' } });
    expect(value(withInput).inputs.a).toEqual({ from: { file: 'a.parquet' } });
    const second = setIn(withInput, ['inputs', 'b'], { from: { file: 'b.fits' } });
    expect(Object.keys(value(second).inputs)).toEqual(['a', 'b']);
    expect(value(insertItem(second, 'write', { format: 'parquet' })).write).toHaveLength(1);
  });

  it('removes the only item of a list', () => {
    const one = 'format: tsm-recipe/1\nsteps:\n  - photometry\nwrite: []\n';
    expect(value(removeIn(one, ['steps', 0])).steps).toEqual([]);
  });
});
