/** What is said when jobs have ended, and the texts that its actions give. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IRun } from '../recipe/backend';
import type { IJob } from '../tokens';
import { formatCount } from '../ui/format';

export interface INews {
  readonly message: string;
  readonly kind: 'success' | 'error' | 'info';
}

/** JupyterLab cuts longer messages. */
const LONGEST = 140;

/** More ends than this are told in one message. */
export const FEW = 2;

/** The end of one job. */
export function newsOf(job: IJob, trans: TranslationBundle): INews {
  const { name, registered, rows } = job;
  if (job.state === 'failed') {
    const why = job.trouble?.message ?? '';
    return {
      kind: 'error',
      message: cut(why ? trans.__('%1 failed: %2', name, why) : trans.__('%1 failed.', name))
    };
  }
  const count = rows === null || rows === undefined ? '' : formatCount(rows);
  const message = !count
    ? trans.__('%1 is done.', name)
    : !registered
      ? trans.__('%1 is done: %2 rows.', name, count)
      : trans.__('%1 is done: %2 rows, registered as %3 (%4).', name, count, registered.name, registered.id);
  return { kind: 'success', message: cut(message) };
}

/** The ends of many. */
export function summaryOf(jobs: readonly IJob[], trans: TranslationBundle): INews {
  const failed = jobs.filter(job => job.state === 'failed').length;
  const done = jobs.length - failed;
  const message =
    failed === 0
      ? trans._n('%1 run is done.', '%1 runs are done.', done)
      : trans.__('%1 runs have ended: %2 done, %3 failed.', jobs.length, done, failed);
  return { kind: failed > 0 ? 'error' : 'success', message };
}

/** Python that reads what a run made; from the bundle, which needs no server. */
export function pythonOf(run: IRun): string {
  const [table] = run.result?.tables ?? [];
  const { product } = run;
  return [
    'import pz_tsm',
    '',
    ...(product ? [`# registered on this machine as product ${product.id}, ${product.name}`] : []),
    `table = pz_tsm.read(${JSON.stringify(table?.path ?? run.bundle ?? '')})`,
    'pz_tsm.explore(table)',
    ''
  ].join('\n');
}

/** Whom to cite for what a run made, one a line. */
export function citationsOf(run: IRun): string {
  return (run.result?.citations ?? []).join('\n');
}

function cut(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}
