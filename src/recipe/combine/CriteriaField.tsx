/** The criteria of combine in their order: what is compared, which way is better, and what counts as equal. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { FieldProps } from '@rjsf/utils';
import { useId } from 'react';

import type { IFormContext } from '../fields';
import { IconButton, NumberInput, TextInput } from './inputs';

interface ICriterion {
  readonly by: string;
  readonly order?: 'descending' | 'ascending' | null;
  readonly tolerance?: number | null;
}

type Written = string | ICriterion;

/** Columns that homogenize makes, and the rank of the survey: what most recipes decide by. */
const USUAL = [
  'instrument_type',
  'z_flag_homogenized',
  'confidence',
  'survey_rank',
  'redshift_err',
  'is_secondary'
];

/** Which values come first unless the recipe says otherwise. */
function usual(by: string, trans: TranslationBundle): string {
  switch (by) {
    case 'instrument_type':
      return trans.__('spectra first');
    case 'survey_rank':
      return trans.__('best rank first');
    case 'redshift_err':
    case 'separation':
      return trans.__('smallest first');
    default:
      return trans.__('highest first');
  }
}

export function CriteriaField(props: FieldProps): JSX.Element {
  const { trans, columns } = props.formContext as IFormContext;
  const list = useId();
  const criteria = ((props.formData ?? []) as Written[]).map(full);
  const change = (next: ICriterion[]) => props.onChange(next.length ? next.map(short) : undefined);
  const set = (index: number, part: Partial<ICriterion>) =>
    change(criteria.map((one, i) => (i === index ? { ...one, ...part } : one)));
  const move = (from: number, to: number) => {
    const next = [...criteria];
    next.splice(to, 0, ...next.splice(from, 1));
    change(next);
  };
  const names = [...new Set([...USUAL, ...columns])];
  return (
    <div className="tsm-Rows" role="group" id={props.idSchema.$id} aria-label={props.schema.title}>
      <datalist id={list}>
        {names.map(name => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <ol className="tsm-Rows-list">
        {criteria.map((one, index) => (
          <li key={`${index}-${one.by}`} className="tsm-Rows-criterion">
            <TextInput
              label={trans.__('Criterion %1', index + 1)}
              value={one.by}
              list={list}
              disabled={props.disabled}
              onCommit={by => by && set(index, { by })}
            />
            <select
              className="jp-mod-styled"
              aria-label={trans.__('Better of %1', one.by)}
              value={one.order ?? ''}
              disabled={props.disabled}
              onChange={event => set(index, { order: (event.target.value || null) as ICriterion['order'] })}
            >
              <option value="">{usual(one.by, trans)}</option>
              <option value="descending">{trans.__('always high first')}</option>
              <option value="ascending">{trans.__('always low first')}</option>
            </select>
            <NumberInput
              label={trans.__('Values of %1 count as equal within', one.by)}
              value={one.tolerance}
              min={0}
              placeholder={trans.__('equal ±')}
              disabled={props.disabled}
              onChange={tolerance => set(index, { tolerance })}
            />
            <span className="tsm-Rows-buttons">
              <IconButton
                label={trans.__('Move %1 up', one.by)}
                sign="↑"
                disabled={props.disabled || index === 0}
                onClick={() => move(index, index - 1)}
              />
              <IconButton
                label={trans.__('Move %1 down', one.by)}
                sign="↓"
                disabled={props.disabled || index === criteria.length - 1}
                onClick={() => move(index, index + 1)}
              />
              <IconButton
                label={trans.__('Remove %1', one.by)}
                sign="✕"
                disabled={props.disabled || criteria.length < 2}
                onClick={() => change(criteria.filter((_, i) => i !== index))}
              />
            </span>
          </li>
        ))}
      </ol>
      <select
        className="jp-mod-styled tsm-Rows-add"
        aria-label={trans.__('Add a criterion')}
        value=""
        disabled={props.disabled}
        onChange={event => event.target.value && change([...criteria, { by: event.target.value }])}
      >
        <option value="">{trans.__('Add a criterion…')}</option>
        {names
          .filter(name => !criteria.some(one => one.by === name))
          .map(name => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
      </select>
    </div>
  );
}

function full(one: Written): ICriterion {
  return typeof one === 'string' ? { by: one } : one;
}

/** As short as it can be said: a plain name where nothing else is said of it. */
function short(one: ICriterion): Written {
  const { by, order, tolerance } = one;
  if (!order && (tolerance === null || tolerance === undefined)) {
    return by;
  }
  return {
    by,
    ...(order ? { order } : {}),
    ...(tolerance === null || tolerance === undefined ? {} : { tolerance })
  };
}
