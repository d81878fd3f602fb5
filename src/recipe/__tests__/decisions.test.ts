import { addDecision } from '../decisions';
import { read } from '../document';

const RECIPE = `format: tsm-recipe/1
inputs: {}
steps:
  - homogenize   # flags
  - combine: {radius_arcsec: 0.75}   # half the seeing
  - split: {parts: {train: 1}}
`;

const FIRST = {
  kind: 'prefer',
  rowId: '9007199254740993',
  reason: 'its spectrum is the better one'
} as const;

function decisions(text: string): unknown {
  const reading = read(text);
  return reading.ok && (reading.value.steps[1].value as { decisions: unknown }).decisions;
}

it('writes a decision into the step combine and touches nothing else', () => {
  expect(addDecision(RECIPE, FIRST)).toBe(
    RECIPE.replace(
      '{radius_arcsec: 0.75}',
      '{radius_arcsec: 0.75, decisions: [{prefer: "9007199254740993", reason: its spectrum is the better one}]}'
    )
  );
});

it('replaces an earlier decision about the same row, and keeps the others', () => {
  let text = addDecision(RECIPE, FIRST);
  text = addDecision(text, { kind: 'exclude', rowId: '-12', reason: 'a blend' });
  text = addDecision(text, { ...FIRST, kind: 'exclude', reason: 'sky line: [OH]' });
  expect(decisions(text)).toEqual([
    { exclude: '9007199254740993', reason: 'sky line: [OH]' },
    { exclude: '-12', reason: 'a blend' }
  ]);
});

it('finds decisions that a person wrote as numbers, with their comments kept', () => {
  const text = RECIPE.replace(
    '  - combine: {radius_arcsec: 0.75}   # half the seeing\n',
    '  - combine:\n      decisions:\n        # seen by Ana\n        - {prefer: 9007199254740993, reason: old}\n        - {exclude: 5, reason: star}\n'
  );
  const edited = addDecision(text, FIRST);
  expect(edited).toContain('# seen by Ana');
  expect(decisions(edited)).toEqual([
    { prefer: '9007199254740993', reason: FIRST.reason },
    { exclude: 5, reason: 'star' }
  ]);
});

it('takes a combine without parameters', () => {
  const bare = RECIPE.replace('combine: {radius_arcsec: 0.75}', 'combine');
  expect(decisions(addDecision(bare, FIRST))).toEqual([{ prefer: FIRST.rowId, reason: FIRST.reason }]);
});

it('says why it can not', () => {
  expect(() => addDecision(RECIPE.replace('combine', 'filter'), FIRST)).toThrow(/no step "combine"/);
  expect(() => addDecision('steps: [', FIRST)).toThrow(/Line/);
});
