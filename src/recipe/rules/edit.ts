/** Rules of a recipe's own: what a value of a survey's flag becomes, written into the step homogenize. */
import { type IRecipeValue, type IStep, read, removeIn, setIn, setStep } from '../document';
import { isRecord } from '../values';
import { type ISurvey, isNumber } from './summary';

interface IRule {
  readonly when?: unknown;
  readonly is?: unknown;
  readonly meaning?: string;
}

/** What a survey whose rules are all in the recipe has because of them. */
const RULES = ['flag', 'flag_type', 'type'];

/** The condition under which a row has that original flag. */
export function whenOf(flag: string | null, text: boolean): string {
  if (flag === null) {
    return 'z_flag IS NULL';
  }
  return !text && isNumber(flag) ? `z_flag = ${Number(flag)}` : `z_flag = '${flag.replace(/'/g, "''")}'`;
}

/** What the recipe itself makes of that flag; undefined: it says nothing of it. */
export function ownRule(step: IStep, survey: ISurvey, flag: string | null): IRule | undefined {
  return place(step, survey.name, whenOf(flag, survey.text))?.rule;
}

/** The instrument type of a survey whose rules are all in the recipe; null: they are not. */
export function ownType(step: IStep, survey: ISurvey): string | null {
  const own = ownOf(step, survey.name);
  return Array.isArray(own?.flag) ? (typeof own.type === 'string' ? own.type : 's') : null;
}

/** The text with a rule for one value: in place of the recipe's own, else after those of the pack. */
export function setFlag(
  text: string,
  index: number,
  survey: ISurvey,
  flag: string | null,
  is: number | null
): string {
  const step = stepAt(text, index);
  const when = whenOf(flag, survey.text);
  // the survey's words stay with the flag: what it becomes is the recipe's, what it means is not
  const meanings = new Set(survey.values.filter(one => one.flag === flag).map(one => one.meaning));
  const [meaning] = meanings;
  const rule: IRule = meanings.size === 1 && meaning ? { when, is, meaning } : { when, is };
  const known = place(step, survey.name, when);
  if (known) {
    return setIn(text, [...known.path(index), known.at], { ...known.rule, is });
  }
  const own = ownOf(step, survey.name);
  const whole = Array.isArray(own?.flag) && !own.also; // the recipe has all rules of the survey
  const list = survey.pack === null || whole ? 'flag' : 'also';
  const kind = list === 'flag' && survey.text && own?.flag_type === undefined;
  return written(text, index, step, survey.name, {
    ...(kind ? { flag_type: 'text' } : {}),
    [list]: [...listed(step, survey.name, list), rule]
  });
}

/** The text with the instrument type of a survey that no pack knows. */
export function setType(text: string, index: number, survey: ISurvey, type: 's' | 'g' | 'p'): string {
  const step = stepAt(text, index);
  const rules = listed(step, survey.name, 'flag');
  return written(text, index, step, survey.name, { flag: rules, type });
}

/** The text without the recipe's own rule for a value: what the pack says holds again. */
export function dropFlag(text: string, index: number, survey: ISurvey, flag: string | null): string {
  const step = stepAt(text, index);
  const known = place(step, survey.name, whenOf(flag, survey.text));
  if (!known) {
    return text;
  }
  let path: (string | number)[] = [...known.path(index), known.at];
  let holder: unknown = known.list;
  const parents: unknown[] = [known.own, known.surveys, step.value, null];
  // what would be left empty goes too, and what only says how the rules are to be read
  while (size(holder) === 1 || (holder === known.own && onlyRules(holder))) {
    path = path.slice(0, -1);
    holder = parents.shift();
  }
  if (path.length <= 3) {
    return setStep(text, index, { op: step.op, value: null });
  }
  return removeIn(text, path);
}

function stepAt(text: string, index: number): IStep {
  const reading = read(text);
  if (!reading.ok) {
    throw new Error(`Line ${reading.trouble.line}: ${reading.trouble.message}`);
  }
  return (reading.value as IRecipeValue).steps[index];
}

function written(
  text: string,
  index: number,
  step: IStep,
  survey: string,
  keys: Record<string, unknown>
): string {
  if (!isRecord(step.value)) {
    const rules = typeof step.value === 'string' || Array.isArray(step.value) ? { rules: step.value } : {};
    return setStep(text, index, { op: step.op, value: { ...rules, surveys: { [survey]: keys } } });
  }
  const name = keyOf(step, survey);
  if (!isRecord(ownOf(step, survey))) {
    return setIn(text, ['steps', index, step.op, 'surveys', name], keys);
  }
  return Object.entries(keys).reduce(
    (result, [key, value]) => setIn(result, ['steps', index, step.op, 'surveys', name, key], value),
    text
  );
}

function place(step: IStep, survey: string, when: string) {
  const own = ownOf(step, survey);
  for (const list of ['also', 'flag'] as const) {
    const rules = listed(step, survey, list);
    const at = rules.map(rule => same(rule.when, when)).lastIndexOf(true);
    if (at >= 0) {
      const path = (index: number) => ['steps', index, step.op, 'surveys', keyOf(step, survey), list];
      const surveys = (step.value as Record<string, unknown>).surveys;
      return { path, at, rule: rules[at], list: rules, own, surveys };
    }
  }
  return undefined;
}

function listed(step: IStep, survey: string, list: 'also' | 'flag'): IRule[] {
  const rules = ownOf(step, survey)?.[list];
  return Array.isArray(rules) ? rules.filter(isRecord) : [];
}

function ownOf(step: IStep, survey: string): Record<string, unknown> | undefined {
  const surveys = isRecord(step.value) && isRecord(step.value.surveys) ? step.value.surveys : {};
  const own = surveys[keyOf(step, survey)];
  return isRecord(own) ? own : undefined;
}

/** The survey as the recipe spells it. */
function keyOf(step: IStep, survey: string): string {
  const surveys = isRecord(step.value) && isRecord(step.value.surveys) ? step.value.surveys : {};
  return Object.keys(surveys).find(name => name.toUpperCase() === survey.toUpperCase()) ?? survey;
}

function same(a: unknown, b: string): boolean {
  // what stands in quotes is the flag itself: 'a' is not 'A'
  const words = (text: string) =>
    text
      .split(/('(?:[^']|'')*')/)
      .map((part, i) => (i % 2 ? part : part.replace(/\s+/g, '').toLowerCase()))
      .join('');
  return typeof a === 'string' && words(a) === words(b);
}

function onlyRules(own: unknown): boolean {
  return isRecord(own) && 'flag' in own && Object.keys(own).every(key => RULES.includes(key));
}

function size(value: unknown): number {
  return Array.isArray(value) ? value.length : isRecord(value) ? Object.keys(value).length : 0;
}
