/** What is added to the positions of a survey: arcsec to the east and to the north. */
import type { FieldProps } from '@rjsf/utils';

import { IconButton, NumberInput } from '../combine/inputs';
import type { IFormContext } from '../fields';

type Offset = readonly [number, number];

export function OffsetsField(props: FieldProps): JSX.Element {
  const { trans, surveys } = props.formContext as IFormContext;
  const entries = Object.entries((props.formData ?? {}) as Record<string, Offset>);
  const change = (next: [string, Offset][]) =>
    props.onChange(next.length ? Object.fromEntries(next) : undefined);
  const free = surveys.filter(name => !entries.some(([used]) => used.toUpperCase() === name.toUpperCase()));
  const directions = [trans.__('east (″)'), trans.__('north (″)')];
  return (
    <div className="tsm-Rows" role="group" id={props.idSchema.$id} aria-label={props.schema.title}>
      <ul className="tsm-Rows-list">
        {entries.map(([name, offset]) => (
          <li key={name} className="tsm-Rows-offset">
            <span className="tsm-Rows-name">{name}</span>
            {directions.map((direction, axis) => (
              <NumberInput
                key={direction}
                label={`${name}: ${direction}`}
                value={offset[axis]}
                step={0.01}
                disabled={props.disabled}
                onChange={number =>
                  number !== null &&
                  change(
                    entries.map(([key, was]) => [
                      key,
                      key === name ? (axis === 0 ? [number, was[1]] : [was[0], number]) : was
                    ])
                  )
                }
              />
            ))}
            <IconButton
              label={trans.__('Remove %1', name)}
              sign="✕"
              disabled={props.disabled}
              onClick={() => change(entries.filter(([key]) => key !== name))}
            />
          </li>
        ))}
      </ul>
      {entries.length ? (
        <p className="tsm-Field-description">{trans.__('Arcsec added to the positions: east, north.')}</p>
      ) : null}
      <select
        className="jp-mod-styled tsm-Rows-add"
        aria-label={trans.__('Add a survey: %1', props.schema.title ?? '')}
        value=""
        disabled={props.disabled || free.length === 0}
        onChange={event => event.target.value && change([...entries, [event.target.value, [0, 0]]])}
      >
        <option value="">{trans.__('Add a survey…')}</option>
        {free.map(name => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}
