/** @jest-environment jsdom */
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { act, fireEvent, render, screen, within } from '@testing-library/react';
import { useState } from 'react';

import type { IOperations, IPlan, IReport, IRun } from '../backend';
import { RecipeEditor } from '../editor';
import { RecipeModel } from '../model';
import type { IRecipeShell } from '../shell';
import { StepForm } from '../stepForm';

const trans = nullTranslator.load('tsm');

const RECIPE = `format: tsm-recipe/1
name: ecdfs
inputs:
  deep: {from: {file: deep.parquet}, survey: VVDS}
steps:
  - combine: {radius_arcsec: 0.75}
  - split: {parts: {train: 0.7, test: 0.3}}
  - elsewhere: {x: 1}   # from another package
`;

const OPERATIONS: IOperations = {
  ops: [
    {
      name: 'combine',
      title: 'Combine',
      summary: 'One row an object.',
      scope: 'all',
      schema: {
        type: 'object',
        properties: { radius_arcsec: { type: 'number', title: 'Radius (arcsec)', default: 0.75 } }
      }
    },
    {
      name: 'split',
      title: 'Split',
      summary: 'Parts.',
      scope: 'whole',
      schema: {
        type: 'object',
        properties: {
          method: { type: 'string', title: 'Method', default: 'random' },
          parts: {
            type: 'object',
            title: 'Parts',
            additionalProperties: { type: 'number' },
            default: { train: 0.5, other: 0.5 }
          }
        }
      }
    }
  ],
  presets: {},
  split_methods: [],
  rule_packs: [],
  releases: [],
  surveys: []
};

function report(op: string, changes: Partial<IReport>): IReport {
  return {
    op,
    rows_in: 0,
    rows_out: 0,
    dropped: {},
    added: {},
    set_aside: {},
    findings: [],
    details: {},
    ...changes
  };
}

const COMBINED = report('combine', { rows_in: 20000, rows_out: 20000, set_aside: { conflict: 12 } });
const PLAN: IPlan = {
  ok: true,
  inputs: [{ name: 'deep', rows: 20000, columns: [{ name: 'ZFLAGS', type: 'int64' }], findings: [] }],
  steps: [
    {
      index: 0,
      op: 'combine',
      title: 'Combine',
      where: 'memory',
      rows_in: 20000,
      rows_out: 20000,
      estimated: false,
      report: COMBINED,
      findings: [
        {
          level: 'warning',
          message: '12 objects have discordant secure redshifts.',
          remedy: 'They are set aside.'
        }
      ]
    }
  ],
  findings: [],
  columns: []
};

const DONE: IRun = {
  id: 'r',
  recipe: 'ecdfs',
  state: 'done',
  created: '',
  fraction: 1,
  stage: '',
  bundle: 'bundles/ecdfs',
  steps: [
    { index: 0, op: 'combine', state: 'done', fraction: 1, message: '', rows_out: 20000, report: COMBINED }
  ],
  result: {
    parts: [
      { name: 'train', rows: 14013 },
      { name: 'test', rows: 5987 }
    ],
    files: [{ path: 'data/training_set.parquet', bytes: 1234567, sha256: 'ab'.repeat(32) }],
    tables: [],
    accounting: [COMBINED],
    citations: ['Le Fevre et al. 2013, A&A 559, A14']
  }
};

function setUp(run: IRun = DONE, plan: IPlan = PLAN, recipe = RECIPE) {
  const changed = new Signal<object, void>({});
  let text = recipe;
  const holder = {
    path: 'ecdfs.tsm.yaml',
    changed,
    get text() {
      return text;
    },
    set text(value: string) {
      text = value;
      changed.emit();
    }
  };
  const model = new RecipeModel({
    holder,
    rest: 1e6,
    wait: async () => undefined,
    backend: {
      operations: async () => OPERATIONS,
      plan: async () => plan,
      run: async () => run,
      status: async () => run,
      stop: async () => run,
      verify: async () => ({
        ok: false,
        problems: [{ code: 'E8', message: 'data/training_set.parquet was changed.' }],
        warnings: [{ code: 'W2', message: 'The target has no rows in two cells.' }],
        checked: []
      })
    }
  });
  const shell: IRecipeShell = {
    chooseFile: async () => 'data/My Catalogue (v2).fits',
    openTable: jest.fn(),
    openFolder: jest.fn(),
    openSource: jest.fn(),
    copy: jest.fn()
  };
  const Shown = () => {
    const [showText, setShowText] = useState(false);
    return (
      <RecipeEditor
        model={model}
        shell={shell}
        trans={trans}
        text={document.createElement('textarea')}
        showText={showText}
        onShowText={setShowText}
      />
    );
  };
  render(<Shown />);
  return { holder, model, shell };
}

const card = (name: RegExp) => screen.getByRole('button', { name }).closest('li')!;

it('shows the recipe with the plan: rows by step, what was found, and what to do', async () => {
  const { model } = setUp();
  await act(() => model.load());
  expect(screen.getByText('20,000 rows')).toBeTruthy();
  expect(within(card(/1\s*Combine/)).getByText('20,000')).toBeTruthy();
  expect(screen.getByText('12 objects have discordant secure redshifts.')).toBeTruthy();
  expect(screen.getByText('They are set aside.')).toBeTruthy();
  expect(screen.getByText('Rows: ○ kept, set aside')).toBeTruthy();
});

it('writes a parameter that the form changed, and nothing else', async () => {
  const { holder, model } = setUp();
  await act(() => model.load());
  fireEvent.click(screen.getByRole('button', { name: /1\s*Combine/ }));
  fireEvent.change(screen.getByLabelText('Radius (arcsec)'), { target: { value: '0.5' } });
  expect(holder.text).toBe(RECIPE.replace('radius_arcsec: 0.75', 'radius_arcsec: 0.5'));
});

it('shows choices in words, and writes them as recipes spell them', () => {
  const onChange = jest.fn();
  const properties = {
    conflicts: { type: 'string', enum: ['best', 'set_aside'], title: 'Conflicts', default: 'best' }
  };
  render(
    <StepForm
      operation={{ ...OPERATIONS.ops[0], schema: { type: 'object', properties } }}
      step={{ op: 'combine', value: null }}
      readOnly={false}
      presets={{}}
      trans={trans}
      onChange={onChange}
    />
  );
  const choice = screen.getByLabelText<HTMLSelectElement>('Conflicts');
  const words = within(choice).getByRole<HTMLOptionElement>('option', { name: 'set aside' });
  fireEvent.change(choice, { target: { value: words.value } });
  expect(onChange).toHaveBeenCalledWith({ conflicts: 'set_aside' });
});

it('leaves the recipe as it is when a form is only opened', async () => {
  const { holder, model } = setUp();
  await act(() => model.load());
  fireEvent.click(screen.getByRole('button', { name: /2\s*Split/ }));
  expect((screen.getByLabelText('Method') as HTMLInputElement).value).toBe('random');
  expect(screen.getAllByText('Method')).toHaveLength(1);
  fireEvent.click(screen.getByRole('button', { name: /1\s*Combine/ }));
  expect(holder.text).toBe(RECIPE);
});

it('says what the proportions sum to while they do not close', async () => {
  const { holder, model } = setUp();
  await act(() => model.load());
  fireEvent.click(screen.getByRole('button', { name: /2\s*Split/ }));
  fireEvent.change(screen.getByLabelText('Proportion of test'), { target: { value: '0.2' } });
  expect(holder.text).toContain('test: 0.2');
  expect(screen.getByText(/sum to 0.9; they must sum to 1/)).toBeTruthy();
});

it('shows a step of an operation that is not known here as text', async () => {
  const { model } = setUp();
  await act(() => model.load());
  fireEvent.click(screen.getByRole('button', { name: /3\s*elsewhere/ }));
  expect((screen.getByLabelText('Parameters of elsewhere') as HTMLTextAreaElement).value).toBe('{x: 1}');
});

it('adds a file as an input with a name of its own', async () => {
  const { holder, model } = setUp();
  await act(() => model.load());
  await act(async () => void fireEvent.click(screen.getByRole('button', { name: 'Add a file' })));
  expect(holder.text).toContain('  my_catalogue_v2: {from: {file: data/My Catalogue (v2).fits}}');
});

it('says what to do first when the recipe is empty', async () => {
  const { model } = setUp(DONE, PLAN, 'format: tsm-recipe/1\n');
  await act(() => model.load());
  expect(screen.getByText('A training set starts with a catalogue of redshifts')).toBeTruthy();
});

it('names the line of text that can not be read and keeps the form, read-only', async () => {
  const { holder, model } = setUp();
  await act(() => model.load());
  act(() => void (holder.text = RECIPE + 'steps: [\n'));
  expect(screen.getByRole('alert').textContent).toMatch(/Line \d+/);
  expect((screen.getByLabelText('Add a step') as HTMLSelectElement).disabled).toBe(true);
});

it('shows the result: parts, accounting, files, citations; and what verification found', async () => {
  const { model } = setUp();
  await act(() => model.load());
  await act(() => model.start());
  expect(screen.getByText(/14,013 · 70.1 %/)).toBeTruthy();
  expect(screen.getByText('data/training_set.parquet')).toBeTruthy();
  expect(screen.getByText('Le Fevre et al. 2013, A&A 559, A14')).toBeTruthy();
  await act(async () => void fireEvent.click(screen.getByRole('button', { name: 'Verify' })));
  expect(screen.getByText('data/training_set.parquet was changed.')).toBeTruthy();
  expect(screen.getByText('The target has no rows in two cells.')).toBeTruthy();
});

it('says whether a replayed bundle has the rows that its lock names', async () => {
  const replay = [{ level: 'note' as const, message: 'A replay: the rows are those that the lock names.' }];
  const { model } = setUp({ ...DONE, result: { ...DONE.result!, replay } });
  await act(() => model.load());
  await act(() => model.start());
  expect(screen.getByText(replay[0].message)).toBeTruthy();
});

it('shows why a run failed and what to do', async () => {
  const failed: IRun = {
    ...DONE,
    state: 'failed',
    result: null,
    error: { message: "Survey 'VVDX' has no rules.", remedy: 'Did you mean VVDS?' }
  };
  const { model } = setUp(failed);
  await act(() => model.load());
  await act(() => model.start());
  expect(screen.getByText("Survey 'VVDX' has no rules.")).toBeTruthy();
  expect(screen.getByText('Did you mean VVDS?')).toBeTruthy();
});

it('says what a fix changed, and takes it back', async () => {
  const label = 'Only secure galaxies may win (secure_galaxy)';
  const edits = [{ op: 'set' as const, path: ['steps', 0, 'combine', 'eligible'], value: 'secure_galaxy' }];
  const findings = [{ level: 'warning' as const, message: 'Stars may win.', fixes: [{ label, edits }] }];
  const { holder, model } = setUp(DONE, { ...PLAN, steps: [{ ...PLAN.steps[0], findings }] });
  await act(() => model.load());
  await act(async () => void fireEvent.click(screen.getByRole('button', { name: label })));
  expect(holder.text).toContain('eligible: secure_galaxy');
  expect(screen.getByText(/The recipe was changed/).textContent).toContain(label);
  await act(async () => void fireEvent.click(screen.getByRole('button', { name: 'Undo' })));
  expect(holder.text).toBe(RECIPE);
  expect(screen.queryByText(/The recipe was changed/)).toBeNull();
});

it('says what was found once, also when its step is looked at', async () => {
  const { model } = setUp();
  await act(() => model.load());
  act(() => void (model.focus = 0));
  expect(screen.getByText('Step 1: Combine')).toBeTruthy();
  expect(screen.getAllByText('12 objects have discordant secure redshifts.')).toHaveLength(1);
});

it('leads from the result to all measurements and their conflicts', async () => {
  const details = { groups: 15000, conflicts_total: 1200, conflicts: [] };
  const steps = [{ ...DONE.steps[0], report: { ...COMBINED, details } }];
  const tables = ['training_set', 'measurements'].map(name => ({ name, path: `b/data/${name}.parquet` }));
  const { model, shell } = setUp({ ...DONE, steps, result: { ...DONE.result!, tables } });
  (shell.openSource as jest.Mock).mockReturnValue({
    info: () => new Promise(() => undefined),
    dispose: () => undefined
  });
  await act(() => model.load());
  await act(() => model.start());
  fireEvent.click(screen.getByRole('button', { name: 'Open all measurements (1,200 conflicts)' }));
  expect(shell.openTable).toHaveBeenCalledWith('b/data/measurements.parquet');
});
