import { Signal } from '@lumino/signaling';

import type { IOperations, IPlan, IRecipeBackend, IRun } from '../backend';
import { setIn } from '../document';
import { RecipeModel } from '../model';

const RECIPE = 'format: tsm-recipe/1\nname: mock\ninputs: {}\nsteps:\n  - photometry\n';

class Holder {
  readonly path = 'mock.tsm.yaml';
  readonly changed = new Signal<this, void>(this);
  saved = 0;
  private _text = RECIPE;
  get text() {
    return this._text;
  }
  set text(text: string) {
    this._text = text;
    this.changed.emit();
  }
  async save() {
    this.saved += 1;
  }
}

const PLAN: IPlan = { ok: true, inputs: [], steps: [], findings: [], columns: [] };
const OPERATIONS: IOperations = {
  ops: [],
  presets: {},
  split_methods: [],
  rule_packs: [],
  releases: [],
  surveys: []
};

function run(state: IRun['state'], fraction: number): IRun {
  return { id: 'r1', recipe: 'mock', state, created: '', fraction, stage: '', steps: [] };
}

function setUp(backend: Partial<IRecipeBackend> = {}) {
  const holder = new Holder();
  const model = new RecipeModel({
    holder,
    rest: 0,
    wait: async () => undefined,
    backend: {
      operations: async () => OPERATIONS,
      plan: async () => PLAN,
      run: async () => run('pending', 0),
      status: async () => run('done', 1),
      stop: async () => run('stopping', 0.5),
      verify: async () => ({ ok: true, problems: [], checked: ['checksums'] }),
      ...backend
    }
  });
  return { holder, model };
}

it('keeps the last good state while the text can not be read, and refuses to edit it', () => {
  const { holder, model } = setUp();
  holder.text = 'name: [mock\n';
  expect(model.syntax?.line).toBeGreaterThan(0);
  expect(model.value.steps).toHaveLength(1);
  model.edit(text => setIn(text, ['name'], 'other'));
  expect(holder.text).toBe('name: [mock\n');
  holder.text = RECIPE.replace('mock', 'mended');
  expect(model.syntax).toBeNull();
  expect(model.value.name).toBe('mended');
});

it('saves before it runs, and follows the run to its end through a failed look', async () => {
  let looks = 0;
  const { holder, model } = setUp({
    status: async () => {
      looks += 1;
      if (looks === 2) {
        throw new Error('away');
      }
      return looks < 4 ? run('running', looks / 4) : { ...run('done', 1), bundle: '/b' };
    }
  });
  await model.start();
  expect(holder.saved).toBe(1);
  expect(looks).toBe(4);
  expect(model.run?.state).toBe('done');
  expect(model.running).toBe(false);
  await model.verify();
  expect(model.verification?.ok).toBe(true);
});

it('shows the words of an engine that is away and recovers', async () => {
  let away = true;
  const { model } = setUp({
    plan: async () => {
      if (away) {
        throw Object.assign(new Error('The engine does not answer.'), { remedy: 'Start it again.' });
      }
      return PLAN;
    }
  });
  await model.makePlan();
  expect(model.trouble).toEqual({ message: 'The engine does not answer.', remedy: 'Start it again.' });
  away = false;
  await model.makePlan();
  expect(model.trouble).toBeNull();
  expect(model.plan).toBe(PLAN);
});

it('says that a plan is of an older text', async () => {
  const { holder, model } = setUp();
  await model.makePlan();
  expect(model.planIsOld).toBe(false);
  holder.text = RECIPE + '  - photometry\n';
  expect(model.planIsOld).toBe(true);
  model.dispose();
});

describe('while a step is looked at', () => {
  const FOCUSED = RECIPE.replace('- photometry', '- combine: {radius_arcsec: 0.5}');
  const radius = (value: number) => (text: string) =>
    setIn(text, ['steps', 0, 'combine', 'radius_arcsec'], value);
  const planned = (text: string): IPlan => ({
    ...PLAN,
    columns: [{ name: text.match(/radius_arcsec: ([\d.]+)/)![1], type: '' }],
    steps: [{ report: {} } as IPlan['steps'][number]]
  });
  const shown = (plan: IPlan | null) => plan?.columns[0]?.name;

  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  function looking() {
    const asked: { text: string; signal: AbortSignal; answer: (plan: IPlan) => void }[] = [];
    const holder = new Holder();
    holder.text = FOCUSED;
    const model = new RecipeModel({
      holder,
      backend: {
        ...{ operations: async () => OPERATIONS, run: async () => run('done', 1) },
        ...{ status: async () => run('done', 1), stop: async () => run('done', 1) },
        verify: async () => ({ ok: true, problems: [], checked: [] }),
        plan: ({ text }, signal) =>
          new Promise(resolve => asked.push({ text, signal: signal!, answer: resolve }))
      }
    });
    return { asked, holder, model };
  }
  const answer = async (one: { text: string; answer: (plan: IPlan) => void }) => {
    one.answer(planned(one.text));
    await jest.advanceTimersByTimeAsync(0);
  };

  it('plans soon after a change of that step, later after one elsewhere', async () => {
    const { asked, model } = looking();
    model.focus = 0;
    model.edit(radius(0.6));
    await jest.advanceTimersByTimeAsync(160);
    expect(asked).toHaveLength(1);
    await answer(asked[0]);
    model.edit(text => setIn(text, ['name'], 'other'));
    await jest.advanceTimersByTimeAsync(500);
    expect(asked).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(200);
    expect(asked).toHaveLength(2);
  });

  it('gives up a plan as soon as its text is gone, and shows only the last one', async () => {
    const { asked, model } = looking();
    model.focus = 0;
    model.edit(radius(0.6));
    await jest.advanceTimersByTimeAsync(160);
    model.edit(radius(0.7));
    expect(asked[0].signal.aborted).toBe(true);
    expect(model.planning).toBe(true);
    model.edit(radius(0.8));
    await jest.advanceTimersByTimeAsync(160);
    expect(asked.map(one => one.text.match(/arcsec: ([\d.]+)/)![1])).toEqual(['0.6', '0.8']);
    await answer(asked[1]);
    await answer(asked[0]);
    expect(shown(model.plan)).toBe('0.8');
    expect(model.planning).toBe(false);
  });

  it('remembers the plan before the edit and the last run that ended well', async () => {
    const { asked, model } = looking();
    model.focus = 0;
    void model.makePlan();
    await answer(asked[0]);
    expect(model.planBefore).toBeNull();
    model.edit(radius(0.6));
    await jest.advanceTimersByTimeAsync(160);
    await answer(asked[1]);
    void model.makePlan();
    await answer(asked[2]);
    expect([shown(model.planBefore), shown(model.plan)]).toEqual(['0.5', '0.6']);
    await model.start();
    expect(model.lastRun?.state).toBe('done');
    await model.adopt(run('failed', 0.2));
    expect(model.lastRun?.state).toBe('done');
    model.dispose();
  });
});
