import type { TranslationBundle } from '@jupyterlab/translation';
import { useCallback, useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import type { Value } from '../../expr';
import type { IColumnInfo, IRoles, IWindowRequest } from '../../table/source';
import { formatCount, formatValue, quantityOf, type Quantity } from '../format';
import { useSize } from '../hooks';
import { columnsShown, ROW_HEIGHT, rowAt, scrollOf, scrollTopOf, widthOf } from './geometry';
import { GridHeader, nextSort } from './GridHeader';

export type Sort = IWindowRequest['sort'];

/** Where a grid's rows come from; `WindowModel` is one. */
export interface IRowProvider {
  readonly total: number | null;
  request(start: number, count: number): void;
  value(row: number, column: string): Value | undefined;
}

export interface IDataGridProps {
  readonly trans: TranslationBundle;
  /** What the grid is, for a screen reader. */
  readonly label: string;
  readonly columns: readonly IColumnInfo[];
  readonly roles?: IRoles;
  readonly rows: IRowProvider;
  /** Raised when rows came; the grid draws again. */
  readonly version: number;
  readonly sort?: Sort;
  readonly onSort?: (sort: Sort) => void;
  /** The row whose details are open. */
  readonly current?: number | null;
  readonly onOpen?: (row: number) => void;
  /** Changes when other rows are shown: scrolls back to the first. */
  readonly queryKey: string;
}

const HEADER = 62;
const GUTTER = 64;

/** A window of DOM cells over all rows. Arrow keys, Page Up and Down, Home and End move; Enter opens a row, Space sorts. */
export function DataGrid(props: IDataGridProps): JSX.Element {
  const {
    trans,
    label,
    columns,
    roles = {},
    rows,
    version,
    sort,
    onSort,
    current = null,
    onOpen,
    queryKey
  } = props;
  const id = useId();
  const host = useRef<HTMLDivElement>(null);
  const size = useSize(host);
  const [first, setFirst] = useState(0);
  const [left, setLeft] = useState(0);
  const [focus, setFocus] = useState<{ row: number; column: number }>({ row: 0, column: 0 });
  /** Set while the bar follows the rows, so that its event isn't taken for the user's. */
  const following = useRef(false);

  const total = rows.total ?? 0;
  const viewport = Math.max(0, size.height - HEADER);
  const widths = useMemo(() => columns.map(column => widthOf(column, roles)), [columns, roles]);
  const quantities = useMemo(() => columns.map(column => quantityOf(column, roles)), [columns, roles]);
  const offsets = useMemo(() => {
    const sums = [0];
    widths.forEach(width => sums.push(sums[sums.length - 1] + width));
    return sums;
  }, [widths]);
  const [from, to] = columnsShown(offsets, left, Math.max(0, size.width - GUTTER));
  const visible = Math.ceil(viewport / ROW_HEIGHT) + 1;
  const start = Math.max(0, Math.min(Math.floor(first), Math.max(0, total - 1)));
  const count = Math.max(0, Math.min(visible, total - start));
  const { height, scaled } = scrollOf(total);

  useEffect(() => {
    rows.request(start, Math.max(1, count));
  }, [rows, start, count, version]);

  const showRow = useCallback(
    (row: number) => {
      const node = host.current;
      if (node === null) {
        return;
      }
      const next = Math.max(0, Math.min(row, Math.max(0, total - viewport / ROW_HEIGHT)));
      following.current = true;
      node.scrollTop = scrollTopOf(next, total, viewport);
      setFirst(next);
      requestAnimationFrame(() => {
        following.current = false;
      });
    },
    [total, viewport]
  );

  useEffect(() => {
    setFocus(old => ({ ...old, row: 0 }));
    setFirst(0);
    if (host.current !== null) {
      host.current.scrollTop = 0;
    }
  }, [queryKey]);

  // where a pixel of the bar is many rows, the wheel still moves by rows
  useEffect(() => {
    const node = host.current;
    if (node === null || !scaled) {
      return;
    }
    const onWheel = (event: WheelEvent) => {
      if (Math.abs(event.deltaY) > Math.abs(event.deltaX)) {
        event.preventDefault();
        const rowsMoved = event.deltaMode === 1 ? event.deltaY : event.deltaY / ROW_HEIGHT;
        showRow(first + rowsMoved);
      }
    };
    node.addEventListener('wheel', onWheel, { passive: false });
    return () => node.removeEventListener('wheel', onWheel);
  }, [scaled, showRow, first]);

  const onScroll = () => {
    const node = host.current!;
    setLeft(node.scrollLeft);
    if (!following.current) {
      setFirst(rowAt(node.scrollTop, total, viewport));
    }
  };

  const moveTo = (row: number, column: number) => {
    const next = {
      row: Math.max(0, Math.min(total - 1, row)),
      column: Math.max(0, Math.min(columns.length - 1, column))
    };
    setFocus(next);
    const full = Math.max(1, Math.floor(viewport / ROW_HEIGHT));
    if (next.row < first) {
      showRow(next.row);
    } else if (next.row > first + full - 1) {
      showRow(next.row - full + 1);
    }
    const node = host.current!;
    const [cellLeft, cellRight] = [offsets[next.column], offsets[next.column + 1]];
    if (cellLeft < node.scrollLeft) {
      node.scrollLeft = cellLeft;
    } else if (cellRight > node.scrollLeft + size.width - GUTTER) {
      node.scrollLeft = cellRight - size.width + GUTTER + 12;
    }
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) {
      return;
    }
    const page = Math.max(1, Math.floor(viewport / ROW_HEIGHT) - 1);
    const { row, column } = focus;
    const moves: { [key: string]: () => void } = {
      ArrowDown: () => moveTo(row + 1, column),
      ArrowUp: () => moveTo(row - 1, column),
      ArrowRight: () => moveTo(row, column + 1),
      ArrowLeft: () => moveTo(row, column - 1),
      PageDown: () => moveTo(row + page, column),
      PageUp: () => moveTo(row - page, column),
      Home: () => moveTo(event.ctrlKey ? 0 : row, 0),
      End: () => moveTo(event.ctrlKey ? total - 1 : row, columns.length - 1),
      Enter: () => onOpen?.(row),
      ' ': () => onSort?.(nextSort(sort, columns[column].name))
    };
    const move = moves[event.key];
    if (move !== undefined && total > 0) {
      event.preventDefault();
      event.stopPropagation();
      move();
    }
  };

  const shift = scaled ? 0 : -(first - Math.floor(first)) * ROW_HEIGHT;
  const shownColumns = columns.slice(from, to);
  const activeShown =
    focus.row >= start && focus.row < start + count && focus.column >= from && focus.column < to;
  return (
    <div
      ref={host}
      className="tsm-Grid"
      role="grid"
      aria-label={label}
      aria-rowcount={rows.total === null ? -1 : total + 1}
      aria-colcount={columns.length + 1}
      aria-activedescendant={activeShown ? `${id}-${focus.row}-${focus.column}` : undefined}
      tabIndex={0}
      onScroll={onScroll}
      onKeyDown={onKeyDown}
    >
      <div
        className="tsm-Grid-extent"
        style={{ height: height + HEADER, width: offsets[columns.length] + GUTTER }}
      >
        <div className="tsm-Grid-view" style={{ height: Math.min(size.height, height + HEADER) }}>
          <GridHeader
            trans={trans}
            columns={shownColumns}
            widths={widths.slice(from, to)}
            before={offsets[from]}
            first={from}
            gutter={GUTTER}
            height={HEADER}
            sort={sort}
            onSort={onSort}
          />
          <div className="tsm-Grid-body" style={{ top: HEADER, height: Math.max(0, viewport) }}>
            {Array.from({ length: count }, (_, i) => (
              <GridRow
                key={start + i}
                id={id}
                row={start + i}
                top={i * ROW_HEIGHT + shift}
                rows={rows}
                columns={shownColumns}
                widths={widths.slice(from, to)}
                quantities={quantities.slice(from, to)}
                before={offsets[from]}
                first={from}
                active={focus.row === start + i ? focus.column : null}
                open={current === start + i}
                onPick={column => {
                  setFocus({ row: start + i, column });
                  onOpen?.(start + i);
                }}
              />
            ))}
          </div>
        </div>
      </div>
    </div>
  );
}

interface IGridRowProps {
  readonly id: string;
  readonly row: number;
  readonly top: number;
  readonly rows: IRowProvider;
  readonly columns: readonly IColumnInfo[];
  readonly widths: readonly number[];
  readonly quantities: readonly Quantity[];
  readonly before: number;
  readonly first: number;
  readonly active: number | null;
  readonly open: boolean;
  readonly onPick: (column: number) => void;
}

function GridRow(props: IGridRowProps): JSX.Element {
  const { id, row, top, rows, columns, widths, quantities, before, first, active, open, onPick } = props;
  return (
    <div
      className={`tsm-Grid-row${open ? ' tsm-mod-open' : ''}${row % 2 === 1 ? ' tsm-mod-odd' : ''}`}
      role="row"
      aria-rowindex={row + 2}
      aria-selected={open}
      style={{ transform: `translateY(${top}px)` }}
    >
      <div
        className="tsm-Grid-number"
        role="rowheader"
        aria-colindex={1}
        style={{ width: GUTTER }}
        onClick={() => onPick(first)}
      >
        {formatCount(row + 1)}
      </div>
      <div style={{ flex: `0 0 ${before}px` }} />
      {columns.map((column, i) => {
        const value = rows.value(row, column.name);
        const number = column.type === 'int' || column.type === 'float';
        const kind = value === undefined ? ' tsm-mod-waiting' : value === null ? ' tsm-mod-null' : '';
        const focused = active === first + i ? ' tsm-mod-active' : '';
        return (
          <div
            key={column.name}
            id={`${id}-${row}-${first + i}`}
            role="gridcell"
            aria-colindex={first + i + 2}
            className={`tsm-Grid-cell${number ? ' tsm-mod-number' : ''}${kind}${focused}`}
            style={{ width: widths[i] }}
            onClick={() => onPick(first + i)}
          >
            {value === null ? 'null' : formatValue(value, quantities[i])}
          </div>
        );
      })}
    </div>
  );
}
