import { KernelRecipes } from '../kernelRecipes';
import { KernelText } from '../kernelText';
import { type IQuestion, Questions } from '../questions';

function kernel() {
  const asked: IQuestion[] = [];
  const questions = new Questions({ live: true, send: question => asked.push(question) });
  const recipes = new KernelRecipes(questions);
  const last = () => asked[asked.length - 1];
  return { asked, questions, recipes, last };
}

const RECIPE = { text: 'format: tsm-recipe/1', path: 'a.tsm.yaml' };

it('asks the kernel to plan and run the text as it stands', async () => {
  const { recipes, questions, last } = kernel();
  const plan = recipes.plan(RECIPE);
  expect(last()).toMatchObject({ method: 'plan', args: { text: RECIPE.text } });
  questions.receive({ id: last().id, ok: true, part: 0, of: 1, result: { ok: true } });
  await expect(plan).resolves.toEqual({ ok: true });
  const run = recipes.run(RECIPE);
  expect(last().method).toBe('run');
  const error = { message: 'Line 3: no.', remedy: 'Write it.', where: 'line 3' };
  questions.receive({ id: last().id, ok: false, error });
  await expect(run).rejects.toMatchObject(error);
});

it('reads an answer that is too large for one message from its bytes', async () => {
  const { recipes, questions, last } = kernel();
  const plan = recipes.plan(RECIPE);
  const { id } = last();
  const bytes = new TextEncoder().encode('{"name": "VÉGA"}');
  questions.receive({ id, ok: true, part: 0, of: 2, result: { in_body: true } }, [bytes.slice(0, 12)]);
  questions.receive({ id, ok: true, part: 1, of: 2 }, [bytes.slice(12)]);
  await expect(plan).resolves.toEqual({ name: 'VÉGA' });
});

it('looks at the tables of a run by their path, without telling of others', async () => {
  const { recipes, questions, last } = kernel();
  const columns = recipes.table('/out/a.parquet').columns(['z']);
  expect(last()).toMatchObject({
    method: 'table',
    args: { path: '/out/a.parquet', method: 'columns', args: { names: ['z'] } }
  });
  questions.receive({ id: last().id, ok: true, part: 0, of: 1, result: {} }, [new Uint8Array([1, 2])]);
  await expect(columns).resolves.toEqual(new Uint8Array([1, 2]));
});

it('tells each edit once, and none that the kernel brought', () => {
  const told: string[] = [];
  const text = new KernelText(one => told.push(one));
  let changes = 0;
  text.changed.connect(() => (changes += 1));
  text.take('a', '/data/a.tsm.yaml');
  text.text = 'b';
  text.text = 'b';
  text.take('b');
  expect({ told, changes, path: text.path, text: text.text }).toEqual({
    told: ['b'],
    changes: 2,
    path: '/data/a.tsm.yaml',
    text: 'b'
  });
});

it('knows which questions are its own', () => {
  const [one, other] = [kernel(), kernel()];
  void one.recipes.operations();
  expect(one.questions.isOwn(one.last().id)).toBe(true);
  expect(other.questions.isOwn(one.last().id)).toBe(false);
});
