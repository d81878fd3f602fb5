import type { TranslationBundle } from '@jupyterlab/translation';
import { refreshIcon, stopIcon } from '@jupyterlab/ui-components';
import { useEffect, useRef, useState } from 'react';

import type { IJob, IJobs } from '../tokens';
import { formatCount } from '../ui/format';
import { useSignal } from '../ui/hooks';
import { formatAgo, formatSpan } from '../ui/time';
import { isActive } from './active';
import { ProgressBar } from './progress';
import { left, lineWords, stateWords } from './words';
import '../../style/panel.css';
import '../../style/panel-lists.css';
import '../../style/jobs.css';

export interface IJobListProps {
  readonly jobs: IJobs;
  readonly trans: TranslationBundle;
  open(job: IJob): void;
  stop(job: IJob): void;
  /** Open the form of a process with what it was run with. */
  again?(job: IJob): void;
}

/** Ended jobs shown before one asks for all. */
const FEW = 5;

/** Jobs, those that are going on first: name, stage, progress, stop. */
export function JobList({ jobs, trans, open, stop, again }: IJobListProps): JSX.Element {
  useSignal(jobs.changed);
  const [all, setAll] = useState(false);
  const active = jobs.jobs.filter(isActive);
  const ended = jobs.jobs.filter(job => !isActive(job));
  const shown = [...active, ...(all ? ended : ended.slice(0, FEW))];
  return (
    <div className="tsm-Jobs">
      {jobs.troubles.map(({ message, remedy }) => (
        <div className="tsm-Panel-failure" role="alert" key={message}>
          <p>{message}</p>
          {remedy && <p className="tsm-mod-muted">{remedy}</p>}
        </div>
      ))}
      {jobs.loading && (
        <p className="tsm-Panel-note" role="status">
          {trans.__('Looking for jobs …')}
        </p>
      )}
      {!jobs.loading && jobs.jobs.length === 0 && jobs.troubles.length === 0 && (
        <p className="tsm-Panel-note">{trans.__('Nothing has been run yet. Open a recipe and press Run.')}</p>
      )}
      {shown.length > 0 && (
        <ul className="tsm-Panel-list tsm-mod-short" aria-label={trans.__('Jobs')}>
          {shown.map(job => (
            <Item key={job.key} {...{ job, jobs, trans, open, stop, again }} />
          ))}
        </ul>
      )}
      {ended.length > FEW && (
        <button type="button" className="tsm-Panel-textButton tsm-Jobs-all" onClick={() => setAll(!all)}>
          {all ? trans.__('Show fewer') : trans.__('Show all %1', formatCount(jobs.jobs.length))}
        </button>
      )}
      <Announcer jobs={jobs} trans={trans} />
    </div>
  );
}

interface IItemProps extends IJobListProps {
  readonly job: IJob;
}

function Item({ job, jobs, trans, open, stop, again }: IItemProps): JSX.Element {
  const [refused, setRefused] = useState('');
  const active = isActive(job);
  const words = stateWords(job, trans);
  const rest = left(job);
  const line = refused || lineWords(job, trans);
  const anew =
    job.kind === 'process' && (job.state === 'failed' || job.state === 'stopped') ? again : undefined;
  const retry = () => {
    if (anew) {
      anew(job);
      return;
    }
    setRefused('');
    jobs.retry(job.key).catch((error: Error) => setRefused(error.message));
  };
  return (
    <li className={`tsm-Job tsm-mod-${job.state}`}>
      <button
        type="button"
        className="tsm-Product-main"
        title={[job.name, line].filter(Boolean).join('\n')}
        onClick={() => open(job)}
      >
        <span className="tsm-Product-line">
          <span className="tsm-Product-name">{job.name}</span>
          <span className="tsm-Job-state">
            {!active
              ? `${words} · ${formatAgo(job.ended ?? job.created)}`
              : rest === null
                ? words
                : trans.__('%1 · %2 left', words, formatSpan(rest))}
          </span>
        </span>
        {line && <span className="tsm-Product-more">{line}</span>}
        {active && <ProgressBar label={job.name} fraction={job.fraction} />}
      </button>
      {(job.canRetry || anew) && (
        <button
          type="button"
          className="tsm-Panel-iconButton tsm-Job-stop"
          title={
            anew
              ? trans.__('Run again, with the same or other settings')
              : job.resumable
                ? trans.__('Go on from the partial work')
                : trans.__('Run again')
          }
          aria-label={trans.__('Run %1 again', job.name)}
          onClick={retry}
        >
          <refreshIcon.react tag="span" />
        </button>
      )}
      {job.canStop && (
        <button
          type="button"
          className="tsm-Panel-iconButton tsm-Job-stop"
          title={trans.__('Stop')}
          aria-label={trans.__('Stop %1', job.name)}
          onClick={() => stop(job)}
        >
          <stopIcon.react tag="span" />
        </button>
      )}
    </li>
  );
}

/** Says to screen readers when a job starts, changes its stage or ends, and nothing between. */
function Announcer({ jobs, trans }: Pick<IJobListProps, 'jobs' | 'trans'>): JSX.Element {
  const before = useRef(new Map<string, string>());
  const [said, say] = useState('');
  const now = jobs.jobs.map(job => `${job.key}\t${job.name}: ${stateName(job, trans)}`).join('\n');
  useEffect(() => {
    const next = new Map(now ? now.split('\n').map(line => line.split('\t') as [string, string]) : []);
    const fresh = [...next].filter(([key, words]) => before.current.get(key) !== words);
    if (before.current.size > 0 && fresh.length > 0) {
      say(fresh.map(([, words]) => words).join('. '));
    }
    before.current = next;
  }, [now]);
  return (
    <div className="tsm-mod-forReaders" aria-live="polite">
      {said}
    </div>
  );
}

function stateName(job: IJob, trans: TranslationBundle): string {
  const step = job.stage.split(':')[0];
  return isActive(job) && step ? step : stateWords({ ...job, fraction: null }, trans);
}
