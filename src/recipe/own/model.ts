/** A table of the user's on its way into a recipe: what its columns are proposed to mean, and what the user says. */
import { type ISignal, Signal } from '@lumino/signaling';

import type {
  IDoubt,
  IProposed,
  IProposedRole,
  IProposeRequest,
  ITableSource,
  Role
} from '../../table/source';
import type { ITrouble } from '../model';

/** In the order in which they are asked for. */
export const ROLES: readonly Role[] = [
  'id',
  'ra',
  'dec',
  'z',
  'z_err',
  'z_flag',
  'survey',
  'instrument_type'
];
export const NEEDED: readonly Role[] = ['ra', 'dec', 'z'];

type Said = { -readonly [role in Role]?: string | readonly string[] | null };

export interface IOwnTableOptions {
  /** What the input is called, or is to be called. */
  readonly name: string;
  readonly from: unknown;
  readonly source: ITableSource;
  /** What the recipe says already, of an input that is there. */
  readonly columns?: unknown;
  readonly convert?: unknown;
  /** Write it into the recipe. */
  add(input: { readonly [key: string]: unknown }): void;
}

export class OwnTable {
  constructor(readonly options: IOwnTableOptions) {
    const { columns, convert } = options;
    if (isMap(columns)) {
      this._said = { ...columns };
    }
    this._convert = isMap(convert) ? convert : null;
  }

  /** The first answer. */
  first: Promise<void> = Promise.resolve();

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get proposed(): IProposed | null {
    return this._proposed;
  }

  get loading(): boolean {
    return this._abort !== null;
  }

  get trouble(): ITrouble | null {
    return this._trouble;
  }

  /** What is proposed, or said, for a role. */
  role(role: Role): IProposedRole | null {
    return this._proposed?.roles.find(one => one.role === role) ?? null;
  }

  /** Whether the user has said it. */
  isSaid(role: Role): boolean {
    return role in this._said;
  }

  /** Roles that somebody has to settle before a run could start. */
  get open(): readonly Role[] {
    return NEEDED.filter(role => !this.role(role)?.sure);
  }

  /** What is wrong with the columns as they are. */
  get errors(): readonly IDoubt[] {
    return this._proposed?.warnings.filter(({ level }) => level === 'error') ?? [];
  }

  get ready(): boolean {
    if (this._proposed === null) {
      return this._trouble !== null; // as it is: the plan tells what is wrong with it
    }
    return !this.loading && this.open.length === 0 && this.errors.length === 0;
  }

  /** Whether nothing is to be asked or told: everything is as it should be. */
  get plain(): boolean {
    const { survey, input } = this._proposed ?? {};
    return (
      this._proposed !== null &&
      this.ready &&
      Object.keys(input ?? {}).every(key => key === 'survey') &&
      !(survey && !survey.sure) &&
      this._proposed.warnings.every(({ level }) => level === 'note')
    );
  }

  /** Say which column a role has; null: there is none. */
  choose(role: Role, column: string | readonly string[] | null): Promise<void> {
    this._said = { ...this._said, [role]: column };
    return this.load();
  }

  /** What is proposed for a role is right. */
  accept(role: Role): Promise<void> {
    const { columns } = this.role(role)!;
    return this.choose(role, columns.length === 1 ? columns[0] : columns);
  }

  /** What is converted; null: what the columns seem to need. */
  convert(convert: { readonly [key: string]: unknown } | null): Promise<void> {
    this._convert = convert;
    return this.load();
  }

  /** Do what one of a doubt's fixes says. */
  fix(
    edits: readonly { readonly path: readonly (string | number)[]; readonly value?: unknown }[]
  ): Promise<void> {
    for (const { path, value } of edits) {
      const [key, name] = path;
      if (key === 'columns') {
        this._said = { ...this._said, [name as Role]: value as string };
      } else if (key === 'convert') {
        this._convert = { ...this._convert, [name]: value };
      }
    }
    return this.load();
  }

  /** Ask anew, with what the user has said; the last question counts. Never rejects: see `trouble`. */
  async load(): Promise<void> {
    this._abort?.abort();
    const abort = (this._abort = new AbortController());
    this._trouble = null;
    this._changed.emit();
    try {
      const request: IProposeRequest = { columns: this._said, convert: this._convert };
      const proposed = await this.options.source.propose!(request, abort.signal);
      if (this._abort === abort) {
        this._proposed = proposed;
      }
    } catch (error) {
      if (this._abort === abort) {
        const { message, remedy } = error as Error & ITrouble;
        this._trouble = { message, remedy };
      }
    }
    if (this._abort === abort) {
      this._abort = null;
      this._changed.emit();
    }
  }

  /** Write it into the recipe. */
  add(): void {
    if (this.ready) {
      this.options.add(this._proposed?.input ?? {});
    }
  }

  dispose(): void {
    this._abort?.abort();
    this._abort = new AbortController(); // no answer counts any more
    Signal.clearData(this);
  }

  private readonly _changed = new Signal<this, void>(this);
  private _said: Said = {};
  private _convert: { readonly [key: string]: unknown } | null;
  private _proposed: IProposed | null = null;
  private _trouble: ITrouble | null = null;
  private _abort: AbortController | null = null;
}

/** Tables that are about to become inputs of a recipe; they are looked at one after another. */
export class Adding {
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The one that is looked at. */
  get table(): OwnTable | null {
    return this._tables[0] ?? null;
  }

  begin(options: IOwnTableOptions): OwnTable {
    const table = new OwnTable({
      ...options,
      add: input => {
        options.add(input);
        this.end(table);
      }
    });
    this._tables.push(table);
    table.first = table.load();
    this._changed.emit();
    return table;
  }

  /** Look at a table no longer. */
  end(table: OwnTable): void {
    this._tables = this._tables.filter(one => one !== table);
    table.dispose();
    this._changed.emit();
  }

  dispose(): void {
    this._tables.forEach(table => table.dispose());
    this._tables = [];
    Signal.clearData(this);
  }

  private readonly _changed = new Signal<this, void>(this);
  private _tables: OwnTable[] = [];
}

function isMap(value: unknown): value is { [key: string]: string } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
