/** A process in words: its state, its time, why it failed, and what the server says wrongly of it. */
import type { TranslationBundle } from '@jupyterlab/translation';

import { type IProcess, type IProcessDetail, type IProcessLogs, type IProductFile, refusal } from '../../api';
import type { ChipKind } from '../../ui/chip';
import { formatSpan } from '../../ui/time';
import { TSM } from './known';

export function active(status: IProcess['status']): boolean {
  return status === 'Pending' || status === 'Queued' || status === 'Running' || status === 'Stopping';
}

export function stateOf(
  { status, progress, position }: Pick<IProcess, 'status' | 'progress' | 'position'>,
  trans: TranslationBundle
): { readonly kind: ChipKind; readonly label: string } {
  switch (status) {
    case 'Pending':
    case 'Queued':
      return {
        kind: 'busy',
        label: position === null ? trans.__('waiting') : trans.__('waiting, place %1', position)
      };
    case 'Running':
      return {
        kind: 'busy',
        label: progress === null ? trans.__('running') : trans.__('running, %1 %', Math.floor(100 * progress))
      };
    case 'Stopping':
      return { kind: 'busy', label: trans.__('stopping') };
    case 'Stopped':
      return { kind: 'plain', label: trans.__('stopped') };
    case 'Successful':
      return { kind: 'good', label: trans.__('done') };
    case 'Failed':
      return { kind: 'bad', label: trans.__('failed') };
    default:
      return { kind: 'plain', label: String(status) };
  }
}

export function pipelineWords(pipeline: string, trans: TranslationBundle): string {
  return pipeline === TSM
    ? trans.__('Training Set Maker')
    : pipeline.startsWith('combine_redshift')
      ? trans.__('Combine Redshift Catalogs')
      : pipeline.replace(/_/g, ' ');
}

/** How long it took, or has taken; empty before it started. */
export function elapsedWords({ started, ended }: Pick<IProcess, 'started' | 'ended'>, now: number): string {
  const start = Date.parse(started ?? '');
  const end = ended ? Date.parse(ended) : now;
  return Number.isNaN(start) || Number.isNaN(end) ? '' : formatSpan(Math.max(0, end - start));
}

/** Why it failed: what the server notes, else the last line of the log that sounds like a reason. */
export function reasonOf(process: IProcessDetail, log: IProcessLogs | null): string | null {
  if (process.status !== 'Failed') {
    return null;
  }
  if (process.comment?.trim()) {
    return refusal(process.comment.trim()).message;
  }
  const lines = log === null ? [] : `${log.scheduler}\n${log.pipeline}`.split('\n');
  const last = lines
    .reverse()
    .find(line => /error|exception|failed|not found/i.test(line) && !/^\s/.test(line));
  return last?.trim().slice(0, 500) ?? null;
}

/** What a server shows that is not as it is, or that one would take for something else. */
export function notesOf(
  process: IProcessDetail,
  files: readonly IProductFile[] | null,
  trans: TranslationBundle
): string[] {
  const notes: string[] = [];
  if (process.status === 'Failed' && process.started === null && !process.comment) {
    notes.push(
      trans.__(
        'A PZ Server calls a job failed that waits in its queue without a start time: it may still run. This page looks again every minute.'
      )
    );
  }
  if (process.status === 'Failed' && (files?.length ?? 0) > 0) {
    notes.push(trans.__('There are files of its product all the same: look at the log before you use them.'));
  }
  if (process.status === 'Stopped') {
    notes.push(
      trans.__('It was stopped. A PZ Server may show its product as processing for ever: it can be deleted.')
    );
  }
  if (process.inputIds.length > process.inputs.length) {
    notes.push(trans.__('Some of its inputs are not for you to see.'));
  }
  return notes;
}
