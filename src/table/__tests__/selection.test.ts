import type { ValueType } from '../../expr';
import { Selection } from '../selection';

const schema = new Map<string, ValueType>([
  ['redshift', 'float'],
  ['ra', 'float'],
  ['dec', 'float'],
  ['survey', 'text'],
  ['z_flag', 'int'],
  ['i mag', 'float'],
  ['objectId', 'int']
]);

function selection(text = ''): Selection {
  const made = new Selection(schema);
  made.setText(text);
  return made;
}

describe('brushes write the condition', () => {
  it('one after another, each replacing its own part only', () => {
    const made = selection();
    made.setRange('redshift', [0.2, 0.9]);
    expect(made.text).toBe('redshift BETWEEN 0.2 AND 0.9');
    made.setValues('z_flag', [3, 4]);
    made.setRange('redshift', [0.3, 1]);
    expect(made.text).toBe('z_flag IN (3, 4) AND redshift BETWEEN 0.3 AND 1');
    made.setRange('redshift', null);
    expect(made.text).toBe('z_flag IN (3, 4)');
    made.setValues('z_flag', null);
    expect(made.text).toBe('');
  });

  it('leaves what was typed beside them', () => {
    const made = selection(
      "redshift > 0.1 AND (survey = 'VVDS' OR z_flag > 2) AND secure_galaxy IS NOT NULL"
    );
    expect(made.error).not.toBeNull();
    made.setText("redshift > 0.1 AND (survey = 'VVDS' OR z_flag > 2)");
    made.setRange('redshift', [0.5, 1]);
    expect(made.text).toBe("(survey = 'VVDS' OR z_flag > 2) AND redshift BETWEEN 0.5 AND 1");
  });

  it('across RA 0', () => {
    const made = selection();
    made.setRanges([
      ['ra', [359.5, 0.5]],
      ['dec', [-1, 1]]
    ]);
    expect(made.text).toBe('(ra >= 359.5 OR ra <= 0.5) AND dec BETWEEN -1 AND 1');
    expect(made.range('ra')).toEqual([359.5, 0.5]);
  });

  it('with names and texts that need quotes', () => {
    const made = selection();
    made.setRange('i mag', [18, 24]);
    made.setValues('survey', ["it's", null]);
    expect(made.error).toBeNull();
    expect(made.text).toBe(`"i mag" BETWEEN 18 AND 24 AND (survey = 'it''s' OR survey IS NULL)`);
    expect(made.values('survey')).toEqual(["it's", null]);
  });
});

describe('typed conditions move the brushes', () => {
  it.each([
    ['redshift BETWEEN 0.2 AND 0.9', [0.2, 0.9]],
    ['redshift >= 0.2 AND redshift < 0.9', [0.2, 0.9]],
    ['0.2 < redshift AND 0.9 >= redshift', [0.2, 0.9]],
    ['redshift > 1', [1, Infinity]],
    ["survey = 'VVDS' AND redshift <= 1e-2", [-Infinity, 0.01]]
  ])('%s', (text, range) => {
    expect(selection(text).range('redshift')).toEqual(range);
  });

  it.each(['NOT redshift > 1', 'redshift > 1 OR z_flag = 3', 'redshift * 2 > 1', ''])(
    'no brush for %s',
    text => {
      expect(selection(text).range('redshift')).toBeNull();
    }
  );

  it('lists of values', () => {
    expect(selection('z_flag IN (3, 4)').values('z_flag')).toEqual([3, 4]);
    expect(selection('z_flag = 3 OR z_flag = 4').values('z_flag')).toEqual([3, 4]);
    expect(selection('z_flag IS NULL').values('z_flag')).toEqual([null]);
    expect(selection('objectId = 9007199254740993').values('objectId')).toEqual([9007199254740993n]);
  });
});

describe('an axis that is an expression', () => {
  const colours = new Map<string, ValueType>([...schema, ['g_mag', 'float'], ['i_mag', 'float']]);
  const made = () => new Selection(colours);

  it('has a brush, written and read back', () => {
    const selection = made();
    selection.setRanges([
      ['g_mag - i_mag', [0.2, 0.9]],
      ['i_mag', [18, 24]]
    ]);
    expect(selection.text).toBe('g_mag - i_mag BETWEEN 0.2 AND 0.9 AND i_mag BETWEEN 18 AND 24');
    expect(selection.terms.map(({ axis }) => axis)).toEqual(['g_mag - i_mag', 'i_mag']);
    selection.setRange('g_mag-i_mag', [0.3, 1]);
    expect(selection.text).toBe('i_mag BETWEEN 18 AND 24 AND g_mag - i_mag BETWEEN 0.3 AND 1');
    selection.setRange('g_mag - i_mag', null);
    expect(selection.text).toBe('i_mag BETWEEN 18 AND 24');
  });

  it('moves by a typed condition, however it is spaced', () => {
    const selection = made();
    selection.setText('(g_mag-i_mag) between 0.2 and 0.9 and redshift > 1');
    expect(selection.range('g_mag - i_mag')).toEqual([0.2, 0.9]);
    expect(selection.range('g_mag')).toBeNull();
    expect(selection.range('i_mag - g_mag')).toBeNull();
    selection.setText('g_mag - i_mag >= 0.2 AND g_mag - i_mag < 0.9');
    expect(selection.range('g_mag-i_mag')).toEqual([0.2, 0.9]);
  });

  it('takes values and names that need quotes', () => {
    const selection = made();
    selection.setValues('MOD(z_flag, 10)', [3, 4]);
    expect(selection.text).toBe('MOD(z_flag, 10) IN (3, 4)');
    expect(selection.values('MOD(z_flag, 10)')).toEqual([3, 4]);
    selection.setRange('"i mag" - g_mag', [0, 1]);
    expect(selection.text).toBe('MOD(z_flag, 10) IN (3, 4) AND "i mag" - g_mag BETWEEN 0 AND 1');
    expect(selection.error).toBeNull();
  });

  it('gives way to a column of that name', () => {
    const selection = new Selection(new Map<string, ValueType>([...colours, ['g_mag - i_mag', 'float']]));
    selection.setRange('g_mag - i_mag', [0, 1]);
    expect(selection.text).toBe('"g_mag - i_mag" BETWEEN 0 AND 1');
    selection.setText('g_mag - i_mag BETWEEN 0 AND 1');
    expect(selection.range('g_mag - i_mag')).toBeNull();
    expect(selection.terms[0].axis).toBeNull();
  });
});

describe('terms say which axis they bound', () => {
  it.each([
    ['redshift BETWEEN 0.2 AND 0.9', 'redshift'],
    ['0.2 <= redshift', 'redshift'],
    ['ra >= 359 OR ra <= 1', 'ra'],
    ["survey IN ('VVDS', 'DEEP2')", 'survey'],
    ['z_flag = 3 OR z_flag IS NULL', 'z_flag'],
    ['"i mag" < 24', 'i mag'],
    ['NOT redshift > 1', null],
    ['redshift > ra', null],
    ['redshift <> 1', null],
    ['redshift IS NOT NULL', null],
    ['redshift > 1 OR ra > 1', null]
  ])('%s', (text, axis) => {
    expect(selection(text).terms).toEqual([expect.objectContaining({ axis })]);
  });
});

describe('a condition in error', () => {
  it('keeps the last good one, and says what is wrong', () => {
    const made = selection('redshift > 1');
    made.setText('redshift > 1 AND');
    expect(made.error?.position).toBe(16);
    expect(made.text).toBe('redshift > 1 AND');
    expect(made.where).toBe('redshift > 1');
    made.setText('');
    expect(made.error).toBeNull();
    expect(made.where).toBe('');
  });
});
