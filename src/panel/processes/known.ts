/** What is known of the two pipelines' parameters: what they mean, their bounds, and what they do not do. */
import type { TranslationBundle } from '@jupyterlab/translation';

export const TSM = 'training_set_maker';
/** The pipeline that combines catalogues; its older name too. */
export const COMBINE = ['combine_redshift_dedup', 'combine_redshift'];

export interface IKnown {
  readonly kind: 'number' | 'integer' | 'switch' | 'choice' | 'list' | 'yaml';
  readonly title: string;
  readonly help: string;
  readonly choices?: readonly { readonly value: string | number; readonly title: string }[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly open?: boolean;
  readonly step?: number;
  readonly fallback: unknown;
  /** The job knows it though the server does not list it. */
  readonly always?: boolean;
  readonly advanced?: boolean;
}

/** The known parameters of a pipeline, by path; none of one that is not known. */
export function knownOf(pipeline: string, trans: TranslationBundle): { readonly [path: string]: IKnown } {
  return pipeline === TSM ? training(trans) : COMBINE.includes(pipeline) ? combining(trans) : {};
}

function training(trans: TranslationBundle): { readonly [path: string]: IKnown } {
  return {
    'crossmatch.radius_arcsec': {
      kind: 'number',
      minimum: 0,
      maximum: 90,
      step: 0.1,
      fallback: 1,
      title: trans.__('Radius (arcsec)'),
      help: trans.__('An object is a match when it lies within this distance of a redshift’s position.')
    },
    'crossmatch.n_neighbors': {
      kind: 'integer',
      minimum: 1,
      maximum: 100,
      step: 1,
      fallback: 1,
      title: trans.__('Objects per redshift'),
      help: trans.__(
        'With 1 each redshift takes its nearest object, and several may take the same one: they are all kept, unmarked. With more there is a row for each object.'
      )
    },
    flux_type: {
      kind: 'choice',
      fallback: 'auto',
      title: trans.__('Flux type'),
      help: trans.__('The name of a folder of the release: a copy of all objects with this kind of flux.')
    },
    convert_flux_to_mag: {
      kind: 'switch',
      fallback: true,
      title: trans.__('Magnitudes'),
      help: trans.__(
        'Chooses the release’s copy in magnitudes instead of that in fluxes. A PZ Server converts nothing by itself.'
      )
    },
    dereddening: {
      kind: 'choice',
      fallback: 'sfd',
      title: trans.__('Dereddening'),
      help: trans.__(
        'The name of a folder of the release: a copy that was corrected with this dust map. A PZ Server corrects nothing by itself.'
      )
    },
    selected_cols: {
      kind: 'list',
      fallback: [],
      title: trans.__('Columns of the objects'),
      help: trans.__(
        'Names, with commas between them; all if left empty. The server does not list them: a wrong name makes the process fail.'
      )
    },
    train_fraction: {
      kind: 'number',
      minimum: 0,
      maximum: 1,
      open: true,
      step: 0.05,
      fallback: 0.7,
      title: trans.__('Fraction for training'),
      help: trans.__(
        'Each row is drawn for itself, so that the counts come out a little different. All rows stay in one file, with is_training_set 1 or 0; rows of one object can fall on both sides.'
      )
    },
    random_seed: {
      kind: 'integer',
      minimum: 0,
      step: 1,
      fallback: null,
      title: trans.__('Seed'),
      help: trans.__(
        'Left empty, the seed is the time and is recorded nowhere: the split can’t be made again. Keep the number that was drawn here, or write your own.'
      )
    },
    split_method: {
      kind: 'choice',
      fallback: 'random',
      advanced: true,
      title: trans.__('Split'),
      help: '',
      choices: [{ value: 'random', title: trans.__('random') }]
    },
    use_absolute_lsdb_path: {
      kind: 'switch',
      fallback: false,
      advanced: true,
      title: trans.__('Release’s path is the catalogue itself'),
      help: trans.__('For those who run the server. Leave it off.')
    }
  };
}

function combining(trans: TranslationBundle): { readonly [path: string]: IKnown } {
  return {
    combine_type: {
      kind: 'choice',
      fallback: 'concatenate',
      title: trans.__('Repeated measurements'),
      help: trans.__(
        'Rows within the radius of the flag rules (0.5″) are one group. The best flag wins, then the instrument type; winners that still differ by more than 0.001 in redshift are a tie.'
      ),
      choices: [
        { value: 'concatenate', title: trans.__('keep all, unmarked') },
        { value: 'concatenate_and_mark_duplicates', title: trans.__('keep all, marked in tie_result') },
        { value: 'concatenate_and_remove_duplicates', title: trans.__('keep the best of each group') }
      ]
    },
    z_flag_homogenized_value_to_cut: {
      kind: 'choice',
      fallback: 3,
      title: trans.__('Homogenized flag'),
      help: trans.__(
        'Other rows are left out before anything is compared: a disagreement with one of them is not seen. Stars have 6 and pass every cut.'
      ),
      choices: [
        { value: 0, title: trans.__('all (no cut)') },
        { value: 1, title: trans.__('1 or more') },
        { value: 2, title: trans.__('2 or more') },
        { value: 3, title: trans.__('3 or more (over 90 % sure)') },
        { value: 4, title: trans.__('4 or more (over 99 % sure)') },
        { value: 6, title: trans.__('6 only (stars)') }
      ]
    },
    tie_treatment_option: {
      kind: 'choice',
      fallback: 'remove_all',
      always: true,
      title: trans.__('Ties'),
      help: trans.__(
        'Counts when only the best of each group is kept; stars are then left out in any case. A row that is drawn is drawn without a recorded seed.'
      ),
      choices: [
        { value: 'remove_all', title: trans.__('leave out all rows of a tie') },
        { value: 'keep_all', title: trans.__('keep all rows of a tie') },
        { value: 'draw_one', title: trans.__('draw one row of a tie') }
      ]
    },
    extra_columns: {
      kind: 'yaml',
      fallback: {},
      title: trans.__('More columns'),
      help: trans.__(
        'Columns of the inputs to keep, with their type (str, float, int or bool), such as {mag_i: float}.'
      )
    },
    insert_DP1_footprint_flag: {
      kind: 'switch',
      fallback: false,
      title: trans.__('Column is_in_DP1_fields'),
      help: trans.__('1 within 2.5° of the centre of one of the seven fields of DP1.')
    },
    insert_rubin_footprint_flag: {
      kind: 'switch',
      fallback: true,
      title: trans.__('Column is_in_rubin_footprint'),
      help: trans.__('1 south of a northern limit; there is no southern one.')
    }
  };
}

/** What one should know of a pipeline before it runs. */
export function notesOf(pipeline: string, trans: TranslationBundle): string[] {
  if (pipeline === TSM) {
    return [
      trans.__(
        'The whole catalogue goes in: there is no cut on flags, stars or repeats. Combine it first where it has any.'
      ),
      trans.__('Redshifts without an object are left out, and nothing counts them.'),
      trans.__('It takes one catalogue: of several a PZ Server would use only the last.'),
      trans.__(
        'duplicate_criteria and output_catalog_name, which its web site sends, have no effect and are not sent from here.'
      )
    ];
  }
  return COMBINE.includes(pipeline)
    ? [
        trans.__('Radius, redshift tolerance and the order of criteria are in the flag rules, not here.'),
        trans.__(
          'A survey without a rule stops the process. Columns without a value in any row are left out of the result.'
        )
      ]
    : [];
}
