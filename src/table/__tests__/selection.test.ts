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
