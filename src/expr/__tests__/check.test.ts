import type { ExprError } from '..';
import { check, parse, toText, type Schema } from '..';

const schema: Schema = new Map([
  ['redshift', 'float'],
  ['z_flag', 'int'],
  ['survey', 'text'],
  ['good', 'bool']
]);

function troubleWith(text: string): ExprError {
  try {
    check(parse(text), schema);
  } catch (error) {
    return error as ExprError;
  }
  throw new Error(`nothing is wrong with ${text}`);
}

describe('what is said of a condition that does not fit', () => {
  it('names the unknown column and the nearest one', () => {
    const error = troubleWith('redshif > 1');
    expect(error.message).toContain("'redshif'");
    expect(error.remedy).toContain("'redshift'");
  });

  it('points at the place', () => {
    expect(troubleWith('good AND redshif > 1').position).toBe(9);
    expect(troubleWith('good AND').position).toBe(8);
    expect(troubleWith("survey = 'open").position).toBe(9);
  });

  it('says that text needs quotes', () => {
    const error = troubleWith('survey = 4');
    expect(error.message).toContain('cannot be compared');
    expect(error.remedy).toContain("'4'");
  });

  it('offers a comparison where a number stands for a condition', () => {
    expect(troubleWith('redshift').remedy).toContain('redshift > 0');
  });

  it('lists the functions where one is unknown', () => {
    expect(troubleWith('SIN(redshift) > 0').remedy).toContain('LOG10');
  });
});

describe('a condition written back', () => {
  it.each([
    ['redshift>0.2 and redshift<0.9', 'redshift > 0.2 AND redshift < 0.9'],
    ['(good or z_flag=4) and not (good and z_flag=3)', '(good OR z_flag = 4) AND NOT (good AND z_flag = 3)'],
    ['10 - (4 - 3) = 9', '10 - (4 - 3) = 9'],
    ['z_flag = -9223372036854775808', 'z_flag = -9223372036854775808'],
    ["survey in ('it''s')", "survey IN ('it''s')"],
    ['"i mag" < 23', '"i mag" < 23'],
    ['secure_galaxy AND good', 'secure_galaxy AND good']
  ])('%s', (text, written) => {
    expect(toText(parse(text))).toBe(written);
  });
});
