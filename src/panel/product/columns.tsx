import type { TranslationBundle } from '@jupyterlab/translation';
import { useState } from 'react';

import type { IProduct } from '../../api';
import { formatBytes } from '../../ui/format';
import { Failure, Shape } from '../frame';
import { Button, ScrollTable } from '../parts';
import type { ProductModel } from './model';
import { aliasWords, isTabular, opens } from './words';

export interface IColumnsProps {
  readonly model: ProductModel;
  readonly product: IProduct;
  readonly trans: TranslationBundle;
}

/** More columns than this are shown when asked for. */
const FEW = 40;

/** The columns, with what they mean: those that were associated first of all by their alias. */
export function Columns({ model, product, trans }: IColumnsProps): JSX.Element {
  const [all, setAll] = useState(false);
  const { columns, table } = model;
  if (columns.length === 0) {
    return (
      <p className="tsm-mod-muted">
        {isTabular(product)
          ? trans.__('The server lists no columns: its main file has not been read.')
          : trans.__('It is no table, or the server has not read it.')}
      </p>
    );
  }
  // what is known by its meaning comes first when not all are shown
  const shown = all || columns.length <= FEW ? columns : [...columns].sort(byMeaning).slice(0, FEW);
  return (
    <>
      <ScrollTable
        label={trans.__('Table of columns')}
        head={[trans.__('Column'), trans.__('Alias'), trans.__('Unit'), 'UCD', trans.__('Meaning')]}
      >
        {shown.map(column => (
          <tr key={column.id}>
            <th scope="row">{column.name}</th>
            <td>{column.alias}</td>
            <td>{column.unit}</td>
            <td>
              <code>{column.ucd}</code>
            </td>
            <td>{column.description ?? capital(aliasWords(column.alias, trans))}</td>
          </tr>
        ))}
      </ScrollTable>
      {table.trouble && <Failure trouble={table.trouble} trans={trans} retry={() => void model.describe()} />}
      <div className="tsm-Page-actions">
        {shown.length < columns.length && (
          <Button label={trans.__('Show all %1 columns', columns.length)} run={() => setAll(true)} />
        )}
        {table.loading && (
          <span role="status" className="tsm-mod-muted">
            {trans.__('Reading units and descriptions …')}
          </span>
        )}
        {table.value === null && !table.loading && !table.trouble && opens(product, model.main) && (
          <Button
            label={trans.__('Read units from the file (%1)', formatBytes(model.main?.size ?? null))}
            run={() => void model.describe()}
          />
        )}
      </div>
    </>
  );
}

function byMeaning(a: { alias: string | null }, b: { alias: string | null }): number {
  return Number(b.alias !== null) - Number(a.alias !== null);
}

function capital(words: string | null): string | null {
  return words && words[0].toUpperCase() + words.slice(1);
}

/** The first rows as the server keeps them; asked for when they are opened. */
export function Preview({ model, trans }: Omit<IColumnsProps, 'product'>): JSX.Element | null {
  const { value, trouble, loading } = model.preview;
  if ((model.contents.value?.length ?? 0) === 0) {
    return null;
  }
  return (
    <details
      onToggle={event => {
        if (event.currentTarget.open && value === null && !loading) {
          void model.loadPreview();
        }
      }}
    >
      <summary>{trans.__('First rows')}</summary>
      {trouble && <Failure trouble={trouble} trans={trans} retry={() => void model.loadPreview()} />}
      {loading && value === null && <Shape label={trans.__('Loading the first rows')} />}
      {!loading && !trouble && value === null && (
        <p className="tsm-mod-muted">{trans.__('The server keeps none of this product.')}</p>
      )}
      {value !== null && (
        <ScrollTable label={trans.__('First rows')} className="tsm-ProductPage-rows" head={value.columns}>
          {value.rows.map((row, i) => (
            <tr key={i}>
              {row.map((cell, j) => (
                <td key={j}>{cell}</td>
              ))}
            </tr>
          ))}
        </ScrollTable>
      )}
    </details>
  );
}
