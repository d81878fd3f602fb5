import type { IRunningSessionManagers, IRunningSessions } from '@jupyterlab/running';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import { isActive, type JobsModel } from '../jobs';
import type { IJob } from '../tokens';
import { jobIcon } from './icons';

/** Jobs that are going on, among JupyterLab's running kernels and terminals. */
export function addRunning(
  managers: IRunningSessionManagers,
  jobs: JobsModel,
  trans: TranslationBundle,
  open: (job: IJob) => void
): void {
  const changed = new Signal<object, void>(jobs);
  jobs.changed.connect(() => changed.emit());
  const going = () => jobs.jobs.filter(isActive);
  managers.add({
    name: trans.__('Training set jobs'),
    running: (): IRunningSessions.IRunningItem[] =>
      going().map(job => ({
        icon: () => jobIcon,
        label: () => job.name,
        labelTitle: () => job.stage,
        open: () => open(job),
        shutdown: job.canStop ? () => void jobs.stop(job.key).catch(() => undefined) : undefined
      })),
    refreshRunning: () => void jobs.refresh(),
    runningChanged: changed,
    shutdownAll: () =>
      going()
        .filter(job => job.canStop)
        .forEach(job => void jobs.stop(job.key).catch(() => undefined)),
    shutdownLabel: trans.__('Stop'),
    shutdownAllLabel: trans.__('Stop all'),
    shutdownAllConfirmationText: trans.__('Stop all jobs that are yours? Their partial results are removed.')
  });
}
