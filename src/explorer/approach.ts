import { parse } from '../expr';
import { axisExpr } from '../table/axis';
import type { Cube } from '../table/cube';
import { intervalsOf } from '../table/intervals';
import type { IBinner, ITerm, IUpdate, IUpdateResult } from '../table/requests';
import { inOrder } from '../table/stops';

/** How long the pointer stays over a plot before a brush is expected there, in ms. */
const LINGER = 80;
/** How long what was made ready is kept after its last use, in ms, unless a hand holds on: it takes memory. */
const KEPT = 4000;

/** All bounds that a brush can take where it is drawn, one list for each axis. */
export type Stops = readonly (readonly number[])[];

/** What is needed to get ready for a brush. */
export interface IReady {
  readonly binner: IBinner;
  readonly axes: readonly string[];
  readonly update: IUpdate;
  readonly isColumn: (name: string) => boolean;
}

interface IMade extends IReady {
  /** All that the counts depend on, but for the bounds of the brush. */
  readonly key: string;
  /** Null while it is on its way, and where there is none. */
  cube: Cube | null;
}

/** A hand comes near a brush: the counting gets ready, and while the brush moves, it is answered at once if possible. */
export class Approach {
  /** @param ready - what there is to get ready for a view; null where that can't be done now */
  constructor(private readonly _ready: (id: string) => IReady | null) {}

  /** A brush is about to move in a view, unless the pointer only passes over it. */
  come(id: string, stops?: () => Stops): void {
    this._near = { id, stops };
    clearTimeout(this._hovering);
    if (this._held) {
      this.make();
    } else {
      this._hovering = setTimeout(() => this.make(), LINGER);
    }
  }

  /** The hand takes hold of a brush, or lets go of it. */
  hold(held: boolean): void {
    this._held = held;
    clearTimeout(this._hovering);
    this.keep();
  }

  /** The brush moves, and there was no answer at once: get ready as soon as the binner is free, for it will move on. */
  move(): void {
    if (this._held && !this._isMaking) {
      this.make(true);
    }
  }

  /** The counts for a condition, if they can be given at once: from an answer to what was `asked` before. */
  answer(update: IUpdate, asked: IUpdate, base: IUpdateResult): IUpdateResult | null {
    const made = this._made;
    if (made === null || made.cube === null) {
      return null;
    }
    const { axes, key } = made;
    // the views along the brush's own axes stay as they are, so these have to hold too
    if (keyOf(axes, update) !== key || keyOf(axes, asked) !== key) {
      return null;
    }
    const bounds = axes.map(axis => intervalsIn(update.terms, axis, made.isColumn));
    const result = bounds.includes(undefined)
      ? null
      : made.cube.answer(bounds as (Float64Array | null)[], update.views, base);
    if (result !== null && !this._held) {
      this.keep();
    }
    return result;
  }

  dispose(): void {
    clearTimeout(this._hovering);
    clearTimeout(this._keeping);
    this._made = null;
    this._near = null;
  }

  /** @param again - of what was made, that it fits is enough */
  private make(again = false): void {
    const near = this._near;
    const ready = near === null ? null : this._ready(near.id);
    if (near === null || ready === null) {
      return;
    }
    const { binner, axes, update } = ready;
    const key = keyOf(axes, update);
    if (again && this._made?.key === key) {
      return;
    }
    const stops = near.stops?.().map((own, i) => {
      const now = intervalsIn(update.terms, axes[i], ready.isColumn) ?? [];
      return inOrder([...own, ...Array.from(now).filter(Number.isFinite)]);
    });
    this.keep();
    if (this._made?.key === key && this._made.stops === String(stops)) {
      return;
    }
    const made = (this._made = { ...ready, key, stops: String(stops), cube: null as Cube | null });
    this._isMaking = true;
    binner
      .prepare(axes, update, stops)
      .then(
        cube => (made.cube = cube),
        // what can't be made ready is counted all the same, and says there what is wrong
        () => undefined
      )
      .finally(() => {
        this._isMaking = false;
      });
  }

  /** What was made is forgotten some time after the last use. */
  private keep(): void {
    clearTimeout(this._keeping);
    if (!this._held) {
      this._keeping = setTimeout(() => {
        this._made = null;
      }, KEPT);
    }
  }

  private _near: { readonly id: string; readonly stops?: () => Stops } | null = null;
  private _made: (IMade & { readonly stops: string }) | null = null;
  private _isMaking = false;
  private _held = false;
  private _hovering: ReturnType<typeof setTimeout> | undefined;
  private _keeping: ReturnType<typeof setTimeout> | undefined;
}

function keyOf(axes: readonly string[], { terms, views }: IUpdate): string {
  const beside = terms.filter(({ axis }) => axis === null || !axes.includes(axis));
  return JSON.stringify([axes, textOf(views), beside.map(({ text }) => text)]);
}

/** The views as text; the same object is asked for at every move of a brush. */
function textOf(views: IUpdate['views']): string {
  let text = TEXTS.get(views);
  if (text === undefined) {
    text = JSON.stringify(views);
    TEXTS.set(views, text);
  }
  return text;
}

const TEXTS = new WeakMap<IUpdate['views'], string>();

/** The bounds that a condition puts on an axis, null for none; undefined where they are no intervals of numbers. */
function intervalsIn(
  terms: readonly ITerm[],
  axis: string,
  isColumn: (name: string) => boolean
): Float64Array | null | undefined {
  const own = terms.filter(each => each.axis === axis);
  return own.length === 0
    ? null
    : own.length > 1
      ? undefined
      : (intervalsOf(parse(own[0].text), axisExpr(axis, isColumn)) ?? undefined);
}
