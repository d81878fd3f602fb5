import {
  columnLength,
  columnNumbers,
  compileMask,
  parse,
  valueAt,
  type ColumnData,
  type Columns,
  type ITextColumn,
  type Value
} from '../expr';
import { binLinear } from './binning';
import { boundsOf, niceBins } from './bounds';
import { categoriesOf } from './categories';
import { arrowName, encodeColumns } from './encode';
import type { IColumnInfo, IRoles, ITableInfo, ITableSource, IWindow, IWindowRequest } from './source';

export interface IMemoryOptions {
  readonly name?: string;
  readonly path?: string;
  readonly access?: string;
  readonly roles?: IRoles;
  readonly citation?: string;
  readonly meta?: { readonly [column: string]: Partial<IColumnInfo> };
}

/** A table in memory: for tests, and for small results that have no engine behind them. */
export class MemorySource implements ITableSource {
  constructor(columns: Columns, options: IMemoryOptions = {}) {
    this._columns = columns;
    this._options = options;
    const first = columns.values().next().value;
    this._rows = first === undefined ? 0 : columnLength(first);
  }

  async info(): Promise<ITableInfo> {
    const { name = 'table', path, access = 'public', roles = {}, citation = null, meta = {} } = this._options;
    const columns = [...this._columns].map(([column, data]) => ({
      ...summary(column, data),
      ...meta[column]
    }));
    return { id: name, name, path, rows: this._rows, access, roles, citation, columns };
  }

  async window(request: IWindowRequest): Promise<IWindow> {
    const rows = this.order(this.passing(request.where, request.search), request.sort);
    const shown = rows.slice(request.start, request.start + request.count);
    const names = request.columns ?? [...this._columns.keys()];
    const picked = new Map(names.map(name => [name, pick(this.column(name), shown)]));
    return { start: request.start, total: rows.length, ipc: encodeColumns(picked) };
  }

  async columns(names: string[]): Promise<Uint8Array> {
    return encodeColumns(new Map(names.map(name => [name, this.column(name)])));
  }

  dispose(): void {
    // nothing to give back
  }

  private column(name: string): ColumnData {
    const column = this._columns.get(name);
    if (column === undefined) {
      throw new Error(`There is no column '${name}'.`);
    }
    return column;
  }

  private passing(where?: string, search?: string): number[] {
    const mask = where ? compileMask(parse(where), this._columns, this._rows) : null;
    const rows: number[] = [];
    const wanted = search?.toLowerCase() ?? '';
    const searched = [...this._columns.values()].filter(({ type }) => type === 'text' || type === 'int');
    const found = (row: number) =>
      searched.some(column => {
        const value = valueAt(column, row);
        return value !== null && String(value).toLowerCase().includes(wanted);
      });
    for (let row = 0; row < this._rows; row++) {
      if ((mask === null || mask[row] === 1) && (wanted === '' || found(row))) {
        rows.push(row);
      }
    }
    return rows;
  }

  private order(rows: number[], sort: IWindowRequest['sort']): number[] {
    if (sort === undefined) {
      return rows;
    }
    const column = this.column(sort.column);
    const sign = sort.descending ? -1 : 1;
    // what has no value comes last, whatever the direction
    const absent = (value: Value) => value === null || value !== value;
    return rows.sort((a, b) => {
      const [left, right] = [valueAt(column, a), valueAt(column, b)];
      if (absent(left) || absent(right)) {
        return Number(absent(left)) - Number(absent(right)) || a - b;
      }
      return left! < right! ? -sign : left! > right! ? sign : a - b;
    });
  }

  private readonly _columns: Columns;
  private readonly _options: IMemoryOptions;
  private readonly _rows: number;
}

/** A column of texts. */
export function textColumn(values: readonly (string | null)[]): ITextColumn {
  const codes = new Int32Array(values.length);
  const known = new Map<string, number>();
  values.forEach((value, row) => {
    if (value !== null && !known.has(value)) {
      known.set(value, known.size);
    }
    codes[row] = value === null ? -1 : known.get(value)!;
  });
  return { type: 'text', codes, dictionary: [...known.keys()] };
}

function pick(column: ColumnData, rows: number[]): ColumnData {
  if (column.type === 'text') {
    return { ...column, codes: Int32Array.from(rows, row => column.codes[row]) };
  }
  const values = new (column.values.constructor as Float64ArrayConstructor)(rows.length);
  rows.forEach((row, i) => {
    values[i] = column.values[row] as number;
  });
  const valid = column.valid === null ? null : Uint8Array.from(rows, row => column.valid![row]);
  return { ...column, values, valid } as ColumnData;
}

function summary(name: string, column: ColumnData): IColumnInfo {
  const categories = categoriesOf(column);
  const counts = new Uint32Array(categories.values.length);
  categories.code.forEach(code => {
    counts[code] += 1;
  });
  const nulls = categories.values.reduce<number>(
    (sum, value, i) => sum + (value === null ? counts[i] : 0),
    0
  );
  const distinct = categories.values.filter(value => value !== null).length;
  const numeric = column.type === 'int' || column.type === 'float';
  const numbers = columnNumbers(
    numeric ? column : { type: 'text', codes: new Int32Array(0), dictionary: [] }
  );
  const extremes = boundsOf(numbers);
  const { range, bins } = niceBins(extremes, 24);
  const binned = binLinear(numbers, range, bins);
  const histogram = new Array<number>(bins).fill(0);
  binned.bin.forEach(bin => {
    if (bin < bins) {
      histogram[bin] += 1;
    }
  });
  const common = categories.values
    .map((value, i) => ({ value: typeof value === 'bigint' ? String(value) : value, count: counts[i] }))
    .sort((a, b) => b.count - a.count)
    .slice(0, 12);
  return {
    name,
    type: column.type,
    arrow: arrowName(column),
    nulls,
    distinct,
    min: numeric ? extremes[0] : null,
    max: numeric ? extremes[1] : null,
    histogram: numeric
      ? {
          edges: Array.from({ length: bins + 1 }, (_, i) => range[0] + (i * (range[1] - range[0])) / bins),
          counts: histogram
        }
      : null,
    values: !numeric || (column.type === 'int' && distinct <= 30) ? common : null
  };
}
