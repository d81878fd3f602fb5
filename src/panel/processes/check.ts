/** What is wrong with a new process before it is sent: the server would run into it, or take it and fail later. */
import type { TranslationBundle } from '@jupyterlab/translation';

import { type IPipeline, type IProduct, type IProductColumn, type IRelease, STATUS } from '../../api';
import { offersOf } from './choices';
import { COMBINE, TSM } from './known';
import type { IDraft } from './draft';
import type { IParameter } from './parameters';

export interface IProblem {
  /** `name`, `inputs`, `release`, `flags`, or the path of a parameter. */
  readonly where: string;
  readonly level: 'error' | 'warning';
  readonly message: string;
}

/** An input as far as it is known; what could not be asked is null and holds nobody up. */
export interface IInput {
  readonly id: number;
  readonly product: IProduct | null;
  readonly columns: readonly IProductColumn[] | null;
  /** Name of its main file. */
  readonly file: string | null;
  readonly loading: boolean;
  readonly trouble: string | null;
}

export interface IFacts {
  readonly pipeline: IPipeline;
  readonly parameters: readonly IParameter[];
  readonly inputs: readonly IInput[];
  /** Names of the product types that the pipeline takes. */
  readonly accepts: readonly string[];
  /** The releases that we may use; null before they are known. */
  readonly releases: readonly IRelease[] | null;
  /** The engine of this machine: it keeps files under any name. */
  readonly own: boolean;
}

export const FORMATS = ['parquet', 'csv', 'fits', 'hdf5', 'hats'] as const;

const NEEDED = { ra: 'RA', dec: 'Dec', z: 'z' } as const;

/** Everything that is wrong, errors first. */
export function problemsOf(draft: IDraft, facts: IFacts, trans: TranslationBundle): IProblem[] {
  const found = [
    ...nameProblems(draft, trans),
    ...inputProblems(draft, facts, trans),
    ...releaseProblems(draft, facts, trans),
    ...flagProblems(draft, facts, trans),
    ...facts.parameters.flatMap(one =>
      valueProblems(one, (draft.values[draft.pipeline] ?? {})[one.path], trans)
    ),
    ...combinations(draft, facts, trans)
  ];
  return [...found.filter(one => one.level === 'error'), ...found.filter(one => one.level === 'warning')];
}

const error = (where: string, message: string): IProblem => ({ where, level: 'error', message });
const warning = (where: string, message: string): IProblem => ({ where, level: 'warning', message });

function nameProblems({ name }: IDraft, trans: TranslationBundle): IProblem[] {
  if (!name.trim()) {
    return [error('name', trans.__('The product needs a name.'))];
  }
  return name.trim().length > 255 ? [error('name', trans.__('The name is longer than 255 characters.'))] : [];
}

function inputProblems(draft: IDraft, facts: IFacts, trans: TranslationBundle): IProblem[] {
  const { length } = draft.inputs;
  if (length === 0) {
    return [error('inputs', trans.__('Choose a redshift catalogue.'))];
  }
  const found: IProblem[] = [];
  if (facts.pipeline.name === TSM && length > 1) {
    found.push(error('inputs', trans.__('This pipeline takes one catalogue: combine them first.')));
  }
  if (COMBINE.includes(facts.pipeline.name) && length === 1) {
    found.push(warning('inputs', trans.__('With one catalogue only its own repeats are resolved.')));
  }
  return [...found, ...facts.inputs.flatMap(input => oneInput(input, facts, trans))];
}

function oneInput(input: IInput, facts: IFacts, trans: TranslationBundle): IProblem[] {
  const { product, columns, file } = input;
  if (product === null) {
    return input.trouble
      ? [error('inputs', trans.__('Product %1 can’t be used: %2', input.id, input.trouble))]
      : [];
  }
  const name = product.displayName;
  if (facts.accepts.length > 0 && !facts.accepts.includes(product.type)) {
    return [
      error('inputs', trans.__('%1 is of type %2, which this pipeline can’t take.', name, product.typeName))
    ];
  }
  if (product.status !== STATUS.published) {
    return [error('inputs', trans.__('%1 is not published.', name))];
  }
  const found: IProblem[] = [];
  if (file !== null && /[^\p{L}\p{N}_.-]/u.test(file)) {
    const message = trans.__(
      'The file “%1” of %2 has blanks or special characters in its name: a PZ Server stores it under another one and its jobs don’t find it. Upload it again under a plain name.',
      file,
      name
    );
    found.push(...(facts.own ? [] : [error('inputs', message)]));
  }
  if (columns === null) {
    return found;
  }
  const missing = Object.entries(NEEDED).filter(([plain, alias]) => !unique(columns, alias, plain));
  if (missing.length > 0) {
    const list = missing.map(([, alias]) => alias).join(', ');
    found.push(
      error(
        'inputs',
        trans.__(
          '%1 has no single column that is associated as %2. Its owner can say which it is.',
          name,
          list
        )
      )
    );
  }
  if (COMBINE.includes(facts.pipeline.name)) {
    const homogenized = columns.some(column => column.name === 'z_flag_homogenized');
    const lacking = ['z_flag', 'survey'].filter(alias => !unique(columns, alias));
    if (!homogenized && lacking.length > 0) {
      const text = trans.__(
        '%1 has no column associated as %2: its flags can’t be brought to the common scale.',
        name,
        lacking.join(', ')
      );
      found.push(warning('inputs', text));
    }
  }
  return found;
}

/** Whether exactly one column has the alias, in any case; ra, dec and z may also be called just so. */
function unique(columns: readonly IProductColumn[], alias: string, plain?: string): boolean {
  const named = columns.filter(column => column.alias?.toLowerCase() === alias.toLowerCase());
  return named.length === 1 || (plain !== undefined && columns.some(column => column.name === plain));
}

function releaseProblems(
  draft: IDraft,
  { pipeline, releases }: IFacts,
  trans: TranslationBundle
): IProblem[] {
  if (pipeline.name !== TSM) {
    return [];
  }
  if (draft.release === null) {
    return [
      releases?.length === 0
        ? error(
            'release',
            trans.__('There is no release that you may use. Ask those who run the server for access.')
          )
        : error('release', trans.__('Choose a release: without one a PZ Server takes any.'))
    ];
  }
  const release = releases?.find(one => one.id === draft.release);
  if (releases === null) {
    return [];
  }
  if (!release) {
    return [error('release', trans.__('You may not use the release that was chosen. Choose another one.'))];
  }
  const found: IProblem[] = [];
  if (!release.hasMagnitudes && !release.hasFluxes) {
    found.push(error('release', trans.__('The server has no objects of %1.', release.displayName)));
  }
  for (const [path, choices] of offersOf(release)) {
    const value = (draft.values[TSM] ?? {})[path];
    const offered = choices.map(one => one.name);
    if (offered.length > 0 && typeof value === 'string' && !offered.includes(value)) {
      found.push(
        error(
          path,
          trans.__('%1 is not offered for %2, but %3.', value, release.displayName, offered.join(', '))
        )
      );
    }
  }
  return found;
}

function flagProblems({ flags }: IDraft, { pipeline }: IFacts, trans: TranslationBundle): IProblem[] {
  return COMBINE.includes(pipeline.name) && flags.trim() !== '' && !/\.ya?ml$/i.test(flags.trim())
    ? [error('flags', trans.__('Flag rules are a YAML file: %1 is none.', flags.trim()))]
    : [];
}

function valueProblems(parameter: IParameter, value: unknown, trans: TranslationBundle): IProblem[] {
  const { path, title, kind, minimum, maximum, open } = parameter;
  const empty = value === null || value === undefined || value === '';
  if (kind === 'number' || kind === 'integer') {
    if (empty) {
      return parameter.nullable ? [] : [error(path, trans.__('%1: a number is needed.', title))];
    }
    const number = Number(value);
    if (!Number.isFinite(number) || typeof value === 'object') {
      return [error(path, trans.__('%1: %2 is no number.', title, String(value)))];
    }
    if (kind === 'integer' && !Number.isInteger(number)) {
      return [error(path, trans.__('%1: a whole number is needed.', title))];
    }
    const low = minimum !== undefined && (open ? number <= minimum : number < minimum);
    const high = maximum !== undefined && (open ? number >= maximum : number > maximum);
    if (low || high || (path === 'crossmatch.radius_arcsec' && number === 0)) {
      return [error(path, range(parameter, trans))];
    }
  }
  if (kind === 'yaml' && typeof value === 'string') {
    return [error(path, trans.__('%1 is not readable as YAML.', title))];
  }
  return [];
}

function range({ title, minimum, maximum, open }: IParameter, trans: TranslationBundle): string {
  if (maximum === undefined) {
    return trans.__('%1 must be at least %2.', title, minimum);
  }
  return open || minimum === 0
    ? trans.__('%1 must lie between %2 and %3.', title, minimum, maximum)
    : trans.__('%1 must be from %2 to %3.', title, minimum, maximum);
}

/** Settings that are allowed and do something else than one would think. */
function combinations(draft: IDraft, { pipeline }: IFacts, trans: TranslationBundle): IProblem[] {
  const values = draft.values[draft.pipeline] ?? {};
  if (pipeline.name === TSM) {
    const seed = values.random_seed;
    return seed === null || seed === undefined || seed === ''
      ? [warning('random_seed', trans.__('Without a seed the split can’t be made again.'))]
      : [];
  }
  if (!COMBINE.includes(pipeline.name)) {
    return [];
  }
  const found: IProblem[] = [];
  const removes = values.combine_type === 'concatenate_and_remove_duplicates';
  if (removes && values.tie_treatment_option === 'remove_all') {
    found.push(
      warning('combine_type', trans.__('All stars go, and both rows of each tie: their redshifts are lost.'))
    );
  }
  if (!removes && (values.tie_treatment_option ?? 'remove_all') !== 'remove_all') {
    found.push(
      warning('tie_treatment_option', trans.__('How ties are treated has no effect while all rows are kept.'))
    );
  }
  return found;
}
