/** What a table's columns mean, as the engine proposes it, and where that puts its rows. */

export type Role = 'id' | 'ra' | 'dec' | 'z' | 'z_err' | 'z_flag' | 'survey' | 'instrument_type';

export interface IProposedRole {
  readonly role: Role;
  /** Several for an identifier, or for positions in hours, minutes and seconds. */
  readonly columns: readonly string[];
  /** In words, for those who check it. */
  readonly reason: string;
  readonly sure: boolean;
  /** Columns that could be it as well. */
  readonly others?: readonly string[];
  /** What its values need before they are degrees (ICRS) or redshifts. */
  readonly convert?: readonly string[];
}

/** Something that should be known of the columns; the edits of a fix start at the recipe's input. */
export interface IDoubt {
  readonly level: 'error' | 'warning' | 'note';
  readonly message: string;
  readonly remedy?: string | null;
  readonly code?: string | null;
  readonly fixes?: readonly {
    readonly label: string;
    readonly edits: readonly {
      readonly op: string;
      readonly path: (string | number)[];
      readonly value?: unknown;
    }[];
  }[];
}

export interface IProposed {
  readonly roles: readonly IProposedRole[];
  /** What a catalogue must have and nothing is proposed for. */
  readonly missing: readonly Role[];
  /** The recipe's key `convert` that these columns need. */
  readonly convert: { readonly [key: string]: unknown };
  readonly survey: {
    readonly survey: string;
    readonly reason: string;
    readonly entry?: string | null;
    readonly sure: boolean;
  } | null;
  readonly warnings: readonly IDoubt[];
  /** All columns of the table. */
  readonly columns: readonly string[];
  /** What a recipe's input says beside `from`; empty where everything is plain. */
  readonly input: { readonly [key: string]: unknown };
  /** Positions in degrees of some of the rows; `outside`: rows looked at that have none. */
  readonly sky: {
    readonly ra: readonly number[];
    readonly dec: readonly number[];
    readonly outside: number;
    readonly message?: string | null;
  };
}

/** What the user has said: roles' columns (null: there is none), and what is converted (left out: as proposed). */
export interface IProposeRequest {
  readonly columns?: { readonly [role in Role]?: string | readonly string[] | null };
  readonly convert?: { readonly [key: string]: unknown } | null;
}
