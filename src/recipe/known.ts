/** Names that a form may offer: surveys and columns that the plan has seen, then those known anywhere. */
import type { IPlan } from './backend';
import type { RecipeModel } from './model';
import { isRecord } from './values';

/** Surveys of the user's data first. */
export function namesOf(model: RecipeModel): { surveys: string[]; columns: string[] } {
  const plan = model.plan;
  const named = Object.values(model.value.inputs)
    .map(input => input.survey)
    .filter((name): name is string => typeof name === 'string')
    .map(name => name.toUpperCase());
  return {
    surveys: unique([...surveysOf(plan), ...named], model.operations?.surveys ?? []),
    columns: unique(
      (plan?.columns ?? []).map(column => column.name),
      (plan?.inputs ?? []).flatMap(input => input.columns.map(column => column.name))
    )
  };
}

/** Surveys that the plan counted rows of. */
function surveysOf(plan: IPlan | null): string[] {
  const found = new Set<string>();
  for (const step of plan?.steps ?? []) {
    const details = step.report?.details ?? {};
    const parts = isRecord(details.inputs) ? Object.values(details.inputs) : [details];
    for (const part of parts) {
      const surveys = isRecord(part) ? (part.surveys ?? part.measured) : null;
      for (const name of isRecord(surveys) ? Object.keys(surveys) : []) {
        found.add(name);
      }
    }
  }
  return [...found].sort();
}

function unique(first: readonly string[], rest: readonly string[]): string[] {
  return [...new Set([...first, ...rest])];
}
