import type { TranslationBundle } from '@jupyterlab/translation';
import type { IColumnInfo } from '../../table/source';
import { formatCount } from '../format';
import type { Sort } from './DataGrid';
import { Spark } from './Spark';

export interface IGridHeaderProps {
  readonly trans: TranslationBundle;
  /** The columns shown. */
  readonly columns: readonly IColumnInfo[];
  readonly widths: readonly number[];
  /** Width of the columns before them, and how many there are. */
  readonly before: number;
  readonly first: number;
  readonly gutter: number;
  readonly height: number;
  readonly sort?: Sort;
  readonly onSort?: (sort: Sort) => void;
}

/** Name, unit and small histogram of each column; a click sorts up, down, and not at all. */
export function GridHeader(props: IGridHeaderProps): JSX.Element {
  const { trans, columns, widths, before, first, gutter, height, sort, onSort } = props;
  return (
    <div className="tsm-Grid-header" role="row" aria-rowindex={1} style={{ height }}>
      <div className="tsm-Grid-corner" role="columnheader" aria-colindex={1} style={{ width: gutter }}>
        <span className="tsm-hidden">{trans.__('Row')}</span>
      </div>
      <div style={{ flex: `0 0 ${before}px` }} />
      {columns.map((column, i) => {
        const sorted = sort?.column === column.name;
        return (
          <div
            key={column.name}
            role="columnheader"
            aria-colindex={first + i + 2}
            aria-sort={sorted ? (sort.descending ? 'descending' : 'ascending') : 'none'}
            className="tsm-Grid-head"
            style={{ width: widths[i] }}
          >
            <button
              type="button"
              tabIndex={-1}
              title={described(trans, column)}
              onClick={() => onSort?.(nextSort(sort, column.name))}
            >
              <span className="tsm-Grid-name">
                <span>{column.name}</span>
                <span className="tsm-Grid-arrow" aria-hidden="true">
                  {sorted ? (sort.descending ? '▼' : '▲') : ''}
                </span>
              </span>
              <span className="tsm-Grid-unit">{column.unit || '\u00a0'}</span>
              <Spark column={column} />
            </button>
          </div>
        );
      })}
    </div>
  );
}

/** Up, down, then as it was. */
export function nextSort(sort: Sort, column: string): Sort {
  if (sort?.column !== column) {
    return { column, descending: false };
  }
  return sort.descending ? undefined : { column, descending: true };
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
