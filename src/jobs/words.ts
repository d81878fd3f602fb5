import type { TranslationBundle } from '@jupyterlab/translation';

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

/** Milliseconds that a job has taken; null before it started. */
export function elapsed(job: Pick<IJob, 'started' | 'ended'>, now = Date.now()): number | null {
  const start = Date.parse(job.started ?? '');
  const end = job.ended ? Date.parse(job.ended) : now;
  return Number.isNaN(start) ? null : Math.max(0, end - start);
}

/** `42 s, about 30 s left`. */
export function timeWords(job: IJob, trans: TranslationBundle, now = Date.now()): string {
  const spent = elapsed(job, now);
  if (spent === null) {
    return '';
  }
  const { fraction } = job;
  if (!isActive(job) || fraction === null || fraction < 0.05 || spent < 3000) {
    return formatSpan(spent);
  }
  const left = (spent * (1 - fraction)) / fraction;
  return trans.__('%1, about %2 left', formatSpan(spent), formatSpan(left));
}
