import type { TranslationBundle } from '@jupyterlab/translation';
import { type FormEvent, useId, useState } from 'react';

import type { ExplorerModel } from '../explorer';
import { formatCount } from '../ui/format';
import { useSignal } from '../ui/hooks';
import type { IShare, IShared, KernelTable } from './kernelTable';
import '../../style/fields.css';

export interface IShareProps {
  readonly explorer: ExplorerModel;
  readonly table: Pick<KernelTable, 'share'>;
  readonly trans: TranslationBundle;
}

type State =
  | { readonly kind: 'form' | 'sending' }
  | { readonly kind: 'done'; readonly shared: IShared }
  | { readonly kind: 'failed'; readonly message: string; readonly remedy?: string | null };

/** Types that rows can be published as; empty: as their columns say. */
const TYPES = ['', 'redshift_catalog', 'training_set', 'object_catalog', 'other'];

/** Publish the rows that pass, through the kernel: a button that opens a small form. */
export function Share(props: IShareProps): JSX.Element {
  const { trans } = props;
  const [open, setOpen] = useState(false);
  return (
    <div className="tsm-WidgetCell-share">
      {open ? (
        <Form {...props} close={() => setOpen(false)} />
      ) : (
        <button type="button" className="tsm-Button" onClick={() => setOpen(true)}>
          {trans.__('Share on the PZ Server …')}
        </button>
      )}
    </div>
  );
}

function Form({ explorer, table, trans, close }: IShareProps & { close(): void }): JSX.Element {
  useSignal(explorer.changed, explorer.selection.changed, explorer.counted);
  const info = explorer.info!;
  const { where } = explorer.selection;
  const [what, setWhat] = useState<Omit<IShare, 'where'>>(() => ({
    ...{ name: info.name, description: '', type: '', data_rights: false }
  }));
  const [state, setState] = useState<State>({ kind: 'form' });
  const id = useId();
  const busy = state.kind === 'sending';
  const set = (change: Partial<IShare>) => {
    setWhat({ ...what, ...change });
    setState({ kind: 'form' });
  };
  const send = (event: FormEvent) => {
    event.preventDefault();
    setState({ kind: 'sending' });
    table.share({ ...what, where }).then(
      shared => setState({ kind: 'done', shared }),
      ({ message, remedy }: { message: string; remedy?: string | null }) =>
        setState({ kind: 'failed', message, remedy })
    );
  };
  if (state.kind === 'done') {
    const { name, server, notes } = state.shared;
    return (
      <div role="status">
        {trans.__('It is on %1 as %2.', server, name)} {notes.map(note => `${note}.`).join(' ')}{' '}
        <code>{`pz_tsm.read({"pzserver": "${name}"})`}</code>{' '}
        <button type="button" className="tsm-Button" onClick={close}>
          {trans.__('Close')}
        </button>
      </div>
    );
  }
  const rows = explorer.passed ?? info.rows;
  return (
    <form aria-label={trans.__('Share on the PZ Server')} onSubmit={send}>
      <label htmlFor={`${id}-name`}>{trans.__('Name')}</label>
      <input
        id={`${id}-name`}
        autoFocus
        className="tsm-Input"
        value={what.name}
        maxLength={255}
        disabled={busy}
        onChange={event => set({ name: event.target.value })}
      />
      <label htmlFor={`${id}-type`}>{trans.__('Type')}</label>
      <select
        id={`${id}-type`}
        className="tsm-Input"
        value={what.type}
        disabled={busy}
        onChange={event => set({ type: event.target.value })}
      >
        {TYPES.map(type => (
          <option key={type} value={type}>
            {typeWords(type, trans)}
          </option>
        ))}
      </select>
      <label htmlFor={`${id}-text`}>{trans.__('Description')}</label>
      <input
        id={`${id}-text`}
        className="tsm-Input tsm-mod-wide"
        placeholder={trans.__('where the data come from, and what to cite')}
        value={what.description}
        disabled={busy}
        onChange={event => set({ description: event.target.value })}
      />
      {info.access !== 'public' && (
        <label>
          <input
            type="checkbox"
            checked={what.data_rights}
            disabled={busy}
            onChange={event => set({ data_rights: event.target.checked })}
          />
          {trans.__('All users of the server hold Rubin data rights')}
        </label>
      )}
      <button type="submit" className="tsm-Button tsm-mod-main" disabled={busy || what.name.trim() === ''}>
        {busy ? trans.__('Sharing …') : trans._n('Share %2 row', 'Share %2 rows', rows, formatCount(rows))}
      </button>
      <button type="button" className="tsm-Button" disabled={busy} onClick={close}>
        {trans.__('Cancel')}
      </button>
      {state.kind === 'failed' && (
        <span role="alert">
          {state.message} {state.remedy}
        </span>
      )}
    </form>
  );
}

function typeWords(type: string, trans: TranslationBundle): string {
  switch (type) {
    case 'redshift_catalog':
      return trans.__('redshift catalogue');
    case 'training_set':
      return trans.__('training set');
    case 'object_catalog':
      return trans.__('object catalogue');
    case 'other':
      return trans.__('other');
    default:
      return trans.__('as its columns say');
  }
}
