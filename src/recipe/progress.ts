import type { TranslationBundle } from '@jupyterlab/translation';

import { formatCount } from '../ui/format';
import { formatSpan } from '../ui/time';
import type { IRun, IRunStep } from './backend';

type Amount = NonNullable<IRunStep['amount']>;

/** `12 of 48 partitions, 102,331 rows so far`. */
export function amountWords({ done, total, unit, rows }: Amount, trans: TranslationBundle): string {
  const parts = trans.__('%1 of %2 %3', formatCount(done), formatCount(total), unit);
  return rows === null || rows === undefined
    ? parts
    : trans.__('%1, %2 rows so far', parts, formatCount(rows));
}

/** `3/12 partitions, 41,200 rows`, for narrow places. */
export function shortAmount({ done, total, unit, rows }: Amount, trans: TranslationBundle): string {
  const parts = trans.__('%1/%2 %3', formatCount(done), formatCount(total), unit);
  return rows === null || rows === undefined ? parts : trans.__('%1, %2 rows', parts, formatCount(rows));
}

/** What a step says beside its state: how far it is, or how much it was. */
export function messageOf(step: IRunStep, trans: TranslationBundle): string {
  const { amount, state, message } = step;
  if (!amount) {
    return message;
  }
  return state === 'done'
    ? trans.__('%1 %2', formatCount(amount.total), amount.unit)
    : amountWords(amount, trans);
}

/** The place of what waits: 1 comes next. */
export function queueWords(position: number | null | undefined, trans: TranslationBundle): string {
  return !position
    ? trans.__('waiting for its turn')
    : position === 1
      ? trans.__('waiting, comes next')
      : trans.__('waiting, number %1 in the queue', formatCount(position));
}

/** Amount, time left and place of the step that is being run; empty where it tells nothing. */
export function stepWords(run: IRun, trans: TranslationBundle): string {
  const amount = run.steps.find(step => step.state === 'running' && step.amount)?.amount;
  const left = run.seconds_left ?? amount?.seconds_left;
  return [
    amount && amountWords(amount, trans),
    run.state === 'running' && typeof left === 'number'
      ? trans.__('about %1 left in this step', formatSpan(1000 * left))
      : '',
    amount && run.where
  ]
    .filter(Boolean)
    .join(' · ');
}

/** `Registered as mock (12)`. */
export function registeredWords(product: { name: string; id: number }, trans: TranslationBundle): string {
  return trans.__('Registered as %1 (%2)', product.name, product.id);
}
