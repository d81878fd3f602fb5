/**
 * Why an object of a combined table has its redshift: the answers of the engine and of a kernel, as they come.
 *
 * 64-bit numbers are text. What an older table, or one that was combined by another policy, does not hold is null.
 */

/** One measurement of an object, and what became of it. */
export interface IWhyMeasurement {
  readonly row_id: string;
  /** Its place in the table as it lies, counted from 0. */
  readonly row: number;
  readonly survey: string | null;
  readonly source_product: string | null;
  readonly source_row_id: string | null;
  /** Degrees, ICRS. */
  readonly ra: number | null;
  readonly dec: number | null;
  /** Arcseconds from the centre of the group. */
  readonly east_arcsec: number | null;
  readonly north_arcsec: number | null;
  readonly redshift: number | null;
  readonly redshift_err: number | null;
  readonly z_flag_orig: string | number | null;
  readonly z_flag_homogenized: number | null;
  /** What the survey itself says that its flag means. */
  readonly meaning: string | null;
  /** The rule that gave the common flag, and whether it is `checked` or only `proposed`. */
  readonly rule: string | null;
  readonly rule_status: string | null;
  /** s, g or p: spectrograph, grism, photometry. */
  readonly instrument_type: string | null;
  readonly spec_class: string | null;
  readonly is_secondary: boolean | null;
  readonly confidence: number | null;
  readonly verdict: string | null;
  readonly decided_by: string | null;
  readonly decided_value: string | null;
  readonly rival_value: string | null;
  /** The row_id of the measurement that it was compared with. */
  readonly rival: string | null;
  readonly rival_sep: number | null;
  readonly rival_dz: number | null;
  readonly is_best: boolean | null;
  readonly sentence: string | null;
  /** What a user decided about it in the recipe. */
  readonly decision: { readonly kind: string; readonly reason: string | null } | null;
}

export interface IWhy {
  readonly row_id: string;
  readonly group_id: string | null;
  readonly n_meas: number | null;
  readonly n_secure: number | null;
  /** single, agree, conflict or unsure. */
  readonly agreement: string | null;
  readonly chain_arcsec: number | null;
  readonly radius_arcsec: number | null;
  readonly policy: string | null;
  readonly ra: number | null;
  readonly dec: number | null;
  readonly best: string | null;
  readonly criteria:
    | readonly {
        readonly by: string;
        readonly order?: string | null;
        readonly tolerance?: number | null;
      }[]
    | null;
  /** |dz|/(1+z) within which redshifts agree, by instrument type. */
  readonly tolerance: { readonly [type: string]: number } | null;
  readonly sentence: string | null;
  /** Among all objects with a conflict; `place` is null where this object has none. */
  readonly conflict_place: {
    readonly place: number | null;
    readonly total: number;
    readonly previous: string | null;
    readonly next: string | null;
  } | null;
  /** The best first. */
  readonly measurements: readonly IWhyMeasurement[];
}

/** An object whose secure redshifts disagree. */
export interface IConflict {
  readonly group_id: string;
  readonly row_id: string;
  readonly ra: number | null;
  readonly dec: number | null;
  readonly n_meas: number | null;
  readonly n_secure: number | null;
  /** Largest minus smallest secure redshift. */
  readonly z_spread: number | null;
  readonly surveys: string | null;
  readonly redshifts: string | null;
}

/** Some consecutive ones, and how many there are in all. */
export interface IConflicts {
  readonly total: number;
  readonly conflicts: readonly IConflict[];
}
