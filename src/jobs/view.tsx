import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { useEffect, useReducer, useRef, useState } from 'react';

import type { IRun, IRunStep } from '../recipe/backend';
import { messageOf, registeredWords } from '../recipe/progress';
import type { IJob } from '../tokens';
import { formatCount } from '../ui/format';
import { useSignal } from '../ui/hooks';
import { Empty, Loading } from '../ui/states';
import { formatMoment } from '../ui/time';
import type { JobDetail } from './detail';
import { isActive } from './active';
import { ProgressBar } from './progress';
import { citationsOf, pythonOf } from './news';
import { stageWords, stateWords, timeWords } from './words';
import '../../style/ui.css';
import '../../style/jobs.css';

export interface IJobActions {
  /** A table of the bundle, by its file on the server. */
  openTable(path: string): void;
  openProduct(id: number): void;
  /** The product that a run's result became. */
  openRegistered(run: IRun): void;
  openRecipe(path: string): void;
  openFolder(path: string): void;
  /** Put a text on the clipboard; `said`: what to tell then. */
  copy(text: string, said: string): void;
  failed(message: string): void;
}

export interface IJobViewProps {
  readonly model: JobDetail;
  readonly actions: IJobActions;
  readonly trans: TranslationBundle;
}

export class JobWidget extends ReactWidget {
  constructor(private readonly _props: IJobViewProps) {
    super();
    this.addClass('tsm-JobView');
  }

  get key(): string {
    return this._props.model.key;
  }

  override dispose(): void {
    this._props.model.dispose();
    super.dispose();
  }

  override render(): JSX.Element {
    return <JobView {...this._props} />;
  }
}

/** A job: progress, time, steps, log, and what came out. */
export function JobView({ model, actions, trans }: IJobViewProps): JSX.Element {
  useSignal(model.changed);
  const { job, run } = model;
  if (!job) {
    return model.loading ? (
      <Loading label={trans.__('Looking for the job …')} />
    ) : (
      <Empty title={trans.__('This job is no longer known.')}>
        {trans.__('It was removed, or it belongs to another engine.')}
      </Empty>
    );
  }
  return (
    <article className="tsm-JobView-all" aria-label={job.name}>
      <Head job={job} model={model} actions={actions} trans={trans} />
      {job.state === 'failed' && (
        <div className="tsm-JobView-failure" role="alert">
          <p>{job.trouble?.message || trans.__('The job failed; its log says more.')}</p>
          {job.trouble?.remedy && <p className="tsm-mod-muted">{job.trouble.remedy}</p>}
        </div>
      )}
      {run && run.steps.length > 0 && <Steps run={run} trans={trans} />}
      {run?.result && <Result run={run} actions={actions} trans={trans} />}
      <Log model={model} trans={trans} />
    </article>
  );
}

function Head({ job, model, actions, trans }: IJobViewProps & { readonly job: IJob }): JSX.Element {
  const active = isActive(job);
  const [, tick] = useReducer((n: number) => n + 1, 0);
  useEffect(() => {
    const timer = active ? window.setInterval(tick, 1000) : undefined;
    return () => window.clearInterval(timer);
  }, [active]);
  const { path, bundle, product } = job;
  return (
    <header className="tsm-JobView-head">
      <h2>{job.name}</h2>
      <p className="tsm-mod-muted">
        {[
          job.kind === 'run' ? trans.__('run of a recipe') : trans.__('process of the PZ Server'),
          job.owner,
          trans.__('submitted %1', formatMoment(job.created))
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
      <p className={`tsm-JobView-state tsm-mod-${job.state}`} aria-live="polite">
        <strong>{stateWords(job, trans)}</strong>
        {active && stageWords(job, trans) ? ` · ${stageWords(job, trans)}` : ''}
      </p>
      {active && <ProgressBar label={job.name} fraction={job.fraction} />}
      <p className="tsm-mod-muted">
        {[timeWords(job, trans), job.state === 'running' && job.amount && job.where]
          .filter(Boolean)
          .join(' · ')}
      </p>
      <div className="tsm-JobView-buttons">
        {job.canStop && (
          <button
            type="button"
            className="jp-mod-styled jp-mod-warn"
            onClick={() => void model.stop().catch((error: Error) => actions.failed(error.message))}
          >
            {trans.__('Stop')}
          </button>
        )}
        {job.canRetry && (
          <button
            type="button"
            className="jp-mod-styled jp-mod-accept"
            title={job.resumable ? trans.__('It goes on from the partial work that is kept.') : undefined}
            onClick={() => void model.retry().catch((error: Error) => actions.failed(error.message))}
          >
            {job.resumable ? trans.__('Go on') : trans.__('Run again')}
          </button>
        )}
        {bundle && (
          <button
            type="button"
            className="jp-mod-styled jp-mod-accept"
            onClick={() => actions.openFolder(bundle)}
          >
            {trans.__('Show the bundle')}
          </button>
        )}
        {product !== null && job.state === 'done' && (
          <button
            type="button"
            className="jp-mod-styled jp-mod-accept"
            onClick={() => actions.openProduct(product)}
          >
            {trans.__('Open the product')}
          </button>
        )}
        {path && (
          <button type="button" className="jp-mod-styled" onClick={() => actions.openRecipe(path)}>
            {trans.__('Open the recipe')}
          </button>
        )}
      </div>
    </header>
  );
}

function Steps({ run, trans }: { readonly run: IRun; readonly trans: TranslationBundle }): JSX.Element {
  const state = (step: IRunStep) => {
    switch (step.state) {
      case 'done':
        return '✓';
      case 'failed':
        return trans.__('failed');
      default:
        return `${Math.floor(100 * step.fraction)} %`;
    }
  };
  const said = run.steps.some(step => step.message !== '' || step.amount);
  return (
    <section className="tsm-JobView-section" aria-label={trans.__('Steps')}>
      <h3>{trans.__('Steps')}</h3>
      <table className="tsm-JobView-steps">
        <thead>
          <tr>
            <th scope="col">{trans.__('Step')}</th>
            <th scope="col" className="tsm-mod-number">
              {trans.__('Rows in')}
            </th>
            <th scope="col" className="tsm-mod-number">
              {trans.__('Rows out')}
            </th>
            <th scope="col">{trans.__('State')}</th>
            {said && <th scope="col">{trans.__('Message')}</th>}
          </tr>
        </thead>
        <tbody>
          {run.steps.map(step => (
            <tr key={`${step.input ?? ''}/${step.index}`} className={`tsm-mod-${step.state}`}>
              <th scope="row">{step.input ? `${step.input}: ${step.op}` : step.op}</th>
              <td className="tsm-mod-number">{step.rows_in == null ? '' : formatCount(step.rows_in)}</td>
              <td className="tsm-mod-number">{step.rows_out == null ? '' : formatCount(step.rows_out)}</td>
              <td>{state(step)}</td>
              {said && <td>{messageOf(step, trans)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface IResultProps {
  readonly run: IRun;
  readonly actions: IJobActions;
  readonly trans: TranslationBundle;
}

function Result({ run, actions, trans }: IResultProps): JSX.Element {
  const { product } = run;
  const { citations, parts, tables } = run.result!;
  return (
    <section className="tsm-JobView-section" aria-label={trans.__('Result')}>
      <h3>{trans.__('Result')}</h3>
      <ul className="tsm-JobView-parts">
        {parts.map(part => (
          <li key={part.name}>
            {part.name} <strong>{formatCount(part.rows)}</strong>
          </li>
        ))}
      </ul>
      <div className="tsm-JobView-buttons">
        {tables.map(table => (
          <button
            type="button"
            key={table.path}
            className="jp-mod-styled"
            title={table.path}
            onClick={() => actions.openTable(table.path)}
          >
            {trans.__('Explore %1', table.name.replace(/_/g, ' '))}
          </button>
        ))}
        {tables.length > 0 && (
          <button
            type="button"
            className="jp-mod-styled"
            onClick={() => actions.copy(pythonOf(run), trans.__('Python that reads the table is copied.'))}
          >
            {trans.__('Copy Python')}
          </button>
        )}
        {citations.length > 0 && (
          <button
            type="button"
            className="jp-mod-styled"
            onClick={() => actions.copy(citationsOf(run), trans.__('The citations are copied.'))}
          >
            {trans.__('Cite')}
          </button>
        )}
      </div>
      {product && (
        <div className="tsm-JobView-product">
          <span>{registeredWords(product, trans)}</span>
          <button type="button" className="jp-mod-styled" onClick={() => actions.openRegistered(run)}>
            {trans.__('Open the product')}
          </button>
          {product.access && (
            <button
              type="button"
              className="jp-mod-styled"
              onClick={() => actions.copy(product.access!, trans.__('How to read the product is copied.'))}
            >
              {trans.__('Copy how to read it')}
            </button>
          )}
        </div>
      )}
      {run.product_trouble && (
        <p className="tsm-JobView-warning" role="status">
          {[run.product_trouble.message, run.product_trouble.remedy].filter(Boolean).join(' ')}
        </p>
      )}
    </section>
  );
}

function Log({ model, trans }: Pick<IJobViewProps, 'model' | 'trans'>): JSX.Element {
  const node = useRef<HTMLPreElement>(null);
  const [stick, setStick] = useState(true);
  useEffect(() => {
    if (stick && node.current) {
      node.current.scrollTop = node.current.scrollHeight;
    }
  }, [model.log, stick]);
  const onScroll = () => {
    const pre = node.current!;
    setStick(pre.scrollHeight - pre.scrollTop - pre.clientHeight < 8);
  };
  return (
    <section className="tsm-JobView-section tsm-mod-grows" aria-label={trans.__('Log')}>
      <h3>{trans.__('Log')}</h3>
      {model.logTrouble && <p role="alert">{trans.__('The log can’t be had now: %1', model.logTrouble)}</p>}
      <pre
        ref={node}
        className="tsm-JobView-log"
        tabIndex={0}
        aria-label={trans.__('Log')}
        onScroll={onScroll}
      >
        {model.log === null && !model.logTrouble
          ? trans.__('Loading …')
          : model.log || trans.__('Nothing was printed.')}
      </pre>
    </section>
  );
}
