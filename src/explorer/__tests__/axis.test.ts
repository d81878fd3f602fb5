import { axisLabel, axisText } from '../axis';
import { draftOf, readRange } from '../bounds';

const column = (name: string, unit?: string) =>
  ({ name, unit, type: 'float', arrow: 'double', nulls: 0 }) as const;
const COLUMNS = [
  column('g', 'mag'),
  column('i', 'mag'),
  column('i - z', 'mag'),
  column('ra', 'deg'),
  column('chi2')
];

describe('an axis', () => {
  it('has the unit of its column, of a sum or difference too where all have the same', () => {
    const label = (axis: string) => axisLabel(COLUMNS, axis);
    expect(label('g')).toBe('g (mag)');
    expect(label('chi2')).toBe('chi2');
    expect(label('g - i')).toBe('g − i (mag)');
    expect(label('g - (i + g)')).toBe('g − (i + g) (mag)');
    expect(label('-g')).toBe('-g (mag)');
    // a column of that name, not a difference
    expect(label('i - z')).toBe('i - z (mag)');
  });

  it('has none where it isn’t known', () => {
    const label = (axis: string) => axisLabel(COLUMNS, axis);
    expect(label('g - ra')).toBe('g − ra');
    expect(label('g - chi2')).toBe('g − chi2');
    expect(label('g * i')).toBe('g * i');
    expect(label('LOG10(g)')).toBe('LOG10(g)');
  });

  it('is written with quotes where the name of its column needs them', () => {
    expect(axisText(COLUMNS, 'g')).toBe('g');
    expect(axisText(COLUMNS, 'i - z')).toBe('"i - z"');
    expect(axisText(COLUMNS, 'g-i')).toBe('g - i');
  });
});

describe('a typed range', () => {
  it('may be open at an end, and have decimals after a comma', () => {
    expect(readRange(['0,25', ' 1.5 '])).toEqual([0.25, 1.5]);
    expect(readRange(['', '1e-3'])).toEqual([-Infinity, 0.001]);
    expect(readRange(['2', ''])).toEqual([2, Infinity]);
    expect(readRange(['', ' '])).toBeNull();
  });

  it('says what is wrong', () => {
    expect(readRange(['half', ''])).toBe('number');
    expect(readRange(['2', '1'])).toBe('order');
    expect(readRange(['359', '1'], true)).toEqual([359, 1]);
  });

  it('is typed as it is read', () => {
    expect(draftOf(null)).toEqual(['', '']);
    expect(draftOf([-Infinity, 0.1])).toEqual(['', '0.1']);
    expect(readRange(draftOf([1e-7, 1 / 3]))).toEqual([1e-7, 1 / 3]);
  });
});
