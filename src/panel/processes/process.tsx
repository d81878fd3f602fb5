/** A process as a page: how far it is, what it was run with, what went in, its log, and what came out. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { useEffect, useRef, useState } from 'react';

import type { IProcessDetail, IProduct, Settings } from '../../api';
import { Chip } from '../../ui/chip';
import { useSignal } from '../../ui/hooks';
import { Empty, Loading, Trouble } from '../../ui/states';
import { formatMoment } from '../../ui/time';
import { Failure } from '../frame';
import { Part, Table } from '../parts';
import { differenceWords, shown } from './compare';
import { Lost, Progress, useClock, useOnline } from './parts';
import { flat } from './parameters';
import type { ProcessModel } from './processModel';
import { active, elapsedWords, notesOf, pipelineWords, reasonOf, stateOf } from './words';

export interface IProcessActions {
  openProduct(id: number): void;
  /** The same in a new form. */
  again(process: number): void;
  showProcesses(): void;
  copy(text: string, said: string): void;
}

export interface IProcessProps {
  readonly model: ProcessModel;
  readonly trans: TranslationBundle;
  readonly actions: IProcessActions;
}

export function ProcessPage(props: IProcessProps): JSX.Element {
  const { model, trans, actions } = props;
  useSignal(model.changed);
  const { process, trouble, lostSince } = model;
  useOnline(() => void model.refresh());
  if (process === null) {
    if (trouble === null) {
      return <Loading label={trans.__('Asking for the process …')} />;
    }
    const actionsOf = [
      { label: trans.__('Try again'), run: () => void model.refresh() },
      { label: trans.__('All processes'), run: () => actions.showProcesses() }
    ];
    return (
      <Trouble title={trouble.message} actions={actionsOf}>
        {trouble.remedy}
      </Trouble>
    );
  }
  const reason = reasonOf(process, model.log);
  return (
    <article className="tsm-Page-all tsm-ProcessPage-all" aria-label={process.name}>
      <Head {...props} process={process} />
      <Lost since={lostSince} trouble={trouble} trans={trans} retry={() => void model.refresh()} />
      {process.status === 'Failed' && (
        <div className="tsm-Page-box tsm-mod-large tsm-mod-error" role="alert">
          <p>{reason ?? trans.__('It failed, and the server does not say why.')}</p>
          <p className="tsm-mod-muted">
            {reason
              ? trans.__('The log has more. Correct what it says and run it again.')
              : trans.__('Look at the log, or ask those who run the server.')}
          </p>
        </div>
      )}
      {notesOf(process, model.files, trans).map(note => (
        <p key={note} role="note" className="tsm-Page-box tsm-mod-warning">
          {note}
        </p>
      ))}
      <Said model={model} process={process} trans={trans} />
      <Used {...props} process={process} />
      <Log {...props} />
    </article>
  );
}

function Head({ model, trans, actions, process }: IProcessProps & { process: IProcessDetail }): JSX.Element {
  const goes = active(process.status);
  const now = useClock(goes, model.now);
  const state = stateOf(process, trans);
  const spent = elapsedWords(process, now);
  const { product, stage } = process;
  const lines = [
    pipelineWords(process.pipeline, trans),
    trans.__('by %1', process.owner),
    trans.__('submitted %1', formatMoment(process.created)),
    process.started ? trans.__('started %1', formatMoment(process.started)) : '',
    process.ended ? trans.__('ended %1', formatMoment(process.ended)) : ''
  ];
  return (
    <header className="tsm-Page-head">
      <div className="tsm-Page-title">
        <h2>{process.name}</h2>
        <span aria-live="polite">
          <Chip kind={state.kind}>{state.label}</Chip>
        </span>
      </div>
      <p className="tsm-mod-muted">{lines.filter(Boolean).join(' · ')}</p>
      {goes && <Progress label={process.name} fraction={process.progress} />}
      <p>
        {[
          goes && stage,
          spent && (goes ? trans.__('%1 so far', spent) : trans.__('took %1', spent)),
          goes && !process.started && trans.__('not started yet')
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
      {model.refused && <Failure trouble={model.refused} trans={trans} />}
      <div className="tsm-Page-actions">
        {goes && process.canStop && process.status !== 'Stopping' && (
          <button
            type="button"
            className="tsm-Button"
            disabled={model.stopping}
            onClick={() => void model.stop()}
          >
            {model.stopping ? trans.__('Stopping …') : trans.__('Stop')}
          </button>
        )}
        {product !== null && (
          <button
            type="button"
            className={`tsm-Button${process.status === 'Successful' ? ' tsm-mod-accent' : ''}`}
            onClick={() => actions.openProduct(product)}
          >
            {trans.__('Open the product')}
          </button>
        )}
        <button type="button" className="tsm-Button" onClick={() => actions.again(process.id)}>
          {process.status === 'Failed' || process.status === 'Stopped'
            ? trans.__('Try again …')
            : trans.__('Run again …')}
        </button>
        <button type="button" className="tsm-Button" onClick={() => actions.showProcesses()}>
          {trans.__('All processes')}
        </button>
      </div>
    </header>
  );
}

/** What the server ignored, and what it has to say. */
function Said({ model, process, trans }: Omit<IProcessProps, 'actions'> & { process: IProcessDetail }) {
  const lines = [...model.ignored.map(one => differenceWords(one, trans)), ...process.warnings];
  return lines.length === 0 ? null : (
    <Part title={trans.__('What the server says')}>
      <ul className="tsm-Page-list">
        {lines.map(line => (
          <li key={line} className="tsm-Page-box tsm-mod-warning">
            {line}
          </li>
        ))}
      </ul>
    </Part>
  );
}

function Used({ model, trans, actions, process }: IProcessProps & { process: IProcessDetail }): JSX.Element {
  const { config, inputs, software } = process;
  const differ = new Map(model.ignored.map(one => [one.path, one]));
  const rows: [string, unknown][] = [
    ...Object.entries(flat((config?.param as Settings | undefined) ?? {})),
    ...(config?.output_format ? [['output_format', config.output_format] as [string, unknown]] : [])
  ];
  const versions = Object.entries(software).map(([name, version]) => `${name} ${version}`);
  return (
    <Part title={trans.__('What was used')}>
      <dl className="tsm-ProcessPage-facts">
        <dt>{trans.__('Inputs')}</dt>
        <dd>
          {inputs.length === 0
            ? '—'
            : inputs.map((input, index) => (
                <span key={input.id}>
                  {index > 0 && ', '}
                  <Input product={input} open={() => actions.openProduct(input.id)} />
                </span>
              ))}
        </dd>
        {process.release && (
          <>
            <dt>{trans.__('Release')}</dt>
            <dd>{process.release}</dd>
          </>
        )}
        <dt>{trans.__('Software')}</dt>
        <dd>
          {versions.length > 0
            ? versions.join(', ')
            : trans.__('version %1 of the pipeline, as the server has it today', process.version || '—')}
        </dd>
      </dl>
      {rows.length === 0 ? (
        <p className="tsm-mod-muted">{trans.__('The server does not tell its parameters.')}</p>
      ) : (
        <Table
          caption={trans.__('Parameters as the server used them')}
          head={[trans.__('Parameter'), trans.__('Value'), ...(differ.size > 0 ? [trans.__('Sent')] : [])]}
        >
          {rows.map(([path, value]) => (
            <tr key={path}>
              <th scope="row">{path}</th>
              <td>{shown(value)}</td>
              {differ.size > 0 && <td>{differ.has(path) ? shown(differ.get(path)!.sent) : ''}</td>}
            </tr>
          ))}
        </Table>
      )}
    </Part>
  );
}

function Input({ product, open }: { readonly product: IProduct; open(): void }): JSX.Element {
  return (
    <button type="button" className="tsm-Panel-textButton" title={product.internalName} onClick={open}>
      {product.displayName}
    </button>
  );
}

/** The log as it grows; it stays at its end unless one scrolls up. */
function Log({ model, trans, actions }: IProcessProps): JSX.Element {
  const { log, logTrouble } = model;
  const node = useRef<HTMLPreElement>(null);
  const [stick, setStick] = useState(true);
  const [scheduler, setScheduler] = useState(false);
  const text = log === null ? null : scheduler ? log.scheduler : log.pipeline;
  useEffect(() => {
    if (stick && node.current) {
      node.current.scrollTop = node.current.scrollHeight;
    }
  }, [text, stick]);
  const tools = (
    <>
      {log !== null && log.scheduler !== '' && (
        <select
          className="tsm-Input"
          aria-label={trans.__('Which log')}
          value={scheduler ? 'scheduler' : 'pipeline'}
          onChange={event => setScheduler(event.target.value === 'scheduler')}
        >
          <option value="pipeline">{trans.__('of the pipeline')}</option>
          <option value="scheduler">{trans.__('of the scheduler')}</option>
        </select>
      )}
      {text && (
        <button
          type="button"
          className="tsm-Panel-textButton"
          onClick={() => actions.copy(text, trans.__('The log is copied.'))}
        >
          {trans.__('Copy')}
        </button>
      )}
    </>
  );
  return (
    <Part title={trans.__('Log')} tools={tools} grows>
      {logTrouble && <p role="alert">{trans.__('The log can’t be had now: %1', logTrouble)}</p>}
      {text === '' ? (
        <Empty title={trans.__('Nothing was written yet.')} />
      ) : (
        <pre
          ref={node}
          className="tsm-ProcessPage-log"
          tabIndex={0}
          role="region"
          aria-label={trans.__('Text of the log')}
          onScroll={({ currentTarget: pre }) =>
            setStick(pre.scrollHeight - pre.scrollTop - pre.clientHeight < 8)
          }
        >
          {text ?? (logTrouble ? '' : trans.__('Loading …'))}
        </pre>
      )}
    </Part>
  );
}
