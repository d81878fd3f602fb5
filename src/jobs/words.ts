import type { TranslationBundle } from '@jupyterlab/translation';

import { amountWords, queueWords, registeredWords, shortAmount } from '../recipe/progress';
import type { IJob } from '../tokens';
import { formatSpan } from '../ui/time';
import { isActive } from './active';

/** The state of a job in a word or two. */
export function stateWords(job: Pick<IJob, 'state' | 'fraction'>, trans: TranslationBundle): string {
  switch (job.state) {
    case 'pending':
      return trans.__('waiting');
    case 'running':
      return job.fraction === null ? trans.__('running') : `${Math.floor(100 * job.fraction)} %`;
    case 'stopping':
      return trans.__('stopping');
    case 'stopped':
      return trans.__('stopped');
    case 'done':
      return trans.__('done');
    case 'failed':
      return trans.__('failed');
  }
}

/** What a job does now: its step, with the amount where it is told; its place while it waits. */
export function stageWords(job: IJob, trans: TranslationBundle, words = amountWords): string {
  if (job.state === 'pending') {
    return queueWords(job.position, trans);
  }
  return job.amount ? `${job.stage.split(':')[0]}: ${words(job.amount, trans)}` : job.stage;
}

/** Milliseconds that a job has taken; null before it started. */
export function elapsed(job: Pick<IJob, 'started' | 'ended'>, now = Date.now()): number | null {
  const start = Date.parse(job.started ?? '');
  const end = job.ended ? Date.parse(job.ended) : now;
  return Number.isNaN(start) ? null : Math.max(0, end - start);
}

/** Milliseconds until a job ends, as far as anybody can tell; of the running step where that tells itself. */
export function left(job: IJob, now = Date.now()): number | null {
  if (job.state !== 'running') {
    return null;
  }
  if (job.secondsLeft !== null && job.secondsLeft !== undefined) {
    return 1000 * job.secondsLeft;
  }
  const spent = elapsed(job, now);
  const { fraction } = job;
  if (spent === null || fraction === null || fraction < 0.05 || spent < 3000) {
    return null;
  }
  return (spent * (1 - fraction)) / fraction;
}

/** `42 s, about 30 s left`. */
export function timeWords(job: IJob, trans: TranslationBundle, now = Date.now()): string {
  const spent = elapsed(job, now);
  if (spent === null) {
    return '';
  }
  const rest = left(job, now);
  if (rest === null) {
    return formatSpan(spent);
  }
  return job.secondsLeft === null || job.secondsLeft === undefined
    ? trans.__('%1, about %2 left', formatSpan(spent), formatSpan(rest))
    : trans.__('%1, about %2 left in this step', formatSpan(spent), formatSpan(rest));
}

/** What the sidebar says under a job's name; empty if there is nothing to say. */
export function lineWords(job: IJob, trans: TranslationBundle): string {
  if (isActive(job)) {
    return stageWords(job, trans, shortAmount) || trans.__('starting');
  }
  switch (job.state) {
    case 'failed':
      return job.trouble?.message ?? '';
    case 'stopped':
      return job.resumable ? trans.__('Its partial work is kept.') : '';
    default:
      return job.registered ? registeredWords(job.registered, trans) : '';
  }
}
