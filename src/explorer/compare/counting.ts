import { columnsOf, parse } from '../../expr';
import type { ITerm, IUpdateResult, ViewRequest, ViewResult } from '../../table/requests';
import type { Selection } from '../../table/selection';
import type { ISkyFrame } from '../../table/sky';
import * as plans from './axes';
import { renamedAxis, renamedText, type IMatching } from './matching';
import type { OpenTable } from './openTable';
import { commonFrame, commonScale, PROBED, type IScale } from './ranges';
import { SIDES, type Side } from './samples';

/** Both samples counted. */
export interface ICompareResult {
  /** What was asked for; names are those of A. */
  readonly plan: plans.IPlan;
  readonly where: string;
  /** Rows that pass the condition on both. */
  readonly passed: readonly [number, number];
  readonly views: readonly [IUpdateResult['views'], IUpdateResult['views']];
}

export interface ICountedSample {
  readonly table: OpenTable;
  readonly condition: string;
}

/**
 * Up to so many rows, two samples of one table have a binner each: a brush then moves in an index made for its sample.
 * Beyond, one binner counts them in turn, for the sake of memory.
 */
const TWICE = 2e6;

const SAME_NAMES: ReadonlyMap<string, string> = new Map();

/** Counts two samples in the same bins. It stays with these two: others get one of their own. */
export class Counting {
  constructor(
    private readonly _samples: readonly ICountedSample[],
    private readonly _matching: IMatching
  ) {}

  /** Rows of the samples before both are restricted; null until they are counted. */
  get rows(): readonly [number, number] | null {
    return this._rows;
  }

  /** Rows that are in both samples; null until it is known, and where they are of two tables. */
  get shared(): number | null {
    return this._shared;
  }

  async count(
    axes: plans.IAxes,
    selection: Selection,
    skySize: readonly [number, number]
  ): Promise<ICompareResult> {
    const { where, terms } = selection;
    const info = this._samples[0].table.info!;
    const position = plans.positionOf(info, this._matching);
    const needed = [...plans.columnsNeeded(axes, position, info), ...terms.flatMap(({ columns }) => columns)];
    const conditions = this._samples.map(({ condition }) => [...columnsIn(condition)]);
    if (this.single) {
      await this._samples[0].table.hold([...needed, ...conditions.flat()], this.copies);
    } else {
      await Promise.all(
        SIDES.map(side =>
          this._samples[side].table.hold([
            ...needed.map(name => this.names(side).get(name) ?? name),
            ...conditions[side]
          ])
        )
      );
    }
    await this.measure(axes, position);
    const plan: plans.IPlan = {
      axes,
      position,
      scales: this._scales,
      frame: this._frame,
      skySize,
      rows: this._rows!
    };
    const [a, b] = await this.each(
      side => plans.requestsOf(plan, this.names(side)),
      side => terms.map(term => this.translated(term, side))
    );
    return { plan, where, passed: [a.passed, b.passed], views: [a.views, b.views] };
  }

  /** Look at both samples, unrestricted, for their sizes and the bounds of axes that have none yet. */
  private async measure(axes: plans.IAxes, position: readonly [string, string] | null): Promise<void> {
    const fresh = plans.binnedAxes(axes).filter(axis => !this._scales.has(axis));
    if (this._rows !== null && fresh.length === 0) {
      return;
    }
    const probes = await this.each(
      side => {
        const names = this.names(side);
        const views: { [id: string]: ViewRequest } = {};
        fresh.forEach((axis, i) => {
          views[`axis ${i}`] = { kind: 'histogram', column: renamedAxis(axis, names), bins: PROBED };
        });
        if (position !== null && this._rows === null) {
          const [ra, dec] = position.map(name => names.get(name) ?? name);
          views.sky = { kind: 'sky', ra, dec, frame: 'passing', width: 2, height: 1, cell: 1 };
        }
        return views;
      },
      () => []
    );
    const scales = new Map(this._scales);
    fresh.forEach((axis, i) =>
      scales.set(axis, commonScale(probes.map(({ views }) => expectKind(views[`axis ${i}`], 'histogram'))))
    );
    this._scales = scales;
    if (this._rows === null) {
      const frames = probes.flatMap(({ views, passed }): ISkyFrame[] =>
        views.sky?.kind === 'sky' && passed > 0 ? [views.sky.frame] : []
      );
      this._frame = frames.length === 0 ? null : commonFrame(frames);
      this._shared = await this.countShared();
      this._rows = [probes[0].passed, probes[1].passed];
    }
  }

  private async countShared(): Promise<number | null> {
    if (!this.single) {
      return null;
    }
    const terms = SIDES.flatMap(side => this.ownTerms(side));
    return (await this._samples[0].table.update({ terms, views: {} })).passed;
  }

  private get single(): boolean {
    return this._samples[0].table === this._samples[1].table;
  }

  private get copies(): number {
    return this.single && this._samples[0].table.info!.rows <= TWICE ? 2 : 1;
  }

  /** Count something for both samples: at the same time, unless they share a binner. */
  private async each(
    views: (side: Side) => { [id: string]: ViewRequest },
    terms: (side: Side) => ITerm[]
  ): Promise<[IUpdateResult, IUpdateResult]> {
    const ask = (side: Side) =>
      this._samples[side].table.update(
        { terms: [...this.ownTerms(side), ...terms(side)], views: views(side) },
        this.copies === 2 ? side : 0
      );
    if (this.single && this.copies === 1) {
      const a = await ask(0);
      return [a, await ask(1)];
    }
    return Promise.all([ask(0), ask(1)]);
  }

  /** The sample's own condition. No brush: it holds for all views, those over its own columns too. */
  private ownTerms(side: Side): ITerm[] {
    const { condition } = this._samples[side];
    const columns = [...columnsIn(condition)];
    // in brackets, so that it isn't taken for a brush of the same text
    return columns.length === 0 ? [] : [{ text: `(${condition})`, columns, axis: null }];
  }

  private translated(term: ITerm, side: Side): ITerm {
    const names = this.names(side);
    if (names.size === 0) {
      return term;
    }
    return {
      ...term,
      text: renamedText(term.text, names),
      columns: term.columns.map(name => names.get(name) ?? name),
      axis: term.axis === null ? null : renamedAxis(term.axis, names)
    };
  }

  private names(side: Side): ReadonlyMap<string, string> {
    return side === 0 || this.single ? SAME_NAMES : this._matching.toB;
  }

  private _scales: ReadonlyMap<string, IScale> = new Map();
  private _frame: ISkyFrame | null = null;
  private _rows: readonly [number, number] | null = null;
  private _shared: number | null = null;
}

export function columnsIn(condition: string): Set<string> {
  return condition.trim() === '' ? new Set() : columnsOf(parse(condition));
}

function expectKind<K extends ViewResult['kind']>(
  result: ViewResult,
  kind: K
): Extract<ViewResult, { kind: K }> {
  if (result.kind !== kind) {
    throw new Error(`Asked for a ${kind} and got a ${result.kind}.`);
  }
  return result as Extract<ViewResult, { kind: K }>;
}
