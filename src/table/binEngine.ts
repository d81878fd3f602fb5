/** Holds columns and counts rows in bins. Knows no worker: it runs in one, or on the main thread. */

import { columnLength, compileMask, parse, type ColumnData } from '../expr';
import * as binning from './binning';
import { decodeColumns } from './decode';
import type * as io from './requests';
import { fitFrame, frameOf, type ISkyFrame } from './sky';

/** Terms kept apart: a bit each of two bytes a row. More terms than this share the last bit. */
const SLOTS = 16;

export class BinEngine {
  add(ipc: Uint8Array): void {
    const { rows, columns } = decodeColumns(ipc);
    if (this._columns.size > 0 && rows !== this._rows) {
      throw new Error(`Columns of ${rows} rows came to a table of ${this._rows} rows.`);
    }
    this.hold(columns, rows);
  }

  hold(columns: ReadonlyMap<string, ColumnData>, rows?: number): void {
    columns.forEach((column, name) => this._columns.set(name, column));
    const first = columns.values().next().value;
    const length = rows ?? (first === undefined ? 0 : columnLength(first));
    if (this._fails.length !== length) {
      this._rows = length;
      this._fails = new Uint16Array(length);
      this._slots.fill(null);
      this._cache.clear();
      this._counted.clear();
    }
  }

  update(update: io.IUpdate): io.IUpdateResult {
    const start = performance.now();
    this.setTerms(update.terms);
    const views: { [id: string]: io.ViewResult } = {};
    const counted = new Map<string, io.ViewResult>();
    for (const [id, request] of Object.entries(update.views)) {
      const key = this.signature(request);
      const result = this._counted.get(key) ?? this.count(request);
      counted.set(key, result);
      views[id] = result;
    }
    this._counted = counted;
    return { rows: this._rows, passed: passing(this._fails, 0xffff), views, took: performance.now() - start };
  }

  /** All that a view's counts depend on: a brush on its own columns, for one, leaves them as they are. */
  private signature(request: io.ViewRequest): string {
    const bits =
      request.kind === 'sky' && request.frame === 'passing' ? 0xffff : this.othersBits(ownColumns(request));
    const texts = this._slots.flatMap((slot, i) =>
      slot !== null && (bits & (1 << i)) !== 0 ? [slot.text] : []
    );
    return JSON.stringify([request, texts.sort()]);
  }

  /** Keep what didn't change; a changed term costs one pass over the rows. */
  private setTerms(terms: readonly io.ITerm[]): void {
    // a term more than there are bits is joined to the last
    const wanted = terms.slice(0, SLOTS - 1);
    const rest = terms.slice(SLOTS - 1);
    if (rest.length > 0) {
      wanted.push({
        text: rest.map(term => `(${term.text})`).join(' AND '),
        columns: [...new Set(rest.flatMap(term => term.columns))]
      });
    }
    const texts = new Set(wanted.map(term => term.text));
    const present = new Set(this._slots.map(slot => slot?.text));
    const fresh = wanted.filter(
      (term, i) => !present.has(term.text) && wanted.findIndex(other => other.text === term.text) === i
    );
    // compile first: a condition in error leaves everything as it was
    const masks = fresh.map(term => compileMask(parse(term.text), this._columns, this._rows));
    const free: number[] = [];
    this._slots.forEach((slot, i) => {
      if (slot === null || !texts.has(slot.text)) {
        free.push(i);
      }
    });
    const used = free.splice(0, fresh.length);
    used.forEach((slot, i) => {
      this._slots[slot] = fresh[i];
      this.writeBit(slot, masks[i]);
    });
    free.forEach(slot => {
      if (this._slots[slot] !== null) {
        this._slots[slot] = null;
        this.writeBit(slot, null);
      }
    });
  }

  private writeBit(slot: number, mask: Uint8Array | null): void {
    const fails = this._fails;
    const others = ~(1 << slot);
    if (mask === null) {
      for (let row = 0; row < fails.length; row++) {
        fails[row] &= others;
      }
    } else {
      for (let row = 0; row < fails.length; row++) {
        fails[row] = (fails[row] & others) | ((mask[row] ^ 1) << slot);
      }
    }
  }

  /** Bits of the terms that count for a view over these columns: all but those over its columns only. */
  private othersBits(own: string[]): number {
    let bits = 0;
    this._slots.forEach((slot, i) => {
      if (slot !== null && !(slot.columns.length > 0 && slot.columns.every(name => own.includes(name)))) {
        bits |= 1 << i;
      }
    });
    return bits;
  }

  private count(request: io.ViewRequest): io.ViewResult {
    switch (request.kind) {
      case 'histogram':
        return this.histogram(request);
      case 'density':
        return this.density(request);
      case 'sky':
        return this.sky(request);
      case 'categories':
        return this.categories(request);
    }
  }

  private histogram(request: io.IHistogramRequest): io.IHistogramResult {
    const { column, by } = request;
    const data = this.column(column);
    const axis = this.axis(column, request.bins, request.range);
    const { bin, bins, missing, outside } = axis.binned;
    const bits = this.othersBits(ownColumns(request));
    const passed = tally(this._fails, bits, bin, bins);
    const categories = by === undefined ? null : this.coded(by);
    const groups = categories === null ? [] : categories.values.slice(0, 64);
    const grouped =
      categories === null
        ? new Uint32Array(0)
        : tallyGroups(this._fails, bits, bin, bins, categories.code, groups.length);
    return {
      kind: 'histogram',
      column,
      range: axis.range,
      bins,
      whole: data.type === 'int' && (axis.range[1] - axis.range[0]) / bins === 1,
      all: this.all(axis.key, bin, bins),
      passed,
      groups,
      grouped,
      missing,
      outside,
      total: sum(passed)
    };
  }

  private density(request: io.IDensityRequest): io.IDensityResult {
    const { x, y, nx, ny } = request;
    const xAxis = this.axis(x, nx, request.xRange);
    const yAxis = this.axis(y, ny, request.yRange);
    const key = `plane ${xAxis.key} ${yAxis.key}`;
    const plane = this.cached(key, () => binning.binPlane(xAxis.binned, yAxis.binned));
    const passed = tally(this._fails, this.othersBits(ownColumns(request)), plane.bin, plane.bins);
    return {
      kind: 'density',
      x,
      y,
      xRange: xAxis.range,
      yRange: yAxis.range,
      nx: xAxis.binned.bins,
      ny: yAxis.binned.bins,
      all: this.all(key, plane.bin, plane.bins),
      passed,
      missing: plane.missing,
      outside: plane.outside,
      total: sum(passed)
    };
  }

  private sky(request: io.ISkyRequest): io.ISkyResult {
    const { ra, dec, width, height, cell } = request;
    const ras = this.numbers(ra);
    const decs = this.numbers(dec);
    const base = this.frame(request, ras, decs);
    const frame = fitFrame(base, width, height);
    // a map of any size has no more cells than can be numbered
    const coarse = Math.max(cell, Math.sqrt((width * height) / (binning.MOST_BINS - 1000)));
    const nx = Math.max(1, Math.floor(width / coarse));
    const ny = Math.max(1, Math.floor(height / coarse));
    const key = `sky ${ra} ${dec} ${JSON.stringify(frame)} ${nx} ${ny}`;
    const binned = this.cached(key, () => binning.binSky(ras, decs, frame, nx, ny));
    const passed = tally(this._fails, this.othersBits(ownColumns(request)), binned.bin, binned.bins);
    return {
      kind: 'sky',
      ra,
      dec,
      frame,
      nx,
      ny,
      all: this.all(key, binned.bin, binned.bins),
      passed,
      missing: binned.missing,
      outside: binned.outside,
      total: sum(passed)
    };
  }

  private frame(request: io.ISkyRequest, ra: ArrayLike<number>, dec: ArrayLike<number>): ISkyFrame {
    if (request.frame === 'data') {
      return this.cached(`frame ${request.ra} ${request.dec}`, () => frameOf(ra, dec));
    }
    return request.frame === 'passing' ? frameOf(ra, dec, row => this._fails[row] === 0) : request.frame;
  }

  private categories(request: io.ICategoriesRequest): io.ICategoriesResult {
    const { column, limit } = request;
    const { code, values, others } = this.coded(column);
    const bits = this.othersBits(ownColumns(request));
    const all = this.all(`categories ${column}`, code, values.length);
    const passed = tally(this._fails, bits, code, values.length);
    const everything = others === 0 ? null : passing(this._fails, bits);
    // the most frequent ones, in the order of the categories
    const shown = values
      .map((_, i) => i)
      .sort((a, b) => all[b] - all[a] || a - b)
      .slice(0, limit)
      .sort((a, b) => a - b);
    const pick = (counts: Uint32Array) => Uint32Array.from(shown, i => counts[i]);
    const [shownAll, shownPassed] = [pick(all), pick(passed)];
    return {
      kind: 'categories',
      column,
      values: shown.map(i => values[i]),
      all: shownAll,
      passed: shownPassed,
      others: values.length - shown.length + others,
      othersAll: (others === 0 ? sum(all) : this._rows) - sum(shownAll),
      othersPassed: (everything ?? sum(passed)) - sum(shownPassed)
    };
  }

  private axis(
    name: string,
    bins: number,
    given?: readonly [number, number]
  ): { key: string; range: readonly [number, number]; binned: binning.IBinned } {
    const values = this.numbers(name);
    let range = given ?? this.cached(`bounds ${name}`, () => binning.boundsOf(values));
    let count = bins;
    if (given === undefined) {
      const column = this.column(name);
      if (column.type === 'int' && range[1] - range[0] < bins) {
        // one bin a whole number, centred on it
        range = [Math.floor(range[0]) - 0.5, Math.floor(range[1]) + 0.5];
        count = range[1] - range[0];
      } else {
        ({ range, bins: count } = binning.niceBins(range, bins));
      }
    }
    const key = `axis ${name} ${range.join()} ${count}`;
    return { key, range, binned: this.cached(key, () => binning.binLinear(values, range, count)) };
  }

  private all(key: string, bin: Uint16Array, bins: number): Uint32Array {
    // a copy, since the answer's arrays are handed over
    return this.cached(`all ${key}`, () => tally(this._fails, 0, bin, bins)).slice();
  }

  private numbers(name: string): ArrayLike<number> {
    return this.cached(`numbers ${name}`, () => binning.numbersOf(this.column(name)));
  }

  private coded(name: string): binning.ICategories {
    return this.cached(`codes ${name}`, () => binning.categoriesOf(this.column(name)));
  }

  private column(name: string): ColumnData {
    const column = this._columns.get(name);
    if (column === undefined) {
      throw new Error(`Column '${name}' is not loaded.`);
    }
    return column;
  }

  /** What depends on columns only; the least used goes when there are many. */
  private cached<T>(key: string, make: () => T): T {
    let found = this._cache.get(key) as T | undefined;
    if (found === undefined) {
      found = make();
    }
    this._cache.delete(key);
    this._cache.set(key, found);
    if (this._cache.size > 80) {
      this._cache.delete(this._cache.keys().next().value as string);
    }
    return found;
  }

  private _columns = new Map<string, ColumnData>();
  private _rows = 0;
  /** Bit `i` is set where the row fails the term in slot `i`. */
  private _fails = new Uint16Array(0);
  private _slots: (io.ITerm | null)[] = new Array(SLOTS).fill(null);
  private _cache = new Map<string, unknown>();
  /** Counts of the last update, by signature. */
  private _counted = new Map<string, io.ViewResult>();
}

/** The columns of a view: what bounds only these is shown in it, not applied to it. */
function ownColumns(request: io.ViewRequest): string[] {
  switch (request.kind) {
    case 'density':
      return [request.x, request.y];
    case 'sky':
      return [request.ra, request.dec];
    default:
      return [request.column];
  }
}

/**
 * Rows a bin, of those with none of the bits set; bin numbers from `bins` on are left out.
 *
 * Without a branch: whether a row passes is as good as random, and a wrong guess costs more than an addition of 0.
 */
function tally(fails: Uint16Array, bits: number, bin: Uint16Array, bins: number): Uint32Array {
  const counts = new Int32Array(bins + 2);
  for (let row = 0; row < bin.length; row++) {
    counts[bin[row]] += 1 - (((fails[row] & bits) + 0xffff) >>> 16);
  }
  return Uint32Array.from(counts.subarray(0, bins));
}

/** The same by group: one run of `bins` after another. Rows of no group or bin go where nobody looks. */
function tallyGroups(
  fails: Uint16Array,
  bits: number,
  bin: Uint16Array,
  bins: number,
  code: Uint16Array,
  groups: number
): Uint32Array {
  const width = bins + 2;
  const counts = new Int32Array(width * (groups + 1));
  for (let row = 0; row < bin.length; row++) {
    const group = Math.min(code[row], groups);
    counts[group * width + bin[row]] += 1 - (((fails[row] & bits) + 0xffff) >>> 16);
  }
  const tidy = new Uint32Array(bins * groups);
  for (let group = 0; group < groups; group++) {
    tidy.set(counts.subarray(group * width, group * width + bins), group * bins);
  }
  return tidy;
}

/** How many rows have none of the bits set. */
function passing(fails: Uint16Array, bits: number): number {
  let count = 0;
  for (let row = 0; row < fails.length; row++) {
    count += 1 - (((fails[row] & bits) + 0xffff) >>> 16);
  }
  return count;
}

function sum(counts: Uint32Array): number {
  let total = 0;
  for (let i = 0; i < counts.length; i++) {
    total += counts[i];
  }
  return total;
}
