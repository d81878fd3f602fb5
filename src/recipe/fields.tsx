/** The fields that a recipe needs beside those of a plain form: conditions, lists, free values. */
import type { FieldProps, FieldTemplateProps, ObjectFieldTemplateProps } from '@rjsf/utils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { useEffect, useId, useState } from 'react';
import { parse } from 'yaml';

import { categoryColour } from '../ui/palette';
import type { IOperation, IOperations, IReport } from './backend';
import { flow } from './document';

export interface IFormContext {
  readonly trans: TranslationBundle;
  readonly presets: { readonly [name: string]: string };
  readonly operation: IOperation;
  /** Names of surveys, those of the user's data first. */
  readonly surveys: readonly string[];
  /** Names of columns that the step may find. */
  readonly columns: readonly string[];
  readonly releases: IOperations['releases'];
  readonly methods: IOperations['split_methods'];
  /** What the plan says of the step. */
  readonly report: IReport | null;
  /** The step's parameters as the recipe gives them. */
  readonly given: Readonly<Record<string, unknown>>;
  /** Parameters that are folded away. */
  readonly advanced: readonly string[];
  /** How many of those the recipe sets. */
  readonly advancedSet: number;
}

/** A label tied to its input, the description under it, and what is wrong with the value. */
export function Field({
  id,
  label,
  required,
  children,
  rawDescription,
  rawErrors,
  hidden,
  schema
}: FieldTemplateProps): JSX.Element {
  if (hidden || schema.type === 'object') {
    return <>{children}</>;
  }
  return (
    <div className="tsm-Field">
      <label htmlFor={id} className="tsm-Field-label">
        {label}
        {required ? ' *' : ''}
      </label>
      <div className="tsm-Field-input">
        {children}
        {rawDescription ? <p className="tsm-Field-description">{rawDescription}</p> : null}
        {rawErrors?.map(error => (
          <p key={error} className="tsm-Field-error" role="alert">
            {error}
          </p>
        ))}
      </div>
    </div>
  );
}

/** The parameters in their order; those that few recipes need are folded away until one is set. */
export function Fields({ properties, formContext }: ObjectFieldTemplateProps): JSX.Element {
  const { trans, advanced, advancedSet } = formContext as IFormContext;
  const folded = properties.filter(item => advanced.includes(item.name));
  const [open, setOpen] = useState(advancedSet > 0);
  return (
    <div className="tsm-Fields">
      {properties.filter(item => !folded.includes(item)).map(item => item.content)}
      {folded.length ? (
        <details
          className="tsm-Fields-more"
          open={open}
          onToggle={event => setOpen(event.currentTarget.open)}
        >
          <summary>
            {trans.__('More')}
            {advancedSet ? ` · ${trans._n('%1 set', '%1 set', advancedSet)}` : ''}
          </summary>
          <div className="tsm-Fields">{folded.map(item => item.content)}</div>
        </details>
      ) : null}
    </div>
  );
}

/** Text that is handed on when the user leaves the field or presses Enter, so that no half-typed value is planned. */
function Committed(props: {
  id: string;
  text: string;
  commit: (text: string) => void;
  disabled?: boolean;
  monospace?: boolean;
  list?: string;
}): JSX.Element {
  const [text, setText] = useState(props.text);
  useEffect(() => setText(props.text), [props.text]);
  const commit = () => {
    if (text !== props.text) {
      props.commit(text);
    }
  };
  return (
    <input
      id={props.id}
      className={`jp-mod-styled${props.monospace ? ' tsm-mod-code' : ''}`}
      value={text}
      list={props.list}
      disabled={props.disabled}
      spellCheck={false}
      onChange={event => setText(event.target.value)}
      onBlur={commit}
      onKeyDown={event => event.key === 'Enter' && commit()}
    />
  );
}

export function ConditionField(props: FieldProps): JSX.Element {
  const { presets } = props.formContext as IFormContext;
  const list = useId();
  return (
    <>
      <Committed
        id={props.idSchema.$id}
        text={(props.formData as string | undefined) ?? ''}
        commit={text => props.onChange(text.trim() || undefined)}
        disabled={props.disabled}
        monospace
        list={list}
      />
      <datalist id={list}>
        {Object.entries(presets).map(([name, condition]) => (
          <option key={name} value={name}>
            {condition}
          </option>
        ))}
      </datalist>
      {typeof props.formData === 'string' && presets[props.formData] ? (
        <p className="tsm-Field-description tsm-mod-code">{presets[props.formData]}</p>
      ) : null}
    </>
  );
}

export function TextField(props: FieldProps): JSX.Element {
  const examples = (props.schema.examples as string[] | undefined) ?? [];
  const list = useId();
  return (
    <>
      <Committed
        id={props.idSchema.$id}
        text={(props.formData as string | undefined) ?? ''}
        commit={text => props.onChange(text.trim() || undefined)}
        disabled={props.disabled}
        list={list}
      />
      <datalist id={list}>
        {examples.map(example => (
          <option key={example} value={example} />
        ))}
      </datalist>
    </>
  );
}

/** Yes or no; its words are the field's label. */
export function SwitchField(props: FieldProps): JSX.Element {
  return (
    <input
      id={props.idSchema.$id}
      type="checkbox"
      checked={props.formData === true}
      disabled={props.disabled}
      onChange={event => props.onChange(event.target.checked)}
    />
  );
}

/** A list of names as text with commas. */
export function ListField(props: FieldProps): JSX.Element {
  const value = props.formData as string[] | string | undefined;
  return (
    <Committed
      id={props.idSchema.$id}
      text={Array.isArray(value) ? value.join(', ') : (value ?? '')}
      commit={text => {
        const items = text
          .split(',')
          .map(item => item.trim())
          .filter(Boolean);
        props.onChange(items.length ? items : undefined);
      }}
      disabled={props.disabled}
    />
  );
}

/** Any other value, as the recipe writes it. */
export function YamlField(props: FieldProps): JSX.Element {
  const { trans } = props.formContext as IFormContext;
  const [error, setError] = useState<string | null>(null);
  return (
    <>
      <Committed
        id={props.idSchema.$id}
        text={props.formData === undefined || props.formData === null ? '' : flow(props.formData)}
        commit={text => {
          try {
            props.onChange(text.trim() === '' ? undefined : parse(text, { version: '1.2' }));
            setError(null);
          } catch {
            setError(trans.__('This is no value that YAML knows. Example: {VVDS: 0.5, DESI: 1}'));
          }
        }}
        disabled={props.disabled}
        monospace
      />
      {error ? (
        <p className="tsm-Field-error" role="alert">
          {error}
        </p>
      ) : null}
    </>
  );
}

/** The shares of the parts as one bar. */
export function Shares({ parts }: { parts: readonly (readonly [string, number])[] }): JSX.Element {
  return (
    <div
      className="tsm-Shares"
      role="img"
      aria-label={parts.map(([name, share]) => `${name} ${share}`).join(', ')}
    >
      {parts.map(([name, share], place) => (
        <span
          key={name}
          style={{ flexGrow: Math.max(share, 0), background: categoryColour(name, place) }}
          title={`${name} ${share}`}
        >
          {share > 0.12 ? name : ''}
        </span>
      ))}
    </div>
  );
}
