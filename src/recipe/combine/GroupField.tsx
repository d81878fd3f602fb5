/** Parameters that belong together: either all left out, or each with its own input. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { FieldProps } from '@rjsf/utils';
import { useId } from 'react';

import type { IFormContext } from '../fields';
import { type IOffers, offersOf } from '../match/summary';
import { type IField, partsOf } from '../schema';
import { NumberInput, TextInput } from './inputs';
import { NumbersField } from './NumbersField';

type Values = Record<string, unknown>;

/** A group that may be switched on: `errors: {column: pos_err, sigma: 5}`. */
export function GroupField(props: FieldProps): JSX.Element {
  const { trans, operation, columns, report } = props.formContext as IFormContext;
  const list = useId();
  const dusts = useId();
  const parts = partsOf(operation, props.name);
  const value = (props.formData ?? null) as Values | null;
  const set = (name: string, part: unknown) => {
    const next = { ...value, [name]: part };
    if (part === null || part === undefined) {
      delete next[name];
    }
    props.onChange(next);
  };
  return (
    <div className="tsm-Rows" role="group" id={props.idSchema.$id} aria-label={props.schema.title}>
      <label className="tsm-Rows-switch">
        <input
          type="checkbox"
          checked={value !== null}
          disabled={props.disabled}
          onChange={event => props.onChange(event.target.checked ? startOf(parts, columns) : undefined)}
        />
        {trans.__('Use')}
      </label>
      {value === null ? null : (
        <>
          <datalist id={list}>
            {columns.map(name => (
              <option key={name} value={name} />
            ))}
          </datalist>
          <datalist id={dusts}>
            {(offersOf(report)?.dereddening ?? []).map(name => (
              <option key={name} value={name} />
            ))}
          </datalist>
          <ul className="tsm-Rows-list">
            {parts.map(part => (
              <li key={part.name} className="tsm-Rows-part" title={part.description || undefined}>
                <span className="tsm-Rows-name">{part.title}</span>
                {part.kind === 'number' || part.kind === 'integer' ? (
                  <NumberInput
                    label={part.title}
                    value={(value[part.name] ?? part.fallback) as number | null}
                    min={0}
                    disabled={props.disabled}
                    onChange={number => set(part.name, number)}
                  />
                ) : part.kind === 'choice' ? (
                  <Choice
                    part={part}
                    value={value[part.name]}
                    only={offered(part.name, offersOf(report))}
                    disabled={props.disabled}
                    trans={trans}
                    onChange={chosen => set(part.name, chosen)}
                  />
                ) : part.kind === 'numbers' ? (
                  <NumbersField
                    {...props}
                    idSchema={{ $id: `${props.idSchema.$id}_${part.name}` } as FieldProps['idSchema']}
                    schema={{ title: part.title }}
                    formData={value[part.name]}
                    onChange={numbers => set(part.name, numbers)}
                  />
                ) : (
                  <TextInput
                    label={part.title}
                    value={String(value[part.name] ?? part.fallback ?? '')}
                    list={part.name === 'column' ? list : part.name === 'deredden' ? dusts : undefined}
                    placeholder={part.required ? trans.__('needed') : defaultOf(part.name, offersOf(report))}
                    disabled={props.disabled}
                    onCommit={text => set(part.name, text)}
                  />
                )}
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

/** One of a few words, or none of them: what is usual. */
function Choice(props: {
  part: IField;
  value: unknown;
  only: readonly string[] | null;
  disabled?: boolean;
  trans: TranslationBundle;
  onChange: (value: string | undefined) => void;
}): JSX.Element {
  const { part, value, only, disabled, trans, onChange } = props;
  const words: { readonly [name: string]: string } = {
    mag: trans.__('magnitudes'),
    flux: trans.__('fluxes')
  };
  const known = part.schema.enum as string[];
  return (
    <select
      className="jp-mod-styled"
      aria-label={part.title}
      value={typeof value === 'string' ? value : ''}
      disabled={disabled}
      onChange={event => onChange(event.target.value || undefined)}
    >
      <option value="">{trans.__('the usual')}</option>
      {known
        .filter(one => only === null || only.includes(one) || one === value)
        .map(one => (
          <option key={one} value={one}>
            {words[one] ?? one}
          </option>
        ))}
    </select>
  );
}

/** The choices that the PZ Server has; null: it has not said, or it is not asked. */
function offered(name: string, offers: IOffers | null): readonly string[] | null {
  return name === 'photometry' ? (offers?.photometry ?? null) : null;
}

function defaultOf(name: string, offers: IOffers | null): string | undefined {
  return name === 'deredden' ? offers?.default_dereddening : undefined;
}

function startOf(parts: IField[], columns: readonly string[]): Values {
  const needed = parts.filter(part => part.required);
  const error = columns.find(name => /(pos|ast|ra|dec)\w*_?err|err\w*_?(pos|ra|dec)/i.test(name));
  return Object.fromEntries(needed.map(part => [part.name, part.name === 'column' ? (error ?? '') : '']));
}

/** One number for all, or one for each instrument type. */
export function ByTypeField(props: FieldProps): JSX.Element {
  const { trans, operation } = props.formContext as IFormContext;
  const parts = partsOf(operation, props.name);
  const value = props.formData as number | Values | undefined;
  const single = typeof value === 'number';
  return (
    <div className="tsm-Rows" role="group" id={props.idSchema.$id} aria-label={props.schema.title}>
      {single ? (
        <NumberInput
          label={props.schema.title ?? props.name}
          value={value}
          min={0}
          step={0.001}
          disabled={props.disabled}
          onChange={number => number !== null && props.onChange(number)}
        />
      ) : (
        <ul className="tsm-Rows-list">
          {parts.map(part => (
            <li key={part.name} className="tsm-Rows-part">
              <span className="tsm-Rows-name">{part.title}</span>
              <NumberInput
                label={`${props.schema.title}: ${part.title}`}
                value={((value as Values | undefined)?.[part.name] ?? part.fallback) as number | null}
                min={0}
                step={0.001}
                disabled={props.disabled}
                onChange={number =>
                  number !== null && props.onChange({ ...(value as Values | undefined), [part.name]: number })
                }
              />
            </li>
          ))}
        </ul>
      )}
      <label className="tsm-Rows-switch">
        <input
          type="checkbox"
          checked={single}
          disabled={props.disabled}
          onChange={event =>
            props.onChange(
              event.target.checked
                ? Number((value as Values | undefined)?.[parts[0]?.name] ?? parts[0]?.fallback ?? 0.005)
                : Object.fromEntries(
                    parts.map((part, place) => [part.name, place === 0 ? value : part.fallback])
                  )
            )
          }
        />
        {trans.__('one number for all types')}
      </label>
    </div>
  );
}
