import type { TranslationBundle } from '@jupyterlab/translation';
import { memo, useRef, type PointerEvent } from 'react';
import type { Value } from '../../expr';
import type { Range } from '../../table/selection';
import type { IColumnInfo, IRoles, IWindowRequest } from '../../table/source';
import { formatCount, formatTick, isIdentifier } from '../format';
import { HeadPlot } from './HeadPlot';

export type Sort = IWindowRequest['sort'];

/** What a header does besides saying what its column is; all of it optional. */
export interface IHeaderActions {
  /** Counts of the passing rows by column, on the edges of `IColumnInfo.histogram`. */
  readonly headers?: ReadonlyMap<string, Uint32Array>;
  /** The range that is selected on a column. */
  readonly selections?: (column: string) => Range | null;
  /** A range was selected on a column, or its selection cleared. */
  readonly onSelect?: (column: string, range: Range | null) => void;
  /** The values that a column is bound to. */
  readonly picked?: (column: string) => readonly Value[] | null;
  /** A value's bar was clicked. */
  readonly onPick?: (column: string, value: Value) => void;
  readonly onSort?: (sort: Sort) => void;
  /** All that is known of a column was asked for. */
  readonly onProfile?: (column: string) => void;
}

export interface IGridHeaderProps extends IHeaderActions {
  readonly trans: TranslationBundle;
  readonly id: string;
  /** All columns of the grid, and those in sight: from the first to before the second. */
  readonly columns: readonly IColumnInfo[];
  readonly shown: readonly [number, number];
  readonly offsets: readonly number[];
  readonly roles: IRoles;
  readonly sort?: Sort;
  /** The column that the keys are on, if they are in the header. */
  readonly active: number | null;
  readonly onWidth: (column: string, width: number | null) => void;
}

const PADDING = 16;
const NARROWEST = 48;

/** Name, unit and small distribution of each column in sight. */
export const GridHeader = memo(function GridHeader(props: IGridHeaderProps): JSX.Element {
  const { columns, shown } = props;
  return (
    <>
      {columns.slice(shown[0], shown[1]).map((column, i) => (
        <Head key={column.name} {...props} column={column} index={shown[0] + i} />
      ))}
    </>
  );
});

function Head(
  props: IGridHeaderProps & { readonly column: IColumnInfo; readonly index: number }
): JSX.Element {
  const { trans, id, column, index, offsets, sort, active, headers, onSort, onProfile, onWidth } = props;
  const { name, unit } = column;
  const sorted = sort?.column === name;
  const range = props.selections?.(name) ?? null;
  const picked = props.picked?.(name) ?? null;
  const width = offsets[index + 1] - offsets[index];
  const words = trans.__('About %1', name);
  return (
    <div
      id={`${id}-head-${index}`}
      role="columnheader"
      aria-colindex={index + 1}
      aria-sort={sorted ? (sort.descending ? 'descending' : 'ascending') : 'none'}
      aria-label={unit ? `${name}, ${unit}` : name}
      aria-description={range === null ? undefined : trans.__('selected: %1', rangeWords(range))}
      className={`tsm-Grid-head${active === index ? ' tsm-mod-active' : ''}`}
      style={{ left: offsets[index], width }}
      onContextMenu={event => {
        if (onProfile !== undefined) {
          event.preventDefault();
          event.stopPropagation();
          onProfile(name);
        }
      }}
    >
      <button
        type="button"
        className="tsm-Grid-sort"
        tabIndex={-1}
        title={described(trans, column)}
        onClick={() => onSort?.(nextSort(sort, name))}
      >
        <span className="tsm-Grid-name">{name}</span>
        {sorted && (
          <span className="tsm-Grid-arrow" aria-hidden="true">
            {sort.descending ? '▼' : '▲'}
          </span>
        )}
      </button>
      {onProfile !== undefined && (
        <button
          type="button"
          className="tsm-Grid-about"
          tabIndex={-1}
          aria-label={words}
          title={words}
          onClick={() => onProfile(name)}
        >
          ⋯
        </button>
      )}
      <span className="tsm-Grid-unit">
        {range === null ? (
          unit || '\u00a0'
        ) : (
          <button
            type="button"
            tabIndex={-1}
            title={trans.__('Clear the range of %1', name)}
            onClick={() => props.onSelect?.(name, null)}
          >
            {rangeWords(range)} ×
          </button>
        )}
      </span>
      {!isIdentifier(column, props.roles) && (
        <HeadPlot
          trans={trans}
          column={column}
          width={width - PADDING}
          passed={headers?.get(name)}
          selection={range}
          onSelect={props.onSelect && (next => props.onSelect!(name, next))}
          picked={picked}
          onPick={props.onPick && (value => props.onPick!(name, value))}
        />
      )}
      <Edge width={width} onWidth={next => onWidth(name, next)} />
    </div>
  );
}

/** The right edge of a header: drag it to change the column's width, double-click it for the width it had. */
function Edge({
  width,
  onWidth
}: {
  readonly width: number;
  readonly onWidth: (width: number | null) => void;
}): JSX.Element {
  const from = useRef<{ x: number; width: number } | null>(null);
  const stop = () => {
    from.current = null;
  };
  return (
    <div
      className="tsm-Grid-edge"
      onPointerDown={(event: PointerEvent<HTMLDivElement>) => {
        event.currentTarget.setPointerCapture?.(event.pointerId);
        from.current = { x: event.clientX, width };
      }}
      onPointerMove={event => {
        if (from.current !== null) {
          onWidth(Math.max(NARROWEST, from.current.width + event.clientX - from.current.x));
        }
      }}
      onPointerUp={stop}
      onPointerCancel={stop}
      onDoubleClick={() => onWidth(null)}
    />
  );
}

/** Up, down, then as it was. */
export function nextSort(sort: Sort, column: string): Sort {
  if (sort?.column !== column) {
    return { column, descending: false };
  }
  return sort.descending ? undefined : { column, descending: true };
}

/** A range in few words: `0.2 – 0.9`, `≥ 3`. */
export function rangeWords([low, high]: Range): string {
  const text = (value: number) => formatTick(value, Math.max(1e-8, Math.abs(value) * 1e-4));
  const short = (value: number) =>
    text(value).includes('.') ? text(value).replace(/\.?0+$/, '') : text(value);
  if (high === Infinity) {
    return `≥ ${short(low)}`;
  }
  return low === -Infinity ? `≤ ${short(high)}` : `${short(low)} – ${short(high)}`;
}

function described(trans: TranslationBundle, column: IColumnInfo): string {
  const lines = [
    `${column.name} · ${column.arrow}${column.unit ? ` · ${column.unit}` : ''}`,
    column.description ?? '',
    column.min !== null && column.min !== undefined ? trans.__('from %1 to %2', column.min, column.max) : '',
    column.nulls > 0 ? trans.__('%1 without a value', formatCount(column.nulls)) : '',
    trans.__('Click to sort')
  ];
  return lines.filter(line => line !== '').join('\n');
}
