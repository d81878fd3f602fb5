/** Rows of names: surveys that are held out, columns that are compared, numbers of parts. */
import type { FieldProps } from '@rjsf/utils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { useId } from 'react';

import { IconButton, NumberInput, TextInput } from '../combine/inputs';
import type { IFormContext } from '../fields';

interface IRowsProps<T> {
  readonly id: string;
  readonly title: string;
  readonly value: T;
  readonly disabled?: boolean;
  readonly trans: TranslationBundle;
  readonly onChange: (value: T | undefined) => void;
}

/** For each part the surveys that go to it as a whole. */
export function HoldOutRows(
  props: IRowsProps<Readonly<Record<string, readonly string[]>>> & {
    readonly parts: readonly string[];
    readonly surveys: readonly string[];
  }
): JSX.Element {
  const { id, title, value, parts, surveys, disabled, trans, onChange } = props;
  const names = [...new Set([...parts, ...Object.keys(value)])];
  const held = Object.values(value).flat();
  const set = (part: string, list: readonly string[]) => {
    const next = Object.fromEntries(
      names
        .map(name => [name, name === part ? list : (value[name] ?? [])] as const)
        .filter(([, some]) => some.length > 0)
    );
    onChange(Object.keys(next).length ? next : undefined);
  };
  return (
    <div className="tsm-Rows" role="group" id={id} aria-label={title}>
      <ul className="tsm-Rows-list">
        {names.map(part => (
          <li key={part} className="tsm-Split-held">
            <span className="tsm-Rows-name">{part}</span>
            <span className="tsm-Split-chips">
              {(value[part] ?? []).map(name => (
                <span key={name} className="tsm-Split-chip">
                  {name}
                  <IconButton
                    label={trans.__('Remove %1 from %2', name, part)}
                    sign="✕"
                    disabled={disabled}
                    onClick={() =>
                      set(
                        part,
                        value[part].filter(one => one !== name)
                      )
                    }
                  />
                </span>
              ))}
              <select
                className="jp-mod-styled"
                aria-label={trans.__('Hold out a survey for %1', part)}
                value=""
                disabled={disabled}
                onChange={event =>
                  event.target.value && set(part, [...(value[part] ?? []), event.target.value])
                }
              >
                <option value="">{trans.__('Add a survey…')}</option>
                {surveys
                  .filter(name => !held.some(one => one.toUpperCase() === name.toUpperCase()))
                  .map(name => (
                    <option key={name} value={name}>
                      {name}
                    </option>
                  ))}
              </select>
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Objects of each part; empty where all are left to the proportions. */
export function SizeRows(
  props: IRowsProps<Readonly<Record<string, number>>> & { readonly parts: readonly string[] }
): JSX.Element {
  const { id, title, value, parts, disabled, trans, onChange } = props;
  const names = [...new Set([...parts, ...Object.keys(value)])];
  return (
    <div className="tsm-Rows" role="group" id={id} aria-label={title}>
      <ul className="tsm-Rows-list">
        {names.map(part => (
          <li key={part} className="tsm-Rows-part">
            <span className="tsm-Rows-name">{part}</span>
            <NumberInput
              label={trans.__('%1 of %2', title, part)}
              value={value[part] ?? null}
              min={0}
              step={1}
              disabled={disabled}
              onChange={number => {
                const next = { ...value };
                if (number === null) {
                  delete next[part];
                } else {
                  next[part] = Math.round(number);
                }
                onChange(Object.keys(next).length ? next : undefined);
              }}
            />
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Columns, or expressions of columns, in order. */
export function FeaturesField(props: FieldProps): JSX.Element {
  const { trans, columns } = props.formContext as IFormContext;
  const list = useId();
  const features = Array.isArray(props.formData) ? (props.formData as string[]) : [];
  const change = (next: string[]) => props.onChange(next.length ? next : undefined);
  return (
    <div className="tsm-Rows" role="group" id={props.idSchema.$id} aria-label={props.schema.title}>
      <datalist id={list}>
        {columns.map(column => (
          <option key={column} value={column} />
        ))}
      </datalist>
      <ul className="tsm-Rows-list">
        {features.map((feature, index) => (
          <li key={`${index} ${feature}`} className="tsm-Split-feature">
            <TextInput
              label={trans.__('Feature %1', index + 1)}
              value={feature}
              list={list}
              monospace
              disabled={props.disabled}
              onCommit={text =>
                change(
                  text
                    ? features.map((one, i) => (i === index ? text : one))
                    : features.filter((_, i) => i !== index)
                )
              }
            />
            <IconButton
              label={trans.__('Move %1 up', feature)}
              sign="↑"
              disabled={props.disabled || index === 0}
              onClick={() => {
                const next = [...features];
                [next[index - 1], next[index]] = [next[index], next[index - 1]];
                change(next);
              }}
            />
            <IconButton
              label={trans.__('Remove %1', feature)}
              sign="✕"
              disabled={props.disabled}
              onClick={() => change(features.filter((_, i) => i !== index))}
            />
          </li>
        ))}
      </ul>
      <TextInput
        key={features.length}
        label={trans.__('Add a feature')}
        value=""
        list={list}
        monospace
        placeholder={trans.__('Add a column, or g_mag - r_mag')}
        disabled={props.disabled}
        onCommit={text => {
          if (text && !features.includes(text)) {
            change([...features, text]);
          }
        }}
      />
    </div>
  );
}
