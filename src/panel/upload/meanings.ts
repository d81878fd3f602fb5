/** What a column can mean to a PZ Server, and what a product of a type must have. */
export type Alias = 'ID' | 'RA' | 'Dec' | 'z' | 'z_err' | 'z_flag' | 'survey';

/** Aliases that the server's pipelines read, with the UCD that goes with each. */
export const UCD: { readonly [alias in Alias]: string } = {
  ID: 'meta.id;meta.main',
  RA: 'pos.eq.ra;meta.main',
  Dec: 'pos.eq.dec;meta.main',
  z: 'src.redshift',
  z_err: 'stat.error;src.redshift',
  z_flag: 'stat.rank',
  survey: 'meta.curation'
};

export const ALIASES = Object.keys(UCD) as Alias[];

/** Columns without which a product of a type can't be published. */
const MANDATORY: { readonly [type: string]: readonly Alias[] } = {
  redshift_catalog: ['RA', 'Dec', 'z'],
  object_catalog: ['RA', 'Dec'],
  training_set: ['z']
};

export function mandatory(type: string): readonly Alias[] {
  return MANDATORY[type] ?? [];
}
