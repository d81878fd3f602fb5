/** The user's own decisions about rows: which wins whatever the criteria say, which counts in nothing, and why. */
import type { FieldProps } from '@rjsf/utils';
import { useState } from 'react';

import { type IDecision, type IWrittenDecision, kindOf, rowOf, written } from '../decisions';
import type { IFormContext } from '../fields';
import { IconButton, TextInput } from './inputs';

export function DecisionsField(props: FieldProps): JSX.Element {
  const { trans } = props.formContext as IFormContext;
  const decisions = (props.formData ?? []) as IWrittenDecision[];
  const change = (next: IWrittenDecision[]) => props.onChange(next.length ? next : undefined);
  const words = { prefer: trans.__('Prefer row'), exclude: trans.__('Leave out row') };
  return (
    <div className="tsm-Rows" role="group" id={props.idSchema.$id} aria-label={props.schema.title}>
      {decisions.length ? (
        <ul className="tsm-Rows-list">
          {decisions.map((one, index) => (
            <li key={`${index}-${rowOf(one)}`} className="tsm-Rows-decision">
              <span>
                {words[kindOf(one)]} <span className="tsm-mod-code">{rowOf(one)}</span>
              </span>
              <IconButton
                label={trans.__('Remove the decision about row %1', rowOf(one))}
                sign="✕"
                disabled={props.disabled}
                onClick={() => change(decisions.filter((_, i) => i !== index))}
              />
              <TextInput
                label={trans.__('Reason for row %1', rowOf(one))}
                value={one.reason ?? ''}
                placeholder={trans.__('reason')}
                disabled={props.disabled}
                onCommit={reason =>
                  change(decisions.map((was, i) => (i === index ? { ...was, reason } : was)))
                }
              />
            </li>
          ))}
        </ul>
      ) : null}
      <AddDecision
        {...props}
        onAdd={one => change([...decisions.filter(was => rowOf(was) !== one.rowId), written(one)])}
      />
    </div>
  );
}

function AddDecision(props: FieldProps & { onAdd: (one: IDecision) => void }): JSX.Element {
  const { trans } = props.formContext as IFormContext;
  const [kind, setKind] = useState<IDecision['kind']>('prefer');
  const [rowId, setRowId] = useState('');
  const [reason, setReason] = useState('');
  const good = /^-?\d+$/.test(rowId.trim()) && reason.trim() !== '';
  return (
    <div className="tsm-Rows-new">
      <select
        className="jp-mod-styled"
        aria-label={trans.__('Kind of decision')}
        value={kind}
        disabled={props.disabled}
        onChange={event => setKind(event.target.value as IDecision['kind'])}
      >
        <option value="prefer">{trans.__('Prefer')}</option>
        <option value="exclude">{trans.__('Leave out')}</option>
      </select>
      <input
        className="jp-mod-styled tsm-mod-code"
        type="text"
        aria-label={trans.__('row_id of the measurement')}
        placeholder="row_id"
        value={rowId}
        disabled={props.disabled}
        onChange={event => setRowId(event.target.value)}
      />
      <input
        className="jp-mod-styled"
        type="text"
        aria-label={trans.__('Reason of the new decision')}
        placeholder={trans.__('reason')}
        value={reason}
        disabled={props.disabled}
        onChange={event => setReason(event.target.value)}
      />
      <button
        type="button"
        className="tsm-Button"
        disabled={props.disabled || !good}
        onClick={() => {
          props.onAdd({ kind, rowId: rowId.trim(), reason: reason.trim() });
          setRowId('');
          setReason('');
        }}
      >
        {trans.__('Add')}
      </button>
    </div>
  );
}
