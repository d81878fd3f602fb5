import type { TranslationBundle } from '@jupyterlab/translation';

/** The text of a new recipe: it can be read, says what goes where, and waits for an input. */
export function starter(name: string, trans: TranslationBundle): string {
  return `# ${trans.__('The recipe of a training set.')}
format: tsm-recipe/1
name: ${name}
# ${trans.__('the same seed: the same split')}
seed: 42
# ${trans.__('redshift catalogues: files, or products of the PZ Server')}
#   vvds: {from: {file: vvds.parquet}, survey: VVDS}
#   deep: {from: {pzserver: 12_deep}}
inputs: {}
steps:
  # ${trans.__('quality flags on one scale')}
  - homogenize: {rules: default}
  # ${trans.__('one redshift an object; conflicts are marked')}
  - combine: {radius_arcsec: 0.75, eligible: secure_galaxy}
  # ${trans.__('objects of a release and their magnitudes')}
  # - match: {release: dp1, radius_arcsec: 0.75}
  # - photometry: {to: mag}
  - split: {method: random, parts: {train: 0.7, validation: 0.15, test: 0.15}}
write:
  - {format: parquet}
`;
}
