/** The steps of a recipe as cards: a line each, a form when opened. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { useEffect, useRef, useState } from 'react';

import { formatCount } from '../ui/format';
import type { IOperation, IPlanStep } from './backend';
import { addStep, type IStep, moveItem, removeIn, setStep } from './document';
import { Shares } from './fields';
import { namesOf } from './known';
import type { RecipeModel } from './model';
import { parametersOf, summary } from './schema';
import { StepForm, YamlStep } from './stepForm';

export interface IStepsProps {
  readonly model: RecipeModel;
  readonly trans: TranslationBundle;
}

export function Steps({ model, trans }: IStepsProps): JSX.Element {
  const readOnly = model.syntax !== null;
  const operations = model.operations?.ops ?? [];
  const [added, setAdded] = useState<number | null>(null);
  return (
    <section aria-label={trans.__('Steps')} className="tsm-RecipeEditor-section">
      <header>
        <h2>{trans.__('Steps')}</h2>
        <select
          className="jp-mod-styled tsm-AddStep"
          aria-label={trans.__('Add a step')}
          value=""
          disabled={readOnly || operations.length === 0}
          onChange={event => {
            const op = event.target.value;
            setAdded(model.value.steps.length);
            model.edit(text =>
              addStep(text, { op, value: startOf(operations.find(item => item.name === op)!) })
            );
            model.focus = model.value.steps.length - 1;
          }}
        >
          <option value="">{trans.__('Add a step…')}</option>
          {operations.map(operation => (
            <option key={operation.name} value={operation.name} title={operation.summary}>
              {operation.title}
            </option>
          ))}
        </select>
      </header>
      <ol className="tsm-Steps">
        {model.value.steps.map((step, index) => (
          <StepCard
            key={`${index}-${step.op}`}
            step={step}
            index={index}
            model={model}
            trans={trans}
            readOnly={readOnly}
            fresh={index === added}
          />
        ))}
      </ol>
    </section>
  );
}

/** What a new step starts with: the required parameters, empty, so that the form shows them. */
function startOf(operation: IOperation): unknown {
  if (operation.name === 'split') {
    return { method: 'random', parts: { train: 0.7, validation: 0.15, test: 0.15 } };
  }
  if (operation.main && ((operation.schema.required ?? []) as string[]).includes(operation.main)) {
    return operation.name === 'filter' ? 'redshift IS NOT NULL' : '';
  }
  return null;
}

interface IStepCardProps {
  readonly step: IStep;
  readonly index: number;
  readonly model: RecipeModel;
  readonly trans: TranslationBundle;
  readonly readOnly: boolean;
  /** Just added here: its form is open, and in view. */
  readonly fresh: boolean;
}

function StepCard({ step, index, model, trans, readOnly, fresh }: IStepCardProps): JSX.Element {
  const card = useRef<HTMLLIElement>(null);
  const [open, setOpen] = useState(fresh);
  useEffect(() => {
    if (fresh) {
      card.current?.scrollIntoView?.({ block: 'nearest' });
    }
  }, [fresh]);
  const operation = model.operations?.ops.find(item => item.name === step.op);
  const planned = (model.plan?.steps ?? []).filter(item => item.index === index);
  const worst = worstOf(planned);
  const title = operation?.title ?? step.op;
  const last = model.value.steps.length - 1;
  const change = (value: unknown) => model.edit(text => setStep(text, index, { op: step.op, value }));
  const parts = step.op === 'split' && operation ? parametersOf(operation, step.value).parts : undefined;
  return (
    <li
      ref={card}
      className={`tsm-Card${worst ? ` tsm-mod-${worst}` : ''}${model.focus === index ? ' jp-mod-active' : ''}`}
      onFocus={() => (model.focus = index)}
      onClick={() => (model.focus = index)}
    >
      <div className="tsm-Card-head">
        <button type="button" className="tsm-Card-toggle" aria-expanded={open} onClick={() => setOpen(!open)}>
          <span className="tsm-Card-caret" aria-hidden="true">
            {open ? '▾' : '▸'}
          </span>
          <span className="tsm-Card-number">{index + 1}</span>
          <span className="tsm-Card-title">{title}</span>
          <span className="tsm-Card-summary">{summary(step.value)}</span>
        </button>
        <span className="tsm-Card-count">{rowsText(planned)}</span>
        {worst ? <Mark level={worst} planned={planned} trans={trans} /> : null}
        <button
          type="button"
          className="tsm-IconButton"
          aria-label={trans.__('Move %1 up', title)}
          title={trans.__('Move up')}
          disabled={readOnly || index === 0}
          onClick={() => model.edit(text => moveItem(text, 'steps', index, index - 1))}
        >
          ↑
        </button>
        <button
          type="button"
          className="tsm-IconButton"
          aria-label={trans.__('Move %1 down', title)}
          title={trans.__('Move down')}
          disabled={readOnly || index === last}
          onClick={() => model.edit(text => moveItem(text, 'steps', index, index + 1))}
        >
          ↓
        </button>
        <button
          type="button"
          className="tsm-IconButton"
          aria-label={trans.__('Remove %1', title)}
          title={trans.__('Remove')}
          disabled={readOnly}
          onClick={() => model.edit(text => removeIn(text, ['steps', index]))}
        >
          ✕
        </button>
      </div>
      {parts && typeof parts === 'object' && !open ? (
        <div className="tsm-Card-shares">
          <Shares parts={Object.entries(parts as Record<string, number>)} />
        </div>
      ) : null}
      {open ? (
        <div className="tsm-Card-body">
          {operation ? (
            <>
              <p className="tsm-Field-description">{operation.summary}</p>
              <StepForm
                operation={operation}
                step={step}
                readOnly={readOnly}
                presets={model.operations?.presets ?? {}}
                {...namesOf(model)}
                releases={model.operations?.releases}
                methods={model.operations?.split_methods}
                report={planned[0]?.report}
                trans={trans}
                onChange={change}
              />
            </>
          ) : (
            <YamlStep step={step} readOnly={readOnly} trans={trans} onChange={change} />
          )}
        </div>
      ) : null}
    </li>
  );
}

function worstOf(planned: IPlanStep[]): 'error' | 'warning' | null {
  const levels = planned.flatMap(item => item.findings.map(finding => finding.level));
  return levels.includes('error') ? 'error' : levels.includes('warning') ? 'warning' : null;
}

function Mark(props: {
  level: 'error' | 'warning';
  planned: IPlanStep[];
  trans: TranslationBundle;
}): JSX.Element {
  const count = props.planned
    .flatMap(item => item.findings)
    .filter(finding => finding.level === props.level).length;
  const text =
    props.level === 'error'
      ? props.trans._n('%1 error', '%1 errors', count)
      : props.trans._n('%1 warning', '%1 warnings', count);
  return (
    <span className={`tsm-Card-mark tsm-mod-${props.level}`} title={text} role="img" aria-label={text}>
      {props.level === 'error' ? '✕' : '⚠'}
    </span>
  );
}

function rowsText(planned: IPlanStep[]): string {
  const known = planned.filter(item => item.rows_out !== null);
  if (known.length === 0) {
    return '';
  }
  const rows = known.reduce((sum, item) => sum + (item.rows_out ?? 0), 0);
  return `${known.some(item => item.estimated) ? '~' : ''}${formatCount(rows)}`;
}
