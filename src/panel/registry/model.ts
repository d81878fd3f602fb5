/** The list of public catalogues: what it is narrowed to, and what fits. */
import { Debouncer } from '@lumino/polling';
import { type ISignal, Signal } from '@lumino/signaling';

import type { ICircle, IRegistry, IRegistryBrief, IRegistryQuery, RegistryService } from '../../api';
import { Section } from '../section';

export type IRegistryBackend = Pick<RegistryService, 'search'>;

/** How large a part of the sky a click on the map asks for, in degrees. */
const PICKED = 2;

export class RegistryModel {
  constructor(
    private readonly _backend: IRegistryBackend,
    rest = 250
  ) {
    this._search = new Debouncer(() => this.load(), rest);
    this.found.changed.connect(() => this._changed.emit());
  }

  readonly found = new Section<IRegistry>();

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get query(): IRegistryQuery {
    return this._query;
  }

  /** Change some of it; undefined takes a part of it away. */
  narrow(change: IRegistryQuery): void {
    const query = Object.entries({ ...this._query, ...change });
    this._ask(Object.fromEntries(query.filter(([, value]) => value !== undefined && value !== '')));
  }

  clear(): void {
    this._ask({});
  }

  /** The part of the sky that is asked for, once it is whole. */
  get place(): ICircle | null {
    return this._place;
  }

  get narrowed(): boolean {
    return Object.keys(this._query).length > 0;
  }

  /** Ask for what lies at a place on the sky. */
  pick(ra: number, dec: number): void {
    this.narrow({
      ra: Number(ra.toFixed(2)),
      dec: Number(dec.toFixed(2)),
      radius: this._query.radius ?? PICKED
    });
  }

  /** The catalogue that is pointed at, to be seen on the map. */
  get pointed(): IRegistryBrief | null {
    return this.found.value?.entries.find(one => one.id === this._pointed) ?? null;
  }

  point(id: string | null): void {
    if (id !== this._pointed) {
      this._pointed = id;
      this._changed.emit();
    }
  }

  async load(): Promise<void> {
    const { ra, dec, radius, ...rest } = this._query;
    const place = this._place && { ra, dec, radius: this._place.radius_deg };
    const query = { ...rest, ...place };
    await this.found.load(signal => this._backend.search(query, signal));
  }

  dispose(): void {
    this._search.dispose();
    this.found.dispose();
    Signal.clearData(this);
  }

  private _ask(query: IRegistryQuery): void {
    this._query = query;
    const { ra, dec, radius: radius_deg = PICKED } = query;
    this._place = ra === undefined || dec === undefined ? null : { ra, dec, radius_deg };
    this._changed.emit();
    void this._search.invoke().catch(() => undefined);
  }

  private readonly _search: Debouncer;
  private readonly _changed = new Signal<this, void>(this);
  private _query: IRegistryQuery = {};
  private _place: ICircle | null = null;
  private _pointed: string | null = null;
}
