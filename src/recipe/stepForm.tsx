/** A step's parameters as a form, generated from its operation's schema. */
import { FormComponent } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { RegistryFieldsType, UiSchema } from '@rjsf/utils';
import { customizeValidator } from '@rjsf/validator-ajv8';
import { useMemo } from 'react';
import { parse } from 'yaml';

import type { IOperation, IOperations, IReport } from './backend';
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
  SwitchField,
  TextField,
  YamlField
} from './fields';
import { helpOf } from './help';
import { ColumnsField } from './match/ColumnsField';
import { OffsetsField } from './match/OffsetsField';
import { ReleaseField } from './match/ReleaseField';
import { RunField } from './match/RunField';
import { RulesField } from './rules/RulesField';
import { CellsField } from './split/CellsField';
import { afterMethod, isVoid } from './split/method';
import { MethodField } from './split/MethodField';
import { OptionsField } from './split/OptionsField';
import { PartsField } from './split/PartsField';
import { BundleField, FileField } from './split/PathField';
import { FeaturesField } from './split/RowsFields';
import { type FieldKind, fieldsOf, isShown, parametersOf, stepValue, withoutVoid } from './schema';
import '../../style/recipe-combine.css';
import '../../style/recipe-match.css';
import '../../style/recipe-split.css';

type Values = Record<string, unknown>;

const validator = customizeValidator<Values>();

const OWN_FIELDS: { readonly [kind in FieldKind]?: unknown } = {
  bundle: BundleField,
  byType: ByTypeField,
  cells: CellsField,
  columns: ColumnsField,
  condition: ConditionField,
  criteria: CriteriaField,
  decisions: DecisionsField,
  features: FeaturesField,
  file: FileField,
  group: GroupField,
  list: ListField,
  method: MethodField,
  numbers: NumbersField,
  offsets: OffsetsField,
  options: OptionsField,
  place: RunField,
  proportions: PartsField,
  release: ReleaseField,
  rules: RulesField,
  switch: SwitchField,
  text: TextField,
  yaml: YamlField
};

const FIELDS = OWN_FIELDS as RegistryFieldsType<Values>;
const OWN = Object.keys(OWN_FIELDS) as FieldKind[];
const NONE: readonly string[] = [];
const NO_RELEASES: IOperations['releases'] = [];
const NO_METHODS: IOperations['split_methods'] = [];

export interface IStepFormProps {
  readonly operation: IOperation;
  readonly step: IStep;
  readonly readOnly: boolean;
  readonly presets: { readonly [name: string]: string };
  /** Names to choose from, those of the user's data first. */
  readonly surveys?: readonly string[];
  readonly columns?: readonly string[];
  readonly releases?: IOperations['releases'];
  readonly methods?: IOperations['split_methods'];
  /** What the plan says of the step. */
  readonly report?: IReport | null;
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
  releases = NO_RELEASES,
  methods = NO_METHODS,
  report = null,
  trans,
  onChange
}: IStepFormProps): JSX.Element {
  const given = parametersOf(operation, step.value);
  const all = useMemo(() => fieldsOf(operation), [operation]);
  const hidden = all
    .filter(
      ({ name }) =>
        !isShown(operation, name, given) || (operation.name === 'split' && isVoid(methods, name, given))
    )
    .map(({ name }) => name)
    .join(' ');
  const fields = useMemo(() => all.filter(({ name }) => !hidden.split(' ').includes(name)), [all, hidden]);
  const schema = useMemo(
    () => ({
      type: 'object' as const,
      properties: Object.fromEntries(
        fields.map(field => {
          const { title, description } = field;
          const plain: Values = OWN.includes(field.kind)
            ? { examples: field.kind === 'place' ? field.schema.enum : field.schema.examples }
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
          return [
            field.name,
            { ...plain, title, description: helpOf(operation.name, field, trans) ?? description }
          ];
        })
      ),
      required: fields.filter(field => field.required).map(field => field.name)
    }),
    [fields, operation.name, trans]
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
  const advanced = fields.filter(field => field.advanced).map(field => field.name);
  const context: IFormContext = {
    trans,
    presets,
    operation,
    surveys,
    columns,
    releases,
    methods,
    report,
    given,
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
        const all = withoutVoid(operation, given, (event.formData ?? {}) as Values);
        const entered = operation.name === 'split' ? afterMethod(methods, given, all) : all;
        const value = stepValue(operation, step.value, entered);
        if (!equal(value, step.value)) {
          onChange(value);
        }
      }}
    />
  );
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
