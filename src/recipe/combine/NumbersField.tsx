/** A number by name: for each survey that needs another than the rest, or for columns (the width of cells). */
import type { FieldProps } from '@rjsf/utils';
import { useId } from 'react';

import type { IFormContext } from '../fields';
import { IconButton, NumberInput, TextInput } from './inputs';

/** Parameters whose names are columns. */
const OF_COLUMNS: readonly string[] = ['cells'];

export function NumbersField(props: FieldProps): JSX.Element {
  const { trans, surveys, columns } = props.formContext as IFormContext;
  const list = useId();
  const entries = Object.entries((props.formData ?? {}) as Record<string, number>);
  const change = (next: [string, number][]) =>
    props.onChange(next.length ? Object.fromEntries(next) : undefined);
  const free = surveys.filter(name => !entries.some(([used]) => used.toUpperCase() === name.toUpperCase()));
  const typical = entries.at(-1)?.[1] ?? 1;
  return (
    <div className="tsm-Rows" role="group" id={props.idSchema.$id} aria-label={props.schema.title}>
      <ul className="tsm-Rows-list">
        {entries.map(([name, number]) => (
          <li key={name} className="tsm-Rows-number">
            <span className="tsm-Rows-name">{name}</span>
            <NumberInput
              label={`${props.schema.title}: ${name}`}
              value={number}
              min={0}
              step={0.05}
              disabled={props.disabled}
              onChange={value =>
                value !== null && change(entries.map(([key, was]) => [key, key === name ? value : was]))
              }
            />
            <IconButton
              label={trans.__('Remove %1', name)}
              sign="✕"
              disabled={props.disabled}
              onClick={() => change(entries.filter(([key]) => key !== name))}
            />
          </li>
        ))}
      </ul>
      {OF_COLUMNS.includes(props.name) ? (
        <>
          <TextInput
            label={trans.__('Add a column: %1', props.schema.title ?? '')}
            value=""
            clears
            list={list}
            placeholder={trans.__('Add a column or an expression…')}
            disabled={props.disabled}
            onCommit={name =>
              name && !entries.some(([used]) => used === name) && change([...entries, [name, typical]])
            }
          />
          <datalist id={list}>
            {columns.map(name => (
              <option key={name} value={name} />
            ))}
          </datalist>
        </>
      ) : (
        <select
          className="jp-mod-styled tsm-Rows-add"
          aria-label={trans.__('Add a survey: %1', props.schema.title ?? '')}
          value=""
          disabled={props.disabled || free.length === 0}
          onChange={event => event.target.value && change([...entries, [event.target.value, typical]])}
        >
          <option value="">{trans.__('Add a survey…')}</option>
          {free.map(name => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      )}
    </div>
  );
}
