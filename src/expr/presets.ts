/** Conditions with a name; a bare name in a condition stands for its text. */
export const PRESETS: { readonly [name: string]: string } = {
  secure_galaxy:
    "z_flag_homogenized IN (3, 4) AND instrument_type = 's' AND (spec_class IS NULL OR spec_class NOT IN ('STAR', 'QSO')) AND redshift > 0.002 AND redshift < 9"
};
