import type { JobState } from '../tokens';

/** Whether a job is going on. */
export function isActive(job: { readonly state: JobState }): boolean {
  return job.state === 'pending' || job.state === 'running' || job.state === 'stopping';
}
