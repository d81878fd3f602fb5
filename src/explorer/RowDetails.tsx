import type { TranslationBundle } from '@jupyterlab/translation';
import { useRef, useState, type ReactNode } from 'react';
import type { Value } from '../expr';
import type { IColumnInfo, IRoles, ITableInfo } from '../table/source';
import { formatCount, formatValue, Loading, quantityOf, Trouble, useSignal } from '../ui';
import { says } from './ColumnChooser';
import type { ExplorerModel, IOpenRow } from './model';
import { SidePanel } from './SidePanel';
import { useWindows } from './useWindows';
import type { OnDecision } from './why/Decide';
import { WhyRedshift } from './WhyRedshift';
import '../../style/fields.css';

export interface IRowDetailsProps {
  readonly model: ExplorerModel;
  readonly trans: TranslationBundle;
  /** What more stands above the columns. */
  readonly above?: (row: ReadonlyMap<string, Value>, info: ITableInfo) => ReactNode;
  /** Writes a decision about a measurement into a recipe. */
  readonly onDecision?: OnDecision;
}

/** Tables with more columns get a search in a row's details. */
const MANY = 30;

/** All there is to know of one row: every column by group, with its unit and meaning. Alt and the arrows go on. */
export function RowDetails({ model, trans, above, onDecision }: IRowDetailsProps): JSX.Element | null {
  useSignal(model.changed);
  const total = useWindows(model.windows).total ?? 0;
  const host = useRef<HTMLElement>(null);
  const [search, setSearch] = useState('');
  /** What was shown last: it stays, faded, until the next row is here. */
  const last = useRef<IOpenRow | null>(null);
  const { open, info } = model;
  if (open === null || info === null) {
    last.current = null;
    return null;
  }
  if (open.values !== null) {
    last.current = open;
  }
  const shown = open.trouble === null ? last.current : null;
  const go = (row: number) => {
    if (row >= 0 && row < total) {
      void model.openRow(row);
    }
  };
  const close = () => {
    // the keys go back to where they came from
    const grid = host.current?.parentElement?.querySelector<HTMLElement>('[role="grid"]');
    model.closeRow();
    grid?.focus();
  };
  const { row } = open;
  const step = (label: string, sign: string, by: number) =>
    row !== null && (
      <button
        type="button"
        className="tsm-View-switch"
        aria-disabled={row + by < 0 || row + by >= total}
        aria-label={label}
        title={trans.__('%1 (Alt %2)', label, by < 0 ? '↑' : '↓')}
        onClick={() => go(row + by)}
      >
        {sign}
      </button>
    );
  return (
    <SidePanel
      ref={host}
      label={trans.__('Row details')}
      title={
        row === null
          ? trans.__('A row that does not pass')
          : trans.__('Row %1 of %2', formatCount(row + 1), formatCount(total))
      }
      live
      busy={open.values === null && open.trouble === null}
      tools={
        <>
          {step(trans.__('Previous row'), '◀', -1)}
          {step(trans.__('Next row'), '▶', 1)}
        </>
      }
      closeLabel={trans.__('Close the details')}
      onClose={close}
      onKey={event => {
        if (row !== null && event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
          event.preventDefault();
          event.stopPropagation();
          go(row + (event.key === 'ArrowUp' ? -1 : 1));
        }
      }}
    >
      {info.columns.length > MANY && (
        <div className="tsm-Chooser-tools">
          <input
            type="search"
            className="tsm-Input tsm-Rows-search"
            aria-label={trans.__('Find columns')}
            placeholder={trans.__('name, unit, UCD or words…')}
            value={search}
            onChange={event => setSearch(event.target.value)}
          />
        </div>
      )}
      <div
        className={`tsm-Details-body${open.values === null && shown !== null ? ' tsm-mod-stale' : ''}`}
        tabIndex={0}
        role="group"
        aria-label={trans.__('Values of the row')}
      >
        {open.trouble !== null ? (
          <Trouble
            title={trans.__('The row could not be read.')}
            actions={
              row === null ? [] : [{ label: trans.__('Try again'), run: () => void model.openRow(row) }]
            }
          >
            {open.trouble.message} {open.trouble.remedy}
          </Trouble>
        ) : shown === null ? (
          <Loading label={trans.__('Reading the row…')} />
        ) : (
          <>
            {above?.(shown.values!, info)}
            <WhyRedshift
              model={model}
              trans={trans}
              info={info}
              row={shown.values!}
              onDecision={onDecision}
            />
            {groupColumns(trans, info).map(({ title, columns }) => (
              <Group
                key={title}
                title={title}
                columns={columns.filter(column => says(column, search))}
                roles={info.roles}
                values={shown.values!}
              />
            ))}
          </>
        )}
      </div>
    </SidePanel>
  );
}

interface IGroupProps {
  readonly title: string;
  readonly columns: readonly IColumnInfo[];
  readonly roles: IRoles;
  readonly values: ReadonlyMap<string, Value>;
}

function Group({ title, columns, roles, values }: IGroupProps): JSX.Element | null {
  if (columns.length === 0) {
    return null;
  }
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
  'decided_value',
  'rival',
  'rival_value',
  'rival_sep',
  'rival_dz',
  'n_meas',
  'n_secure',
  'agreement',
  'chain_arcsec',
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
