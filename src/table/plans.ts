/** How each kind of view is counted: a cell a row, and what the counts of the cells say. */

import { columnsOf, compileNumbers, type ColumnData, type INumbers, type Value } from '../expr';
import { axisExpr } from './axis';
import {
  binGrouped,
  binLinear,
  binPlane,
  eachBinned,
  MOST_BINS,
  type Bounds,
  type IAxis,
  type IBinned
} from './binning';
import { boundsOf, niceBins } from './bounds';
import type { Cache } from './cache';
import { categoriesOf, type ICategories } from './categories';
import { ordered, rearrange, targetsOf, type Places } from './layout';
import type * as io from './requests';
import { fitFrame, type ISkyFrame } from './sky';
import { binSky, cellsOfMap, placesOf } from './skyCells';
import { frameAround } from './skyFrame';
import { sum, tallyAll, type Cells } from './tally';

/** The counts of a view's cells, of all rows or of those that pass. */
export type Counts = Int32Array;

export interface IPlan {
  /** The axes it shows, whose brushes don't filter it. */
  readonly own: readonly string[];
  /** Says of the cells what they are. */
  readonly key: string;
  /** In the order of the layout. */
  readonly cell: Cells;
  readonly cells: number;
  /** Of categories: the cells that are shown, of the most frequent ones, in their order. */
  shown?(all: Counts): Uint32Array;
  /** The answer. `list` gives the rows that pass and are in the first so many cells. */
  finish(passed: Counts, all: Counts, list: (cells: number) => Uint32Array): io.ViewResult;
}

/** Categories that are counted apart in a histogram. */
const MOST_GROUPS = 64;

export class Planner {
  constructor(
    private readonly _columns: ReadonlyMap<string, ColumnData>,
    private readonly _cache: Cache
  ) {}

  rows = 0;

  /** The row at each place of the cells. */
  get places(): Places {
    return this._places;
  }

  /** Begin with columns of another length. */
  reset(rows: number): void {
    this.rows = rows;
    this._places = null;
  }

  /** Bring all cells into another order. */
  rearrange(places: Uint32Array, targets: Uint32Array): void {
    this._places = places;
    this._cache.all<IBinned>('cells ').forEach(({ bin }) => rearrange(bin, targets));
    this._cache.all<ICategories>('codes ').forEach(({ code }) => rearrange(code, targets));
    this._cache.drop('rows ');
  }

  /** The axes that a view shows. */
  own(request: io.ViewRequest): readonly string[] {
    switch (request.kind) {
      case 'density':
        return [request.x, request.y];
      case 'sky':
        return [request.ra, request.dec];
      default:
        return [request.column];
    }
  }

  /** @param passing - for a map around the rows that pass: whether that at a place does */
  plan(request: io.ViewRequest, passing: (place: number) => boolean): IPlan {
    switch (request.kind) {
      case 'histogram':
        return request.by === undefined ? this.histogram(request) : this.grouped(request, request.by);
      case 'density':
        return this.density(request);
      case 'sky':
        return this.sky(request, passing);
      case 'categories':
        return this.categories(request);
    }
  }

  /** Counts of all rows. */
  all({ key, cell, cells }: IPlan): Counts {
    return this._cache.get(
      `all ${key}`,
      () => tallyAll(cell, cells),
      ({ byteLength }) => byteLength
    );
  }

  /** A histogram that is asked for once in a while: nothing is kept for it but the counts of all rows. */
  once(request: io.IHistogramRequest, passes: Uint8Array | null): io.IHistogramResult {
    const axis = this.axis(request.column, request.bins, request.range);
    const passed = new Int32Array(axis.bins + 2);
    const all = new Int32Array(axis.bins + 2);
    eachBinned(axis.numbers, axis.bounds, axis.bins, (bin, from, count) => {
      for (let i = 0; i < count; i++) {
        all[bin[i]] += 1;
        passed[bin[i]] += passes === null ? 1 : passes[from + i];
      }
    });
    return histogramOf(request.column, axis, passed, all, [], NO_COUNTS);
  }

  /** @throws an error that names what is not loaded. */
  numbers(axis: string): INumbers {
    const expr = axisExpr(axis, name => this._columns.has(name));
    columnsOf(expr).forEach(name => this.column(name));
    return compileNumbers(expr, this._columns, this.rows);
  }

  private histogram(request: io.IHistogramRequest): IPlan {
    const { column } = request;
    const axis = this.axis(column, request.bins, request.range);
    const { numbers, bounds, bins } = axis;
    const binned = this.binned(axis.key, () => binLinear(numbers, bounds, bins));
    return {
      own: [column],
      key: axis.key,
      cell: binned.bin,
      cells: bins + 2,
      finish: (passed, all) => histogramOf(column, axis, passed, all, [], NO_COUNTS)
    };
  }

  private grouped(request: io.IHistogramRequest, by: string): IPlan {
    const { column } = request;
    const axis = this.axis(column, request.bins, request.range);
    const { numbers, bounds, bins } = axis;
    const { values } = this._cache.get(`values ${by}`, () => ({ values: this.coded(by).values }));
    const width = bins + 2;
    const room = Math.floor(MOST_BINS / width) - 1;
    const groups = values.slice(0, Math.min(MOST_GROUPS, room));
    const key = `${axis.key} by ${by}`;
    const binned = this.binned(key, () => {
      // as the rows come: the codes that are kept may be in another order
      const categories = this._places === null ? this.coded(by) : categoriesOf(this.column(by));
      return binGrouped(numbers, bounds, bins, categories, groups.length);
    });
    const over = (counts: Counts): Counts => {
      const totals = new Int32Array(width);
      counts.forEach((count, cell) => {
        totals[cell % width] += count;
      });
      return totals;
    };
    return {
      own: [column],
      key,
      cell: binned.bin,
      cells: width * (groups.length + 1),
      finish: (passed, all) => {
        const counts = new Uint32Array(bins * groups.length);
        groups.forEach((_, group) =>
          counts.set(passed.subarray(group * width, group * width + bins), group * bins)
        );
        return histogramOf(column, axis, over(passed), over(all), groups, counts);
      }
    };
  }

  private density(request: io.IDensityRequest): IPlan {
    const { x, y } = request;
    // a plane of any size has no more cells than can be numbered
    const share = Math.min(1, Math.sqrt((MOST_BINS - 1000) / (request.nx * request.ny)));
    const across = this.axis(x, Math.max(1, Math.floor(request.nx * share)), request.xRange);
    const upward = this.axis(y, Math.max(1, Math.floor(request.ny * share)), request.yRange);
    const key = `plane ${across.key} ${upward.key}`;
    const { bin, bins } = this.binned(key, () => binPlane(across, upward));
    return {
      own: [x, y],
      key,
      cell: bin,
      cells: bins + 2,
      finish: (passed, all) => ({
        kind: 'density',
        x,
        y,
        xRange: across.bounds,
        yRange: upward.bounds,
        nx: across.bins,
        ny: upward.bins,
        ...this.shown(key, bins, passed, all)
      })
    };
  }

  private sky(request: io.ISkyRequest, passing: (place: number) => boolean): IPlan {
    const { ra, dec, width, height } = request;
    const [ras, decs] = [this.numbers(ra), this.numbers(dec)];
    const base: ISkyFrame =
      request.frame === 'data'
        ? this._cache.get(`frame ${ra} ${dec}`, () => frameAround(ras, decs))
        : request.frame === 'passing'
          ? frameAround(ordered(ras, this._places), ordered(decs, this._places), passing)
          : request.frame;
    const frame = fitFrame(base, width, height);
    const [nx, ny] = cellsOfMap(width, height, request.cell);
    const key = `sky ${ra} ${dec} ${JSON.stringify(frame)} ${nx} ${ny}`;
    const { bin, bins } = this.binned(key, () => binSky(ras, decs, frame, nx, ny));
    return {
      own: [ra, dec],
      key,
      cell: bin,
      cells: bins + 2,
      finish: (passed, all, list) => {
        const shown = this.shown(key, bins, passed, all);
        const most = request.points ?? -1;
        const points = shown.total <= most ? placesOf(ras, decs, frame, list(bins)) : null;
        return { kind: 'sky', ra, dec, frame, nx, ny, ...shown, points };
      }
    };
  }

  private categories(request: io.ICategoriesRequest): IPlan {
    const { column, limit } = request;
    const { code, values, others } = this.coded(column);
    const mostFrequent = (all: Counts) =>
      Uint32Array.from(values.keys())
        .sort((a, b) => all[b] - all[a] || a - b)
        .slice(0, limit)
        .sort();
    return {
      own: [column],
      key: `categories ${column}`,
      cell: code,
      cells: values.length + 1,
      shown: mostFrequent,
      finish: (passed, all) => {
        const shown = mostFrequent(all);
        const pick = (counts: Counts) => Uint32Array.from(shown, i => counts[i]);
        const [shownAll, shownPassed] = [pick(all), pick(passed)];
        return {
          kind: 'categories',
          column,
          values: Array.from(shown, i => values[i]),
          all: shownAll,
          passed: shownPassed,
          others: values.length - shown.length + others,
          othersAll: sum(all) - sum(shownAll),
          othersPassed: sum(passed) - sum(shownPassed)
        };
      }
    };
  }

  /** What densities and maps say alike. */
  private shown(key: string, bins: number, passed: Counts, all: Counts) {
    const own = Uint32Array.from(passed.subarray(0, bins));
    return {
      // the same array every time, so that it need not be sent again
      all: this._cache.get(
        `shown ${key}`,
        () => Uint32Array.from(all.subarray(0, bins)),
        ({ byteLength }) => byteLength
      ),
      passed: own,
      missing: all[bins],
      outside: all[bins + 1],
      total: sum(own)
    };
  }

  private axis(name: string, wanted: number, given?: Bounds): IAxis & { key: string; whole: boolean } {
    const numbers = this.numbers(name);
    let bounds = given ?? this._cache.get(`bounds ${name}`, () => boundsOf(numbers));
    let bins = wanted;
    if (given === undefined) {
      if (numbers.whole && bounds[1] - bounds[0] < bins) {
        // one bin a whole number, centred on it
        bounds = [Math.floor(bounds[0]) - 0.5, Math.floor(bounds[1]) + 0.5];
        bins = bounds[1] - bounds[0];
      } else {
        ({ range: bounds, bins } = niceBins(bounds, bins));
      }
    }
    const whole = numbers.whole && (bounds[1] - bounds[0]) / bins === 1;
    return { key: `axis ${name} ${bounds.join()} ${bins}`, numbers, bounds, bins, whole };
  }

  private binned(key: string, make: () => IBinned): IBinned {
    return this._cache.get(
      `cells ${key}`,
      () => {
        const made = make();
        if (this._places !== null) {
          rearrange(made.bin, targetsOf(null, this._places));
        }
        return made;
      },
      ({ bin }) => bin.byteLength
    );
  }

  private coded(name: string): ICategories {
    return this._cache.get(
      `codes ${name}`,
      () => {
        const made = categoriesOf(this.column(name));
        if (this._places !== null) {
          rearrange(made.code, targetsOf(null, this._places));
        }
        return made;
      },
      ({ code }) => code.byteLength
    );
  }

  private column(name: string): ColumnData {
    const column = this._columns.get(name);
    if (column === undefined) {
      throw new Error(`Column '${name}' is not loaded.`);
    }
    return column;
  }

  private _places: Places = null;
}

const NO_COUNTS = new Uint32Array(0);

function histogramOf(
  column: string,
  { bounds, bins, whole }: IAxis & { whole: boolean },
  passed: Counts,
  all: Counts,
  groups: Value[],
  grouped: Uint32Array
): io.IHistogramResult {
  const own = Uint32Array.from(passed.subarray(0, bins));
  return {
    kind: 'histogram',
    column,
    range: bounds,
    bins,
    whole,
    all: Uint32Array.from(all.subarray(0, bins)),
    passed: own,
    groups,
    grouped,
    missing: all[bins],
    outside: all[bins + 1],
    total: sum(own)
  };
}
