import type { TranslationBundle } from '@jupyterlab/translation';
import { useEffect, useRef, type ReactNode } from 'react';
import { nameText } from '../expr';
import type { IColumnInfo, ITableInfo } from '../table/source';
import { formatCount, formatShare, formatValue, isIdentifier, quantityOf, useSignal } from '../ui';
import { Copy } from './Copy';
import type { ExplorerModel } from './model';
import { ProfilePlot } from './ProfilePlot';
import { ProfileValues } from './ProfileValues';
import { SidePanel } from './SidePanel';
import { TypedRange } from './TypedRange';

export interface IColumnProfileProps {
  readonly model: ExplorerModel;
  readonly trans: TranslationBundle;
  readonly info: ITableInfo;
  readonly column: IColumnInfo;
  readonly onClose: () => void;
}

/** All that is known of a column, and what can be done with it. Escape closes it. */
export function ColumnProfile({ model, trans, info, column, onClose }: IColumnProfileProps): JSX.Element {
  useSignal(model.selection.changed, model.headersChanged, model.changed);
  const host = useRef<HTMLElement>(null);
  useEffect(() => host.current?.focus(), [column.name]);
  const { selection } = model;
  const { name } = column;
  const quantity = quantityOf(column, info.roles);
  const show = (value: number | string | null | undefined) =>
    typeof value === 'number' ? formatValue(value, quantity) : String(value ?? '');
  const notNull = `${nameText(name)} IS NOT NULL`;
  // identifiers are numbers, but nothing is measured by them
  const numeric = (column.type === 'int' || column.type === 'float') && !isIdentifier(column, info.roles);
  const { sort } = model;
  const sorted = sort?.column === name ? sort : undefined;

  return (
    <SidePanel
      ref={host}
      className="tsm-Profile"
      label={trans.__('About column %1', name)}
      title={name}
      closeLabel={trans.__('Close what is known of the column')}
      onClose={onClose}
    >
      <div className="tsm-Details-body" tabIndex={0} role="group" aria-label={name}>
        {column.description && <p className="tsm-Profile-said">{column.description}</p>}
        {numeric && column.histogram && (
          <ProfilePlot
            trans={trans}
            column={column}
            passed={model.headers.get(name)}
            selection={selection.range(name)}
            onSelect={range => selection.setRange(name, range)}
          />
        )}
        {numeric && (
          <TypedRange
            key={name}
            trans={trans}
            name={name}
            range={selection.range(name)}
            onRange={range => selection.setRange(name, range)}
          />
        )}
        <dl className="tsm-Profile-facts">
          <Fact name={trans.__('Type')}>{column.arrow}</Fact>
          {column.unit && <Fact name={trans.__('Unit')}>{column.unit}</Fact>}
          {column.ucd && (
            <Fact name={trans.__('UCD')}>
              <code>{column.ucd}</code>
            </Fact>
          )}
          {info.pending ? (
            <Fact name={trans.__('Values')}>{trans.__('being counted…')}</Fact>
          ) : (
            <>
              {column.min !== null && column.min !== undefined && (
                <Fact name={trans.__('Range')}>
                  {show(column.min)} – {show(column.max)}
                </Fact>
              )}
              {column.distinct !== null && column.distinct !== undefined && (
                <Fact name={trans.__('Different values')}>{formatCount(column.distinct)}</Fact>
              )}
              <Fact name={trans.__('Without a value')}>
                {column.nulls === 0
                  ? trans.__('none')
                  : `${formatCount(column.nulls)} · ${formatShare(column.nulls, info.rows)}`}
              </Fact>
              {(column.sentinels ?? []).map(({ value, count }) => (
                <Fact key={String(value)} name={trans.__('Read as no value')}>
                  {trans._n('%2 in %3 row', '%2 in %3 rows', count, String(value), formatCount(count))}
                </Fact>
              ))}
            </>
          )}
        </dl>
        <div className="tsm-Profile-actions">
          {numeric && (
            <Action
              run={() => {
                model.addView('histogram');
                const view = model.views.at(-1);
                if (view?.kind === 'histogram') {
                  model.setView({ ...view, column: name });
                }
              }}
            >
              {trans.__('Add histogram')}
            </Action>
          )}
          <Action
            pressed={sorted?.descending === false}
            run={() =>
              model.setSort(sorted?.descending === false ? undefined : { column: name, descending: false })
            }
          >
            {trans.__('Smallest first')}
          </Action>
          <Action
            pressed={sorted?.descending === true}
            run={() =>
              model.setSort(sorted?.descending === true ? undefined : { column: name, descending: true })
            }
          >
            {trans.__('Largest first')}
          </Action>
          {column.nulls > 0 && (
            <Action
              disabled={selection.where.includes(notNull)}
              title={notNull}
              run={() =>
                selection.setText(selection.where === '' ? notNull : `${selection.where} AND ${notNull}`)
              }
            >
              {trans.__('Only with a value')}
            </Action>
          )}
          <Copy trans={trans} label={trans.__('Copy name')} text={() => name} />
          <Action
            disabled={model.gridColumns.length <= 1}
            run={() => {
              model.setGridColumns(
                model.gridColumns.map(other => other.name).filter(other => other !== name)
              );
              onClose();
            }}
          >
            {trans.__('Hide column')}
          </Action>
        </div>
        <ProfileValues trans={trans} model={model} info={info} column={column} />
      </div>
    </SidePanel>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }): JSX.Element {
  return (
    <div className="tsm-Details-item">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

interface IActionProps {
  readonly run: () => void;
  readonly children: ReactNode;
  readonly pressed?: boolean;
  readonly disabled?: boolean;
  readonly title?: string;
}

function Action({ run, children, pressed, disabled, title }: IActionProps): JSX.Element {
  return (
    <button
      type="button"
      className="tsm-Button"
      aria-pressed={pressed}
      disabled={disabled}
      title={title}
      onClick={run}
    >
      {children}
    </button>
  );
}
