/** The server's processes as a table. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { refreshIcon } from '@jupyterlab/ui-components';

import type { IProcessDetail } from '../../api';
import { Chip } from '../../ui/chip';
import { formatCount } from '../../ui/format';
import { useSignal } from '../../ui/hooks';
import { Empty, Loading, Trouble } from '../../ui/states';
import { formatAgo, formatMoment } from '../../ui/time';
import { Failure } from '../frame';
import { ScrollTable } from '../parts';
import type { IListFilter, ProcessesModel } from './listModel';
import { Lost, Progress, useClock, useOnline } from './parts';
import { active, elapsedWords, pipelineWords, stateOf } from './words';

export interface IListActions {
  open(process: number): void;
  openProduct(id: number): void;
  again(process: number): void;
  create(): void;
}

export interface IProcessListProps {
  readonly model: ProcessesModel;
  readonly trans: TranslationBundle;
  readonly actions: IListActions;
}

export function ProcessList(props: IProcessListProps): JSX.Element {
  const { model, trans, actions } = props;
  useSignal(model.changed);
  const { all, shown, trouble, lostSince, filter } = model;
  useOnline(() => void model.refresh());
  if (all === null) {
    return trouble ? (
      <Trouble
        title={trouble.message}
        actions={[{ label: trans.__('Try again'), run: () => void model.refresh() }]}
      >
        {trouble.remedy}
      </Trouble>
    ) : (
      <Loading label={trans.__('Asking for the processes …')} />
    );
  }
  const narrowed = filter.mine || filter.search !== '' || filter.state !== '';
  return (
    <article className="tsm-Page-all tsm-ProcessList-all" aria-label={trans.__('Processes')}>
      <Bar {...props} />
      <Lost since={lostSince} trouble={trouble} trans={trans} retry={() => void model.refresh()} />
      {model.refused && <Failure trouble={model.refused} trans={trans} />}
      {shown.length > 0 ? (
        <Processes {...props} />
      ) : all.length > 0 && narrowed ? (
        <Empty
          title={
            filter.mine && !filter.search && !filter.state
              ? trans.__('None of the processes here is yours.')
              : trans.__('No process fits.')
          }
          action={{
            label: trans.__('Show all'),
            run: () => (model.filter = { mine: false, search: '', state: '' })
          }}
        />
      ) : (
        <Empty
          title={trans.__('Nothing has been run on this server yet.')}
          action={{ label: trans.__('New process'), run: () => actions.create() }}
        >
          {trans.__('Combine redshift catalogues, or match one to the objects of a release.')}
        </Empty>
      )}
      {model.more && (
        <button type="button" className="tsm-Button" onClick={() => void model.loadMore()}>
          {trans.__('Older ones: %1 of %2 are here', formatCount(all.length), formatCount(model.count))}
        </button>
      )}
    </article>
  );
}

function Bar({ model, trans, actions }: IProcessListProps): JSX.Element {
  const { filter, server, shown } = model;
  const set = (change: Partial<IListFilter>) => (model.filter = { ...filter, ...change });
  return (
    <div className="tsm-ProcessList-bar">
      <h2>
        {server === null || server.kind === 'engine'
          ? trans.__('Processes of this machine')
          : trans.__('Processes of %1', server.name)}
      </h2>
      <span className="tsm-mod-muted" role="status">
        {trans._n('%1 process', '%1 processes', shown.length)}
      </span>
      <select
        className="tsm-Input"
        aria-label={trans.__('Whose')}
        value={filter.mine ? 'mine' : ''}
        onChange={event => set({ mine: event.target.value === 'mine' })}
      >
        <option value="mine">{trans.__('mine')}</option>
        <option value="">{trans.__('of all')}</option>
      </select>
      <select
        className="tsm-Input"
        aria-label={trans.__('State')}
        value={filter.state}
        onChange={event => set({ state: event.target.value as IListFilter['state'] })}
      >
        <option value="">{trans.__('any state')}</option>
        <option value="active">{trans.__('going on')}</option>
        <option value="done">{trans.__('done')}</option>
        <option value="failed">{trans.__('failed or stopped')}</option>
      </select>
      <input
        type="search"
        className="tsm-Input"
        placeholder={trans.__('Search')}
        aria-label={trans.__('Search processes')}
        value={filter.search}
        onChange={event => set({ search: event.target.value })}
      />
      <button
        type="button"
        className="tsm-Panel-iconButton"
        title={trans.__('Look again')}
        aria-label={trans.__('Look again')}
        onClick={() => void model.refresh()}
      >
        <refreshIcon.react tag="span" />
      </button>
      <button type="button" className="tsm-Button tsm-mod-accent" onClick={() => actions.create()}>
        {trans.__('New process')}
      </button>
    </div>
  );
}

function Processes({ model, trans, actions }: IProcessListProps): JSX.Element {
  const now = useClock(
    model.shown.some(({ status }) => active(status)),
    model.now
  );
  return (
    <ScrollTable
      label={trans.__('Table of processes')}
      className="tsm-ProcessList-table"
      head={[
        trans.__('Name'),
        trans.__('Pipeline'),
        trans.__('State'),
        { number: trans.__('Time') },
        trans.__('Owner'),
        trans.__('Submitted'),
        trans.__('Actions')
      ]}
    >
      {model.shown.map(process => (
        <Row key={process.id} {...{ process, model, trans, actions, now }} />
      ))}
    </ScrollTable>
  );
}

interface IRowProps extends IProcessListProps {
  readonly process: IProcessDetail;
  readonly now: number;
}

function Row({ process, now, model, trans, actions }: IRowProps): JSX.Element {
  const { id, name, product, status, comment, stage } = process;
  const goes = active(status);
  const state = stateOf(process, trans);
  const line = goes ? stage : status === 'Failed' ? comment : null;
  return (
    <tr>
      <th scope="row">
        <button type="button" className="tsm-Panel-textButton" onClick={() => actions.open(id)}>
          {name}
        </button>
      </th>
      <td>{pipelineWords(process.pipeline, trans)}</td>
      <td>
        <Chip kind={state.kind}>{state.label}</Chip>
        {goes && <Progress label={name} fraction={process.progress} />}
        {line && (
          <div className="tsm-mod-muted tsm-ProcessList-line">{line.split('\n')[0].slice(0, 160)}</div>
        )}
      </td>
      <td className="tsm-mod-number">{elapsedWords(process, now)}</td>
      <td>{process.owner}</td>
      <td title={formatMoment(process.created)}>{formatAgo(process.created, now)}</td>
      <td>
        <div className="tsm-ProcessList-actions">
          {goes && process.canStop && status !== 'Stopping' && (
            <Action label={trans.__('Stop')} of={name} run={() => void model.stop(id)} />
          )}
          {status === 'Successful' && product !== null && (
            <Action label={trans.__('Open')} of={name} run={() => actions.openProduct(product)} />
          )}
          {!goes && <Action label={trans.__('Again …')} of={name} run={() => actions.again(id)} />}
        </div>
      </td>
    </tr>
  );
}

function Action({ label, of, run }: { label: string; of: string; run(): void }): JSX.Element {
  return (
    <button type="button" className="tsm-Panel-textButton" aria-label={`${label} ${of}`} onClick={run}>
      {label}
    </button>
  );
}
