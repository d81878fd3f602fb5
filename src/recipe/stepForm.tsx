/** A step's parameters as a form, generated from its operation's schema. */
import { FormComponent } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { RegistryFieldsType, UiSchema } from '@rjsf/utils';
import { customizeValidator } from '@rjsf/validator-ajv8';
import { useMemo } from 'react';
import { parse } from 'yaml';

import type { IOperation } from './backend';
import { CriteriaField } from './combine/CriteriaField';
import { DecisionsField } from './combine/DecisionsField';
import { ByTypeField, GroupField } from './combine/GroupField';
import { NumbersField } from './combine/NumbersField';
import { equal, flow, type IStep } from './document';
import {
  ConditionField,
  Field,
  Fields,
  type IFormContext,
  ListField,
  ProportionsField,
  SwitchField,
  TextField,
  YamlField
} from './fields';
import { RulesField } from './rules/RulesField';
import { type FieldKind, fieldsOf, type IField, parametersOf, stepValue } from './schema';
import '../../style/recipe-combine.css';

type Values = Record<string, unknown>;

const validator = customizeValidator<Values>();

const OWN_FIELDS: { readonly [kind in FieldKind]?: unknown } = {
  byType: ByTypeField,
  condition: ConditionField,
  criteria: CriteriaField,
  decisions: DecisionsField,
  group: GroupField,
  list: ListField,
  numbers: NumbersField,
  proportions: ProportionsField,
  rules: RulesField,
  switch: SwitchField,
  text: TextField,
  yaml: YamlField
};

const FIELDS = OWN_FIELDS as RegistryFieldsType<Values>;
const OWN = Object.keys(OWN_FIELDS) as FieldKind[];
const NONE: readonly string[] = [];

export interface IStepFormProps {
  readonly operation: IOperation;
  readonly step: IStep;
  readonly readOnly: boolean;
  readonly presets: { readonly [name: string]: string };
  /** Names to choose from, those of the user's data first. */
  readonly surveys?: readonly string[];
  readonly columns?: readonly string[];
  readonly trans: TranslationBundle;
  readonly onChange: (value: unknown) => void;
}

export function StepForm({
  operation,
  step,
  readOnly,
  presets,
  surveys = NONE,
  columns = NONE,
  trans,
  onChange
}: IStepFormProps): JSX.Element {
  const fields = useMemo(() => fieldsOf(operation), [operation]);
  const schema = useMemo(
    () => ({
      type: 'object' as const,
      properties: Object.fromEntries(
        fields.map(field => {
          const { title, description } = field;
          const plain: Values = OWN.includes(field.kind)
            ? { examples: field.schema.examples }
            : { ...field.schema };
          // The library would merge defaults into what the recipe says, key by key: see `shown` below.
          delete plain.default;
          if (field.kind === 'choice') {
            plain.oneOf = (field.schema.enum as unknown[]).map(one => ({
              const: one,
              title: String(one).replace(/_/g, ' ')
            }));
            delete plain.enum;
          }
          return [field.name, { ...plain, title, description: wordsFor(field, trans) ?? description }];
        })
      ),
      required: fields.filter(field => field.required).map(field => field.name)
    }),
    [fields, trans]
  );
  const uiSchema = useMemo(
    () =>
      Object.fromEntries(
        fields
          .filter(field => OWN.includes(field.kind))
          .map(field => [field.name, { 'ui:field': field.kind }])
      ) as UiSchema<Values>,
    [fields]
  );
  const given = parametersOf(operation, step.value);
  const advanced = fields.filter(field => field.advanced).map(field => field.name);
  const context: IFormContext = {
    trans,
    presets,
    operation,
    surveys,
    columns,
    advanced,
    advancedSet: advanced.filter(name => name in given).length
  };
  const shown = Object.fromEntries(
    fields.map(({ name, fallback }) => [name, given[name] ?? fallback ?? undefined])
  );
  return (
    <FormComponent
      schema={schema as never}
      uiSchema={uiSchema as never}
      formData={shown as never}
      validator={validator as never}
      fields={FIELDS as never}
      templates={{ FieldTemplate: Field as never, ObjectFieldTemplate: Fields as never }}
      formContext={context as never}
      idPrefix={`tsm-${operation.name}`}
      disabled={readOnly}
      liveValidate
      showErrorList={false}
      compact
      onChange={event => {
        const value = stepValue(operation, step.value, (event.formData ?? {}) as Values);
        if (!equal(value, step.value)) {
          onChange(value);
        }
      }}
    />
  );
}

/** Help for fields whose description tells how they are written, where the form writes them itself. */
function wordsFor({ name, kind }: IField, trans: TranslationBundle): string | undefined {
  switch (kind) {
    case 'criteria':
      return trans.__(
        'The first criterion in which two rows differ decides; a column or an expression. Rows that are equal in all of them: the better survey, the smaller separation from the centre, the first row_id.'
      );
    case 'decisions':
      return trans.__(
        'Rows that you judged yourself. A preferred row wins its object, also over a conflict; a row left out counts in nothing.'
      );
    case 'group':
      return name === 'errors'
        ? trans.__(
            'Positions must also be close for their errors: within so many sigma of both errors, plus a floor.'
          )
        : undefined;
    default:
      return undefined;
  }
}

export interface IYamlStepProps {
  readonly step: IStep;
  readonly readOnly: boolean;
  readonly trans: TranslationBundle;
  readonly onChange: (value: unknown) => void;
}

/** A step whose operation is not known here (another environment has it): its parameters as text. */
export function YamlStep({ step, readOnly, trans, onChange }: IYamlStepProps): JSX.Element {
  return (
    <div className="tsm-Fields">
      <p className="tsm-Field-description">
        {trans.__(
          'The engine here does not know the operation "%1". Its parameters are shown as text; install the package that adds it to run this recipe.',
          step.op
        )}
      </p>
      <textarea
        className="jp-mod-styled tsm-mod-code"
        aria-label={trans.__('Parameters of %1', step.op)}
        defaultValue={step.value === null || step.value === undefined ? '' : flow(step.value)}
        readOnly={readOnly}
        onBlur={event => {
          try {
            onChange(event.target.value.trim() ? parse(event.target.value, { version: '1.2' }) : null);
            event.target.setCustomValidity('');
          } catch (error) {
            event.target.setCustomValidity(String(error));
            event.target.reportValidity();
          }
        }}
      />
    </div>
  );
}
