/** @jest-environment jsdom */
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { act, fireEvent, render, screen, within } from '@testing-library/react';

import { useSignal } from '../../../ui/hooks';
import type { IPlan, IPlanStep } from '../../backend';
import { read } from '../../document';
import { RecipeModel } from '../../model';
import { dropFlag, setFlag, setType, whenOf } from '../edit';
import { RulesPanel } from '../RulesPanel';
import { type ISurvey, surveysOf } from '../summary';

const trans = nullTranslator.load('tsm');

const RECIPE = `format: tsm-recipe/1
inputs: {a: {from: {file: a.parquet}}}
steps:
  - homogenize: {rules: default}   # of everybody
  - combine
`;

const VALUES = [
  { flag: '4', rows: 900, is: 4, meaning: 'secure (99 %)', rule: 'pz-server/VVDS:4', mixed: false },
  { flag: '9', rows: 50, is: 2, meaning: 'one line', rule: 'pz-server/VVDS:9', mixed: false },
  { flag: '77', rows: 8, is: null, meaning: null, rule: null, mixed: false },
  { flag: null, rows: 3, is: null, meaning: null, rule: null, mixed: false }
];
const VVDS = {
  rows: 961,
  pack: 'pz-server',
  version: '2',
  status: 'proposed',
  reference: 'https://example.org/vvds',
  citation: 'Le Fevre 2013',
  values: VALUES,
  values_total: 4
};

function planned(surveys: Record<string, unknown>, findings: IPlanStep['findings'] = []): IPlan {
  const report = {
    ...{ op: 'homogenize', rows_in: 961, rows_out: 961, dropped: {}, added: {}, set_aside: {}, findings: [] },
    details: { surveys },
    input: 'a'
  };
  const failed = findings.length > 0;
  const step: IPlanStep = {
    ...{ index: 0, op: 'homogenize', title: 'Homogenize', where: 'memory', estimated: false, findings },
    ...{ rows_in: 961, rows_out: 961, report: failed ? null : report }
  };
  return { ok: !failed, inputs: [], steps: [step], findings: [], columns: [] };
}

const survey = (told: Record<string, unknown>, name = 'VVDS', without = new Set<string>()): ISurvey =>
  surveysOf(planned({ [name]: told }).steps, without)[0];

function own(text: string): unknown {
  const reading = read(text);
  return reading.ok && (reading.value.steps[0].value as { surveys?: unknown } | null)?.surveys;
}

async function setUp(plan: (text: string) => IPlan, recipe = RECIPE) {
  const changed = new Signal<object, void>({});
  let text = recipe;
  const holder = {
    path: 'x.tsm.yaml',
    changed,
    get text() {
      return text;
    },
    set text(value: string) {
      text = value;
      changed.emit();
    }
  };
  const never = () => Promise.reject(new Error('not asked'));
  const model = new RecipeModel({
    holder,
    rest: 1e6,
    backend: {
      ...{ operations: never, run: never, status: never, stop: never, verify: never },
      plan: async asked => plan(asked.text)
    }
  });
  await model.makePlan();
  const Shown = () => {
    useSignal(model.changed);
    return <RulesPanel model={model} plan={model.plan!} index={0} trans={trans} />;
  };
  render(<Shown />);
  await act(async () => undefined);
  return { holder, model };
}

it('shows each value, its rows, its meaning and what it becomes; those without a rule first', async () => {
  await setUp(() => planned({ VVDS }));
  const table = within(screen.getByRole('table', { name: 'Flags of VVDS and what they become' }));
  const rows = table.getAllByRole('row').slice(1);
  expect(rows.map(row => row.querySelector('th')!.textContent)).toEqual(['77', '4', '9', 'none']);
  expect(within(rows[1]).getByText('secure (99 %)')).toBeTruthy();
  expect(within(rows[1]).getByText('900')).toBeTruthy();
  expect(table.getByLabelText<HTMLSelectElement>('VVDS flag 9 becomes').selectedOptions[0].text).toMatch(
    /^2 · /
  );
  expect(table.getByLabelText<HTMLSelectElement>('VVDS flag 77 becomes').selectedOptions[0].text).toBe(
    'choose…'
  );
  expect(screen.getByText('8 rows without a rule')).toBeTruthy();
  expect(screen.getByText('proposed')).toBeTruthy();
  expect(screen.getByText('pz-server 2')).toBeTruthy();
  expect(screen.getByRole('link', { name: 'https://example.org/vvds' })).toBeTruthy();
});

it('writes what the user chooses into the recipe, and takes it back', async () => {
  const { holder } = await setUp(() => planned({ VVDS }));
  fireEvent.change(screen.getByLabelText('VVDS flag 77 becomes'), { target: { value: '0' } });
  expect(holder.text).toBe(
    RECIPE.replace(
      '{rules: default}',
      '{rules: default, surveys: {VVDS: {also: [{when: z_flag = 77, is: 0}]}}}'
    )
  );
  fireEvent.change(screen.getByLabelText('VVDS flag 77 becomes'), { target: { value: 'null' } });
  expect(own(holder.text)).toEqual({ VVDS: { also: [{ when: 'z_flag = 77', is: null }] } });
  fireEvent.click(screen.getByRole('button', { name: 'Take the recipe’s own rule for 77 away' }));
  expect(holder.text).toBe(RECIPE);
});

it('asks for the flags of a survey without rules, and takes what each becomes', async () => {
  const stop = { level: 'error' as const, message: "No rule pack knows survey 'NEWS'.", where: 'NEWS' };
  const found = {
    rows: 9,
    pack: 'recipe',
    version: '1',
    values: [{ flag: 'A', rows: 9, is: null, rule: null }]
  };
  const { holder } = await setUp(text =>
    text.includes('NEWS') ? planned({ NEWS: found }) : planned({}, [stop])
  );
  expect(screen.getByText(/No rule pack knows NEWS/)).toBeTruthy();
  fireEvent.change(screen.getByLabelText('Its redshifts come from'), { target: { value: 'g' } });
  fireEvent.change(screen.getByLabelText('NEWS flag A becomes'), { target: { value: '4' } });
  expect(own(holder.text)).toEqual({
    NEWS: { flag: [{ when: "z_flag = 'A'", is: 4 }], flag_type: 'text', type: 'g' }
  });
});

it('lists unmapped values while the plan stops at them', async () => {
  const stop = { level: 'error' as const, message: '8 rows have flags that no rule maps.', where: 'VVDS' };
  const { model } = await setUp(text =>
    /unmapped: "?null/.test(text) ? planned({ VVDS }) : planned({}, [stop])
  );
  expect(model.plan?.ok).toBe(false);
  expect(screen.getByLabelText('VVDS flag 77 becomes')).toBeTruthy();
  expect(screen.queryByText('no rules')).toBeNull();
});

it('adds up a survey that stands in two inputs', () => {
  const [plan] = planned({ VVDS }).steps;
  const details = { inputs: { a: { surveys: { VVDS } }, b: { surveys: { VVDS } } } };
  const [one] = surveysOf([{ ...plan, report: { ...plan.report!, details } }]);
  expect([one.rows, one.inputs, one.values[0].rows]).toEqual([1922, ['a', 'b'], 16]);
});

it('keeps rules that a person wrote', () => {
  const text = RECIPE.replace(
    '{rules: default}   # of everybody',
    '\n      surveys:\n        vvds:   # as in our paper\n          also:\n            - {when: z_flag=9, is: 3, meaning: good line}\n'
  );
  const edited = setFlag(text, 0, survey(VVDS), '9', 1);
  expect(edited).toContain('# as in our paper');
  expect(own(edited)).toEqual({ vvds: { also: [{ when: 'z_flag=9', is: 1, meaning: 'good line' }] } });
  const more = setFlag(edited, 0, survey(VVDS), null, 0);
  expect(own(dropFlag(more, 0, survey(VVDS), '9'))).toEqual({
    vvds: { also: [{ when: 'z_flag IS NULL', is: 0 }] }
  });
});

it('takes the short forms of the step', () => {
  for (const [short, rules] of [
    ['homogenize', undefined],
    ['homogenize: pz-server', 'pz-server']
  ]) {
    const text = RECIPE.replace('homogenize: {rules: default}', short!);
    const edited = read(setFlag(text, 0, survey(VVDS), '9', 3));
    const value = edited.ok && (edited.value.steps[0].value as Record<string, unknown>);
    expect(value).toEqual({
      ...(rules ? { rules } : {}),
      surveys: { VVDS: { also: [{ when: 'z_flag = 9', is: 3, meaning: 'one line' }] } }
    });
  }
  const typed = setType(RECIPE, 0, survey(VVDS, 'NEWS', new Set(['NEWS'])), 'p');
  expect(own(typed)).toEqual({ NEWS: { flag: [], type: 'p' } });
});

it('goes on with the rules of a survey that only the recipe has', () => {
  const letters = { rows: 9, pack: 'recipe', values: [{ flag: 'A', rows: 9, is: null, rule: null }] };
  const fresh = survey(letters, 'NEWS', new Set(['NEWS']));
  const typed = setType(RECIPE, 0, fresh, 'p');
  const one = setFlag(typed, 0, survey(letters, 'NEWS'), 'A', 4);
  const both = setFlag(one, 0, survey(letters, 'NEWS'), 'B', 1);
  expect(own(both)).toEqual({
    NEWS: {
      flag: [
        { when: "z_flag = 'A'", is: 4 },
        { when: "z_flag = 'B'", is: 1 }
      ],
      flag_type: 'text',
      type: 'p'
    }
  });
});

it('leaves nothing of a rule that is taken back', () => {
  const bare = RECIPE.replace('homogenize: {rules: default}', 'homogenize');
  const once = setFlag(bare, 0, survey(VVDS), '9', 3);
  expect(dropFlag(once, 0, survey(VVDS), '9')).toBe(bare);
  const letters = { rows: 9, pack: null, values: [{ flag: 'A', rows: 9, is: null, rule: null }] };
  const fresh = survey(letters, 'NEWS', new Set(['NEWS']));
  const ruled = setFlag(RECIPE, 0, fresh, 'A', 4);
  expect(own(ruled)).toMatchObject({ NEWS: { flag: [{ is: 4 }] } });
  expect(dropFlag(ruled, 0, fresh, 'A')).toBe(RECIPE);
});

it('compares letters as text and numbers as numbers', () => {
  expect(whenOf('4.0', false)).toBe('z_flag = 4');
  expect(whenOf("O'K", true)).toBe("z_flag = 'O''K'");
  expect(whenOf('3', true)).toBe("z_flag = '3'");
});
