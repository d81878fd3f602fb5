/** What the chosen method wants to know besides, as a form made from its schema; other packages' methods too. */
import type { FieldProps } from '@rjsf/utils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { useId, useState } from 'react';
import { parse } from 'yaml';

import { NumberInput, TextInput } from '../combine/inputs';
import { flow } from '../document';
import type { IFormContext } from '../fields';
import type { IField } from '../schema';
import { isRecord } from '../values';
import { CellRows } from './CellsField';
import { methodOf, optionFields } from './method';
import { HoldOutRows, SizeRows } from './RowsFields';

type Values = Record<string, unknown>;

export function OptionsField(props: FieldProps): JSX.Element {
  const { trans, methods, given, surveys, columns } = props.formContext as IFormContext;
  const method = methodOf(methods, given);
  const value = isRecord(props.formData) ? props.formData : {};
  const fields = optionFields(method);
  const stray = Object.keys(value).filter(name => !fields.some(field => field.name === name));
  const set = (name: string, option: unknown) => {
    const next: Values = { ...value, [name]: option };
    if (option === undefined || option === null || option === '') {
      delete next[name];
    }
    props.onChange(Object.keys(next).length ? next : undefined);
  };
  const parts = isRecord(given.parts) ? Object.keys(given.parts) : ['train', 'test'];
  if (!method) {
    return (
      <YamlOption
        field={null}
        value={value}
        disabled={props.disabled}
        trans={trans}
        onChange={props.onChange}
      />
    );
  }
  return (
    <div className="tsm-Split-options" id={props.idSchema.$id} role="group" aria-label={method.title}>
      {fields.map(field => (
        <div key={field.name} className="tsm-Split-option">
          <span className="tsm-Field-label">
            {field.title}
            {field.required ? ' *' : ''}
          </span>
          <Option
            id={`${props.idSchema.$id}_${field.name}`}
            field={field}
            value={value[field.name] ?? field.fallback}
            {...{ parts, surveys, columns, trans }}
            disabled={props.disabled}
            onChange={option => set(field.name, option)}
          />
          {field.description ? <p className="tsm-Field-description">{field.description}</p> : null}
        </div>
      ))}
      {stray.map(name => (
        <p key={name} className="tsm-Field-error" role="alert">
          {trans.__('The method "%1" has no option "%2".', method.title, name)}{' '}
          <button
            type="button"
            className="tsm-Button"
            disabled={props.disabled}
            onClick={() => set(name, undefined)}
          >
            {trans.__('Remove it')}
          </button>
        </p>
      ))}
    </div>
  );
}

interface IOptionProps {
  readonly id: string;
  readonly field: IField;
  readonly value: unknown;
  readonly parts: readonly string[];
  readonly surveys: readonly string[];
  readonly columns: readonly string[];
  readonly disabled?: boolean;
  readonly trans: TranslationBundle;
  readonly onChange: (value: unknown) => void;
}

function Option(props: IOptionProps): JSX.Element {
  const { id, field, value, parts, surveys, columns, disabled, trans, onChange } = props;
  const list = useId();
  const common = { id, title: field.title, disabled, trans };
  const record = isRecord(value) ? value : {};
  const values = field.schema.additionalProperties as Values | undefined;
  if (field.kind === 'cells') {
    return (
      <CellRows
        {...common}
        value={record as Record<string, number | null>}
        columns={columns}
        onChange={onChange}
      />
    );
  }
  if (field.name === 'hold_out' && values?.type === 'array') {
    return (
      <HoldOutRows
        {...common}
        value={record as Record<string, string[]>}
        parts={parts}
        surveys={surveys}
        onChange={onChange}
      />
    );
  }
  if (field.name === 'sizes' && field.kind === 'numbers') {
    return (
      <SizeRows {...common} value={record as Record<string, number>} parts={parts} onChange={onChange} />
    );
  }
  switch (field.kind) {
    case 'number':
    case 'integer':
      return (
        <NumberInput
          label={field.title}
          value={typeof value === 'number' ? value : null}
          min={field.schema.minimum as number | undefined}
          step={field.kind === 'integer' ? 1 : undefined}
          disabled={disabled}
          onChange={number => onChange(number ?? undefined)}
        />
      );
    case 'switch':
      return (
        <input
          type="checkbox"
          aria-label={field.title}
          checked={value === true}
          disabled={disabled}
          onChange={event => onChange(event.target.checked)}
        />
      );
    case 'choice':
      return (
        <select
          className="jp-mod-styled"
          aria-label={field.title}
          value={String(value ?? '')}
          disabled={disabled}
          onChange={event => onChange(event.target.value || undefined)}
        >
          {field.fallback === undefined || field.fallback === null ? <option value="" /> : null}
          {(field.schema.enum as unknown[]).map(one => (
            <option key={String(one)} value={String(one)}>
              {String(one).replace(/_/g, ' ')}
            </option>
          ))}
        </select>
      );
    case 'text':
    case 'condition':
      return (
        <>
          <TextInput
            label={field.title}
            value={typeof value === 'string' ? value : ''}
            list={field.name.includes('column') ? list : undefined}
            monospace={field.kind === 'condition'}
            disabled={disabled}
            onCommit={text => onChange(text || undefined)}
          />
          <datalist id={list}>
            {columns.map(name => (
              <option key={name} value={name} />
            ))}
          </datalist>
        </>
      );
    case 'list':
      return (
        <TextInput
          label={field.title}
          value={Array.isArray(value) ? value.join(', ') : ''}
          disabled={disabled}
          onCommit={text => {
            const items = text
              .split(',')
              .map(item => item.trim())
              .filter(Boolean);
            onChange(items.length ? items : undefined);
          }}
        />
      );
    default:
      return <YamlOption {...{ field, value, disabled, trans, onChange }} />;
  }
}

/** A value of any other shape, as recipes write it. */
function YamlOption(props: {
  field: IField | null;
  value: unknown;
  disabled?: boolean;
  trans: TranslationBundle;
  onChange: (value: unknown) => void;
}): JSX.Element {
  const { field, value, disabled, trans, onChange } = props;
  const [wrong, setWrong] = useState(false);
  const isEmpty = value === undefined || value === null || (isRecord(value) && !Object.keys(value).length);
  return (
    <>
      <TextInput
        label={field?.title ?? trans.__('Options')}
        value={isEmpty ? '' : flow(value)}
        monospace
        disabled={disabled}
        onCommit={text => {
          try {
            onChange(text === '' ? undefined : parse(text, { version: '1.2' }));
            setWrong(false);
          } catch {
            setWrong(true);
          }
        }}
      />
      {wrong ? (
        <p className="tsm-Field-error" role="alert">
          {trans.__('This is no value that YAML knows.')}
        </p>
      ) : null}
    </>
  );
}
