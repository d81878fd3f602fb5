import type { TranslationBundle } from '@jupyterlab/translation';
import { useState } from 'react';

import type { IProduct } from '../../api';
import { Failure, Shape } from '../frame';
import type { ProductModel } from './model';
import { Button } from './parts';
import { aliasWords, isTabular, opens, sizeWords } from './words';

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
      <div
        className="tsm-ProductPage-scroll"
        tabIndex={0}
        role="region"
        aria-label={trans.__('Table of columns')}
      >
        <table className="tsm-ProductPage-table">
          <thead>
            <tr>
              <th scope="col">{trans.__('Column')}</th>
              <th scope="col">{trans.__('Alias')}</th>
              <th scope="col">{trans.__('Unit')}</th>
              <th scope="col">UCD</th>
              <th scope="col">{trans.__('Meaning')}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(column => (
              <tr key={column.id}>
                <th scope="row">{column.name}</th>
                <td>{column.alias}</td>
                <td>{column.unit}</td>
                <td>
                  <code>{column.ucd}</code>
                </td>
                <td>{column.description ?? aliasWords(column.alias, trans)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {table.trouble && <Failure trouble={table.trouble} trans={trans} retry={() => void model.describe()} />}
      <div className="tsm-ProductPage-actions">
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
            label={trans.__('Read units from the file (%1)', sizeWords(model.main?.size ?? null))}
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

/** The first rows as the server keeps them; asked for when they are opened. */
export function Preview({ model, trans }: Omit<IColumnsProps, 'product'>): JSX.Element | null {
  const { value, trouble, loading } = model.preview;
  if ((model.contents.value?.length ?? 0) === 0) {
    return null;
  }
  return (
    <details
      className="tsm-ProductPage-more"
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
        <div
          className="tsm-ProductPage-scroll"
          tabIndex={0}
          role="region"
          aria-label={trans.__('First rows')}
        >
          <table className="tsm-ProductPage-table tsm-mod-data">
            <thead>
              <tr>
                {value.columns.map(name => (
                  <th scope="col" key={name}>
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {value.rows.map((row, i) => (
                <tr key={i}>
                  {row.map((cell, j) => (
                    <td key={j}>{cell}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}
