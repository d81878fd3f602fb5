import type { TranslationBundle } from '@jupyterlab/translation';
import type { ISignal } from '@lumino/signaling';
import {
  useCallback,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useReducer,
  useRef,
  useState,
  type KeyboardEvent
} from 'react';
import type { IColumnInfo, IRoles } from '../../table/source';
import { formatValue, quantityOf } from '../format';
import { useSize } from '../hooks';
import { scrollOf, widthOf } from './geometry';
import { GridHeader, type IHeaderActions, type Sort } from './GridHeader';
import { afterKey } from './keys';
import { GridView, type IRowProvider } from './view';

export type { IRowProvider } from './view';
export type { Sort } from './GridHeader';

export interface IDataGridProps extends IHeaderActions {
  readonly trans: TranslationBundle;
  /** What the grid is, for a screen reader. */
  readonly label: string;
  readonly columns: readonly IColumnInfo[];
  readonly roles?: IRoles;
  readonly rows: IRowProvider & {
    /** Emitted when rows came; drawn without a render. */
    readonly changed?: ISignal<unknown, unknown>;
  };
  /** Raised when rows came, where `rows` has no signal. */
  readonly version?: number;
  readonly sort?: Sort;
  /** The row whose details are open. */
  readonly current?: number | null;
  readonly onOpen?: (row: number) => void;
  /** Changes when other rows are shown: scrolls back to the first. */
  readonly queryKey: string;
}

const HEADER = 64;
const GUTTER = 64;
const NO_ROLES: IRoles = {};

/**
 * A window of DOM cells over all rows; its body is drawn by `GridView`, React has the frame and the header.
 *
 * Arrow keys, Page Up and Down, Home and End move; Enter opens a row, Space sorts. Up from the first row (or Ctrl and
 * Up from any) is the header: there Enter sorts and Escape clears the range. F2 or the menu key: about the column.
 */
export function DataGrid(props: IDataGridProps): JSX.Element {
  const { trans, label, columns, roles = NO_ROLES, rows, version = 0, sort, queryKey } = props;
  const { onSort, onSelect, onProfile, onOpen, current = null } = props;
  const id = useId();
  const host = useRef<HTMLDivElement>(null);
  const strip = useRef<HTMLDivElement>(null);
  const cells = useRef<HTMLDivElement>(null);
  const numbers = useRef<HTMLDivElement>(null);
  const view = useRef<GridView | null>(null);
  const size = useSize(host);
  const [shown, setShown] = useState<[number, number]>([0, 0]);
  const [focus, setFocus] = useState({ row: 0, column: 0 });
  const [widths, setWidths] = useState<ReadonlyMap<string, number>>(new Map());
  const [, again] = useReducer((n: number) => n + 1, 0);

  // the last known number of rows holds while other rows are on their way
  const known = useRef(0);
  const counted = useRef(rows.total);
  counted.current = rows.total;
  known.current = rows.total ?? known.current;
  const total = known.current;
  const awaited = rows.total === null;
  const row = Math.min(focus.row, total - 1);
  const column = Math.min(focus.column, columns.length - 1);
  const active = useMemo(() => ({ row, column }), [row, column]);

  const offsets = useMemo(() => {
    const sums = [0];
    columns.forEach(column => sums.push(sums.at(-1)! + (widths.get(column.name) ?? widthOf(column, roles))));
    return sums;
  }, [columns, roles, widths]);
  const drawn = useMemo(
    () =>
      columns.map((column, index) => {
        const quantity = quantityOf(column, roles);
        return {
          name: column.name,
          index,
          number: column.type === 'int' || column.type === 'float',
          format: (value: Parameters<typeof formatValue>[0]) => formatValue(value, quantity)
        };
      }),
    [columns, roles]
  );

  useLayoutEffect(() => {
    const nodes = {
      host: host.current!,
      strip: strip.current!,
      cells: cells.current!,
      numbers: numbers.current!
    };
    const made = (view.current = new GridView(nodes, id, (from, to) => setShown([from, to])));
    const onWheel = (event: WheelEvent) => made.wheel(event);
    nodes.host.addEventListener('wheel', onWheel, { passive: false });
    return () => {
      nodes.host.removeEventListener('wheel', onWheel);
      made.dispose();
    };
  }, [id]);

  useEffect(() => {
    setFocus(old => (old.row > 0 ? { ...old, row: 0 } : old));
    view.current!.showRow(0);
  }, [queryKey]);

  useLayoutEffect(() => {
    view.current!.setLayout({
      rows,
      columns: drawn,
      offsets,
      width: Math.max(0, size.width - GUTTER),
      height: Math.max(0, size.height - HEADER),
      active,
      open: current
    });
  }, [rows, drawn, offsets, size, total, awaited, current, active, version]);

  // the row whose details are open is followed to wherever it is
  useEffect(() => {
    if (current !== null) {
      setFocus(old => (old.row === current ? old : { ...old, row: current }));
      view.current!.revealRow(current);
    }
  }, [current]);

  const { changed } = rows;
  useEffect(() => {
    const onChanged = () => {
      // a render only where the number of rows changed
      if (rows.total === counted.current) {
        view.current!.refresh();
      } else {
        again();
      }
    };
    changed?.connect(onChanged);
    return () => void changed?.disconnect(onChanged);
  }, [rows, changed]);

  const onWidth = useCallback(
    (column: string, width: number | null) =>
      setWidths(old => {
        const next = new Map(old);
        if (width === null) {
          next.delete(column);
        } else {
          next.set(column, width);
        }
        return next;
      }),
    []
  );

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || total === 0) {
      return;
    }
    const act = afterKey(event, active, {
      rows: total,
      columns: columns.length,
      page: view.current!.page,
      first: Math.ceil(view.current!.first),
      sort,
      nameOf: column => columns[column].name
    });
    if (act === null) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    switch (act.kind) {
      case 'move':
        setFocus(act);
        view.current!.reveal(act.row, act.column);
        break;
      case 'open':
        onOpen?.(act.row);
        break;
      case 'sort':
        onSort?.(act.sort);
        break;
      case 'clear':
        onSelect?.(act.column, null);
        break;
      case 'about':
        onProfile?.(act.column);
    }
  };

  const onPick = (target: EventTarget) => {
    const place = awaited ? null : view.current!.pool.at(target);
    if (place !== null) {
      setFocus({ row: place.row, column: place.column ?? active.column });
      onOpen?.(place.row);
    }
  };

  const { height } = scrollOf(total);
  const width = offsets[columns.length];
  return (
    <div
      ref={host}
      className="tsm-Grid"
      role="grid"
      aria-label={label}
      aria-readonly="true"
      aria-rowcount={awaited ? -1 : total + 1}
      aria-colcount={columns.length}
      tabIndex={0}
      onScroll={() => view.current!.scrolled()}
      onKeyDown={onKeyDown}
    >
      <div className="tsm-Grid-extent" style={{ height: height + HEADER, width: width + GUTTER }}>
        <div
          className="tsm-Grid-view"
          style={{ width: size.width, height: Math.min(size.height, height + HEADER) }}
        >
          <div
            className="tsm-Grid-header"
            role="row"
            aria-rowindex={1}
            style={{ height: HEADER, left: GUTTER }}
          >
            <div ref={strip} className="tsm-Grid-strip" role="presentation">
              <GridHeader
                trans={trans}
                id={id}
                columns={columns}
                shown={shown}
                offsets={offsets}
                roles={roles}
                sort={sort}
                active={focus.row < 0 ? active.column : null}
                headers={props.headers}
                selections={props.selections}
                onSelect={onSelect}
                picked={props.picked}
                onPick={props.onPick}
                onSort={onSort}
                onProfile={onProfile}
                onWidth={onWidth}
              />
            </div>
          </div>
          <div className="tsm-Grid-corner" style={{ height: HEADER, width: GUTTER }} />
          <div
            className="tsm-Grid-body"
            role="presentation"
            style={{ top: HEADER }}
            onClick={event => onPick(event.target)}
          >
            <div className="tsm-Grid-sheet" role="presentation" style={{ left: GUTTER }}>
              <div
                ref={cells}
                role="presentation"
                className="tsm-Grid-cells"
                style={{ width: Math.max(width, size.width - GUTTER) }}
              />
            </div>
            <div className="tsm-Grid-gutter" aria-hidden="true" style={{ width: GUTTER }}>
              <div ref={numbers} className="tsm-Grid-numbers" />
            </div>
          </div>
        </div>
      </div>
    </div>
  );
}
