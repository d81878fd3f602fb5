import type { TranslationBundle } from '@jupyterlab/translation';
import { useState } from 'react';

import { formatCount } from '../../ui/format';
import { Failure, Shape } from '../frame';
import { Button, ScrollTable } from '../parts';
import { aliasWords, isTabular } from '../product/words';
import type { IColumn } from './columns';
import { type Alias, ALIASES, mandatory } from './meanings';
import type { UploadModel } from './model';

interface IProps {
  readonly model: UploadModel;
  readonly busy: boolean;
  readonly trans: TranslationBundle;
}

/** More columns than this are shown when asked for. */
const FEW = 25;

/** What each column means: proposed, with the reason, and the user's to say. */
export function Columns({ model, busy, trans }: IProps): JSX.Element {
  const [all, setAll] = useState(false);
  const { columns, table, main, draft } = model;
  if (table.trouble) {
    return <Failure trouble={table.trouble} trans={trans} />;
  }
  if (table.loading) {
    return <Shape label={trans.__('Reading the columns')} />;
  }
  if (columns.length === 0) {
    return (
      <p className="tsm-mod-muted">
        {main === null
          ? trans.__('They are shown once there is a main file.')
          : isTabular(draft.what)
            ? trans.__('They are known once the server has read the file.')
            : trans.__('The main file is no table: there is nothing to say.')}
      </p>
    );
  }
  const musts = mandatory(draft.what.type);
  // what means something first; the table's order among the rest
  const sorted = [...columns].sort((a, b) => Number(b.alias !== null) - Number(a.alias !== null));
  const shown = all || columns.length <= FEW ? sorted : sorted.slice(0, FEW);
  return (
    <>
      <ScrollTable
        label={trans.__('Columns and what they mean')}
        className="tsm-Upload-columns"
        head={[
          trans.__('Send'),
          trans.__('Column'),
          trans.__('Type'),
          trans.__('Unit'),
          trans.__('Meaning'),
          trans.__('Why')
        ]}
      >
        {shown.map(column => (
          <Row key={column.info.name} {...{ column, model, busy, musts, trans }} />
        ))}
      </ScrollTable>
      {shown.length < columns.length && (
        <Button
          label={trans.__('Show all %1 columns', formatCount(columns.length))}
          run={() => setAll(true)}
        />
      )}
    </>
  );
}

interface IRowProps extends IProps {
  readonly column: IColumn;
  readonly musts: readonly Alias[];
}

function Row({ column, model, busy, musts, trans }: IRowProps): JSX.Element {
  const { info, alias, reason, name, sent } = column;
  return (
    <tr className={sent ? undefined : 'tsm-mod-left'}>
      <td>
        <input
          type="checkbox"
          checked={sent}
          disabled={busy || model.table.value === null || model.main?.isFolder === true}
          aria-label={trans.__('Send %1', info.name)}
          onChange={event => model.setSent(info.name, event.target.checked)}
        />
      </td>
      <th scope="row">
        {info.name}
        {name !== info.name && <span className="tsm-mod-muted"> → {name}</span>}
      </th>
      <td>{info.arrow && (info.type as string)}</td>
      <td>{info.unit}</td>
      <td>
        <select
          className="tsm-Input"
          value={alias ?? ''}
          disabled={busy || !sent}
          aria-label={trans.__('Meaning of %1', info.name)}
          onChange={event => model.setMeaning(info.name, (event.target.value || null) as Alias | null)}
        >
          <option value="">–</option>
          {ALIASES.map(one => (
            <option key={one} value={one}>
              {musts.includes(one)
                ? trans.__('%1: %2 (mandatory)', one, aliasWords(one, trans))
                : trans.__('%1: %2', one, aliasWords(one, trans))}
            </option>
          ))}
        </select>
      </td>
      <td className="tsm-mod-muted">{alias === null ? '' : (reason ?? trans.__('you said so'))}</td>
    </tr>
  );
}
