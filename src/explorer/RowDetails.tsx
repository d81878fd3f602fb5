import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReactNode } from 'react';
import type { Value } from '../expr';
import type { IColumnInfo, IRoles, ITableInfo } from '../table/source';
import { formatCount, formatValue, Loading, quantityOf, Trouble, useSignal } from '../ui';
import type { ExplorerModel } from './model';
import { WhyRedshift } from './WhyRedshift';

export interface IRowDetailsProps {
  readonly model: ExplorerModel;
  readonly trans: TranslationBundle;
  /** What more stands above the columns. */
  readonly above?: (row: ReadonlyMap<string, Value>, info: ITableInfo) => ReactNode;
}

/** All there is to know of one row: every column by group, with its unit and meaning. */
export function RowDetails({ model, trans, above }: IRowDetailsProps): JSX.Element | null {
  useSignal(model.changed, model.windows.changed);
  const { open, info } = model;
  if (open === null || info === null) {
    return null;
  }
  const total = model.windows.total ?? 0;
  return (
    <aside
      className="tsm-Details"
      aria-label={trans.__('Row details')}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          model.closeRow();
        }
      }}
    >
      <header className="tsm-Details-head">
        <h3>{trans.__('Row %1 of %2', formatCount(open.row + 1), formatCount(total))}</h3>
        <button
          type="button"
          className="tsm-View-switch"
          disabled={open.row === 0}
          aria-label={trans.__('Previous row')}
          title={trans.__('Previous row')}
          onClick={() => void model.openRow(open.row - 1)}
        >
          ◀
        </button>
        <button
          type="button"
          className="tsm-View-switch"
          disabled={open.row + 1 >= total}
          aria-label={trans.__('Next row')}
          title={trans.__('Next row')}
          onClick={() => void model.openRow(open.row + 1)}
        >
          ▶
        </button>
        <button
          type="button"
          className="tsm-View-close"
          aria-label={trans.__('Close the details')}
          title={trans.__('Close the details')}
          onClick={() => model.closeRow()}
        >
          ×
        </button>
      </header>
      <div className="tsm-Details-body" tabIndex={0}>
        {open.trouble !== null ? (
          <Trouble
            title={trans.__('The row could not be read.')}
            actions={[{ label: trans.__('Try again'), run: () => void model.openRow(open.row) }]}
          >
            {open.trouble.message} {open.trouble.remedy}
          </Trouble>
        ) : open.values === null ? (
          <Loading label={trans.__('Reading the row…')} />
        ) : (
          <>
            {above?.(open.values, info)}
            {open.members !== null && (
              <WhyRedshift trans={trans} info={info} row={open.values} members={open.members} />
            )}
            {groupColumns(trans, info).map(({ title, columns }) => (
              <Group key={title} title={title} columns={columns} roles={info.roles} values={open.values!} />
            ))}
          </>
        )}
      </div>
    </aside>
  );
}

interface IGroupProps {
  readonly title: string;
  readonly columns: readonly IColumnInfo[];
  readonly roles: IRoles;
  readonly values: ReadonlyMap<string, Value>;
}

function Group({ title, columns, roles, values }: IGroupProps): JSX.Element {
  return (
    <section className="tsm-Details-group">
      <h4>{title}</h4>
      <dl>
        {columns.map(column => {
          const value = values.get(column.name) ?? null;
          return (
            <div key={column.name} className="tsm-Details-item">
              <dt>
                {column.name}
                {column.description || column.ucd ? (
                  <small>{[column.description, column.ucd].filter(text => text).join(' · ')}</small>
                ) : null}
              </dt>
              <dd className={value === null ? 'tsm-mod-null' : ''}>
                {value === null ? 'null' : formatValue(value, quantityOf(column, roles))}
                {value !== null && column.unit ? (
                  <span className="tsm-Details-unit"> {column.unit}</span>
                ) : null}
              </dd>
            </div>
          );
        })}
      </dl>
    </section>
  );
}

interface IColumnGroup {
  readonly title: string;
  readonly columns: IColumnInfo[];
}

const DECISION = [
  'group_id',
  'is_best',
  'verdict',
  'decided_by',
  'rival',
  'n_meas',
  'z_spread',
  'tie_result',
  'compared_to'
];

/** Columns by what they are about, in the order that they are asked for. */
export function groupColumns(trans: TranslationBundle, { columns, roles }: ITableInfo): IColumnGroup[] {
  const titles = {
    redshift: trans.__('Redshift'),
    position: trans.__('Position'),
    identity: trans.__('Identity'),
    decision: trans.__('Decision'),
    photometry: trans.__('Photometry'),
    other: trans.__('Other columns')
  };
  const groups: { [key in keyof typeof titles]: IColumnInfo[] } = {
    redshift: [],
    position: [],
    identity: [],
    decision: [],
    photometry: [],
    other: []
  };
  for (const column of columns) {
    groups[groupOf(column, roles)].push(column);
  }
  return (Object.keys(titles) as (keyof typeof titles)[])
    .map(key => ({ title: titles[key], columns: groups[key] }))
    .filter(group => group.columns.length > 0);
}

function groupOf(
  column: IColumnInfo,
  roles: IRoles
): 'redshift' | 'position' | 'identity' | 'decision' | 'photometry' | 'other' {
  const { name } = column;
  const ucd = column.ucd?.toLowerCase() ?? '';
  if (DECISION.includes(name) || name === roles.group || name === roles.split) {
    return 'decision';
  }
  if (
    [roles.redshift, roles.flag, roles.type].includes(name) ||
    /^(redshift|z_|zspec|spec_class|instrument_type|confidence)/i.test(name) ||
    ucd.startsWith('src.redshift')
  ) {
    return 'redshift';
  }
  if (
    name === roles.ra ||
    name === roles.dec ||
    ucd.startsWith('pos.') ||
    /^match_|^(specz_)?(ra|dec)$/i.test(name)
  ) {
    return 'position';
  }
  if (
    name === roles.id ||
    name === roles.survey ||
    ucd.startsWith('meta.id') ||
    /(^|_)id$|^objectId$|^source_|^release$/i.test(name)
  ) {
    return 'identity';
  }
  const quantity = quantityOf(column, roles);
  if (quantity === 'magnitude' || ucd.startsWith('phot') || /flux|mag|snr|^bands_|^n_detected$/i.test(name)) {
    return 'photometry';
  }
  return 'other';
}
