/** A pipeline's parameters as a form, generated from what the server tells of them. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { FormComponent } from '@jupyterlab/ui-components';
import type {
  FieldProps,
  FieldTemplateProps,
  ObjectFieldTemplateProps,
  RegistryFieldsType
} from '@rjsf/utils';
import { customizeValidator } from '@rjsf/validator-ajv8';
import { useEffect, useMemo, useState } from 'react';
import { parse } from 'yaml';

import type { Settings } from '../../api';
import { ListField, SwitchField } from '../../recipe/fields';
import type { IProblem } from './check';
import { drawSeed, type IParameter } from './parameters';
import { Field } from './parts';

type Values = Record<string, unknown>;

const validator = customizeValidator<Values>();

/** Between the names of a path, where the library wants no dots. */
const DOT = '__';

export interface IParametersProps {
  readonly parameters: readonly IParameter[];
  readonly values: Settings;
  readonly problems: readonly IProblem[];
  /** Choices of this release, by path. */
  readonly choices: {
    readonly [path: string]: readonly { readonly value: string; readonly title: string }[];
  };
  /** Parameters that have no choice here, and why. */
  readonly locked: { readonly [path: string]: string };
  readonly disabled: boolean;
  readonly trans: TranslationBundle;
  set(values: Settings): void;
}

interface IContext {
  readonly trans: TranslationBundle;
  readonly problems: readonly IProblem[];
  readonly advanced: readonly string[];
  readonly locked: { readonly [path: string]: string };
}

const FIELDS = {
  list: ListField,
  seed: SeedField,
  switch: SwitchField,
  yaml: YamlField
} as unknown as RegistryFieldsType<Values>;

export function Parameters(props: IParametersProps): JSX.Element {
  const { parameters, values, problems, choices, locked, disabled, trans, set } = props;
  const [schema, uiSchema] = useMemo(
    () => formOf(parameters, choices, locked, trans),
    [parameters, choices, locked, trans]
  );
  const context: IContext = {
    ...{ trans, problems, locked },
    advanced: parameters.filter(one => one.advanced).map(({ path }) => keyOf(path))
  };
  const data = Object.fromEntries(parameters.map(({ path }) => [keyOf(path), values[path] ?? undefined]));
  return (
    <FormComponent
      schema={schema as never}
      uiSchema={uiSchema as never}
      formData={data as never}
      validator={validator as never}
      fields={FIELDS as never}
      templates={TEMPLATES}
      formContext={context as never}
      idPrefix="tsm-process"
      disabled={disabled}
      noValidate
      noHtml5Validate
      showErrorList={false}
      compact
      onChange={event => {
        const now = (event.formData ?? {}) as Values;
        const changed = parameters
          .map(one => [one.path, now[keyOf(one.path)] ?? emptyOf(one)] as const)
          .filter(([path, value]) => JSON.stringify(value) !== JSON.stringify(values[path] ?? null));
        if (changed.length > 0) {
          set(Object.fromEntries(changed));
        }
      }}
    />
  );
}

const TEMPLATES = { FieldTemplate: Template as never, ObjectFieldTemplate: Group as never };

/** What stands for nothing, where a list or an object is expected. */
function emptyOf({ kind, nullable }: IParameter): unknown {
  return nullable ? null : kind === 'list' ? [] : kind === 'yaml' ? {} : null;
}

function keyOf(path: string): string {
  return path.replace(/\./g, DOT);
}

/** What a parameter is, what is wrong with it, and what is known of it. */
function Template(props: FieldTemplateProps): JSX.Element {
  const { id, label, required, children, rawDescription, schema, formContext } = props;
  if (schema.type === 'object') {
    return <>{children}</>;
  }
  const { problems } = formContext as IContext;
  const path = id.slice('tsm-process_'.length).replace(new RegExp(DOT, 'g'), '.');
  return (
    <Field id={id} label={required ? `${label} *` : label}>
      {children}
      {rawDescription ? <p className="tsm-Field-description">{rawDescription}</p> : null}
      <Complaints problems={problems} where={path} />
    </Field>
  );
}

/** All parameters in their order; those for few are folded away. */
function Group({ properties, formContext }: ObjectFieldTemplateProps): JSX.Element {
  const { trans, advanced } = formContext as IContext;
  const folded = properties.filter(({ name }) => advanced.includes(name));
  return (
    <div className="tsm-Fields">
      {properties.filter(one => !folded.includes(one)).map(({ content }) => content)}
      {folded.length > 0 && (
        <details>
          <summary>{trans.__('More')}</summary>
          <div className="tsm-Fields">{folded.map(({ content }) => content)}</div>
        </details>
      )}
    </div>
  );
}

/** What is wrong at one place of the form. */
export function Complaints({
  problems,
  where
}: {
  readonly problems: readonly IProblem[];
  readonly where: string;
}): JSX.Element {
  return (
    <>
      {problems
        .filter(one => one.where === where)
        .map(({ level, message }) => (
          <p key={message} className={`tsm-Page-box tsm-mod-${level}`}>
            {message}
          </p>
        ))}
    </>
  );
}

function formOf(
  parameters: readonly IParameter[],
  choices: IParametersProps['choices'],
  locked: IParametersProps['locked'],
  trans: TranslationBundle
): [object, object] {
  const properties: Record<string, object> = {};
  const ui: Record<string, object> = {};
  for (const parameter of parameters) {
    const { path, kind, title, nullable } = parameter;
    const name = keyOf(path);
    const offered = choices[path] ?? parameter.choices;
    const help = [
      parameter.help,
      parameter.extra && trans.__('This server does not list the parameter: it may ignore it.'),
      locked[path]
    ];
    const description = help.filter(Boolean).join(' ');
    const { minimum, maximum } = parameter;
    if (path === 'random_seed') {
      properties[name] = { title, description };
      ui[name] = { 'ui:field': 'seed' };
    } else if (kind === 'choice' && offered && offered.length > 0) {
      const [{ value }] = offered;
      properties[name] = {
        ...{ title, description, type: typeof value === 'number' ? 'number' : 'string' },
        oneOf: offered.map(one => ({ const: one.value, title: one.title }))
      };
    } else if (kind === 'number' || kind === 'integer') {
      properties[name] = { title, description, type: kind, minimum, maximum };
      ui[name] = { 'ui:emptyValue': nullable ? null : undefined, 'ui:options': { step: parameter.step } };
    } else if (kind === 'list' || kind === 'switch' || kind === 'yaml') {
      properties[name] = { title, description };
      ui[name] = { 'ui:field': kind, 'ui:disabled': path in locked };
    } else {
      properties[name] = { title, description, type: 'string' };
    }
  }
  return [{ type: 'object', properties }, ui];
}

/** A whole number, or none; another one can be drawn. */
function SeedField({ idSchema, formData, disabled, onChange, formContext }: FieldProps): JSX.Element {
  const { trans } = formContext as IContext;
  return (
    <div className="tsm-ProcessForm-beside">
      <input
        id={idSchema.$id}
        className="jp-mod-styled"
        inputMode="numeric"
        value={formData ?? ''}
        placeholder={trans.__('none')}
        disabled={disabled}
        onChange={({ target: { value } }) => {
          const text = value.trim();
          onChange(text === '' ? null : /^-?\d+$/.test(text) ? Number(text) : text);
        }}
      />
      <button type="button" className="tsm-Button" disabled={disabled} onClick={() => onChange(drawSeed())}>
        {trans.__('Draw another')}
      </button>
    </div>
  );
}

/** Any value, as YAML writes it; what can't be read is handed on as it is, so that it is complained about. */
function YamlField({ idSchema, formData, disabled, onChange }: FieldProps): JSX.Element {
  const shown = typeof formData === 'string' ? formData : flow(formData);
  const [text, setText] = useState(shown);
  useEffect(() => setText(shown), [shown]);
  const commit = () => {
    if (text === shown) {
      return;
    }
    try {
      const value: unknown = text.trim() === '' ? {} : parse(text, { version: '1.2' });
      onChange(typeof value === 'object' && value !== null ? value : text);
    } catch {
      onChange(text);
    }
  };
  return (
    <input
      id={idSchema.$id}
      className="jp-mod-styled tsm-mod-code"
      value={text}
      spellCheck={false}
      disabled={disabled}
      onChange={event => setText(event.target.value)}
      onBlur={commit}
      onKeyDown={event => event.key === 'Enter' && commit()}
    />
  );
}

/** An object on one line. */
function flow(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(flow).join(', ')}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const inside = Object.entries(value).map(([name, one]) => `${name}: ${flow(one)}`);
    return inside.length > 0 ? `{${inside.join(', ')}}` : '';
  }
  return value === null || value === undefined ? '' : String(value);
}
