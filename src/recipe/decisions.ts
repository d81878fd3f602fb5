/** Decisions about rows that a person made, as the step combine keeps them: `- {prefer: "123", reason: ...}`. */
import { type IStep, read, setIn, setStep } from './document';
import { isRecord } from './values';

export interface IDecision {
  readonly kind: 'prefer' | 'exclude';
  /** int64 as text. */
  readonly rowId: string;
  readonly reason: string;
}

export interface IWrittenDecision {
  readonly prefer?: string | number | bigint | null;
  readonly exclude?: string | number | bigint | null;
  readonly reason?: string;
}

export function kindOf(decision: IWrittenDecision): IDecision['kind'] {
  return decision.exclude === undefined || decision.exclude === null ? 'prefer' : 'exclude';
}

export function rowOf(decision: IWrittenDecision): string {
  return String(decision.prefer ?? decision.exclude ?? '');
}

/** As the recipe writes it. */
export function written({ kind, rowId, reason }: IDecision): IWrittenDecision {
  return { [kind]: rowId, reason };
}

/**
 * The recipe's text with a decision in its first step combine, in place of an earlier one about the same row.
 *
 * Throws in words where the text can't be read or has no such step.
 */
export function addDecision(text: string, decision: IDecision): string {
  const reading = read(text);
  if (!reading.ok) {
    throw new Error(`Line ${reading.trouble.line}: ${reading.trouble.message}`);
  }
  const { steps } = reading.value;
  const index = steps.findIndex(step => step.op === 'combine');
  if (index < 0) {
    throw new Error('The recipe has no step "combine": a decision about a measurement belongs there.');
  }
  const step: IStep = steps[index];
  const one = written(decision);
  if (!isRecord(step.value)) {
    return setStep(text, index, { op: step.op, value: { decisions: [one] } });
  }
  const path = ['steps', index, step.op, 'decisions'];
  const decisions = Array.isArray(step.value.decisions) ? (step.value.decisions as IWrittenDecision[]) : [];
  const place = decisions.findIndex(was => rowOf(was) === decision.rowId);
  const earlier = decisions.filter((was, other) => other !== place && rowOf(was) === decision.rowId);
  if (place >= 0 && earlier.length === 0) {
    return setIn(text, [...path, place], one);
  }
  return setIn(text, path, [...decisions.filter(was => rowOf(was) !== decision.rowId), one]);
}
