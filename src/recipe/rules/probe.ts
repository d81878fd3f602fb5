/**
 * The flags of a step homogenize that can't run as it stands: an unmapped value, a survey without rules.
 *
 * The plan stops there, as it must. A second one, of the same inputs with these made lenient, tells what is there.
 */
import { flow, type IRecipeValue } from '../document';
import type { IPlan, IPlanStep } from '../backend';
import { isRecord } from '../values';

export interface IProbe {
  readonly steps: readonly IPlanStep[];
  /** Surveys that no pack knows. */
  readonly without: ReadonlySet<string>;
}

const TRIES = 12;

export async function probe(
  value: IRecipeValue,
  index: number,
  plan: (text: string) => Promise<IPlan>
): Promise<IProbe | null> {
  const without = new Set<string>();
  for (let turn = 0; turn < TRIES; turn++) {
    const steps = (await plan(lenient(value, index, without))).steps.filter(
      step => step.index === index && !step.input
    );
    const errors = steps.flatMap(step => step.findings).filter(finding => finding.level === 'error');
    const fresh = errors
      .map(finding => finding.where)
      .filter((where): where is string => !!where && where === where.toUpperCase() && !without.has(where));
    if (errors.length === 0 || fresh.length === 0) {
      return steps.some(step => step.report) ? { steps, without } : null;
    }
    fresh.forEach(name => without.add(name));
  }
  return null;
}

/** The recipe up to that step, which lets every flag pass. */
export function lenient(value: IRecipeValue, index: number, without: ReadonlySet<string>): string {
  const { op, value: given } = value.steps[index];
  const said = isRecord(given)
    ? given
    : typeof given === 'string' || Array.isArray(given)
      ? { rules: given }
      : {};
  const own = isRecord(said.surveys) ? said.surveys : {};
  const surveys = { ...Object.fromEntries([...without].map(name => [name, { flag: [] }])), ...own };
  const steps = [
    ...value.steps.slice(0, index).map(step => ({ [step.op]: step.value })),
    { [op]: { ...said, unmapped: 'null', surveys } }
  ];
  return flow({ format: value.format ?? 'tsm-recipe/1', seed: value.seed ?? 0, inputs: value.inputs, steps });
}
