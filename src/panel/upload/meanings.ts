/** What a column can mean to a PZ Server, and what a product of a type must have. */
import type { TranslationBundle } from '@jupyterlab/translation';

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

/** Types whose main file has to be a table. */
export function isTabularType(type: string): boolean {
  return type in MANDATORY;
}

/** Types that must have no release, and those that must name no photo-z code. */
export function takesRelease(type: string): boolean {
  return type !== 'redshift_catalog';
}

export function takesCode(type: string): boolean {
  return !['redshift_catalog', 'training_set', 'training_results'].includes(type);
}

export function aliasName(alias: Alias, trans: TranslationBundle): string {
  switch (alias) {
    case 'ID':
      return trans.__('identifier');
    case 'RA':
      return trans.__('right ascension');
    case 'Dec':
      return trans.__('declination');
    case 'z':
      return trans.__('redshift');
    case 'z_err':
      return trans.__('error of the redshift');
    case 'z_flag':
      return trans.__('quality flag');
    case 'survey':
      return trans.__('survey');
  }
}
