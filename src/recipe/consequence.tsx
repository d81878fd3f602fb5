/** The right side of the editor: what will happen, what is happening, what came out. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { useEffect, useState } from 'react';

import { formatCount } from '../ui/format';
import { Empty, Loading, Trouble } from '../ui/states';
import { Accounting, Findings, stagesOf } from './accounting';
import type { IFinding, IFix, IPlan, IReport, IRun } from './backend';
import { CombinePreview } from './combine/CombinePreview';
import { applyFix } from './fixes';
import { MatchView } from './match/MatchView';
import type { RecipeModel } from './model';
import { messageOf, queueWords, stepWords } from './progress';
import { formatBytes, Result, titleOf } from './result';
import { RulesPanel } from './rules/RulesPanel';
import type { IRecipeShell } from './shell';
import { CoverageMeter } from './split/CoverageMeter';
import { SplitPreview } from './split/SplitPreview';

export interface IConsequenceProps {
  readonly model: RecipeModel;
  readonly shell: IRecipeShell;
  readonly trans: TranslationBundle;
  readonly addFile: () => void;
}

export function Consequence({ model, shell, trans, addFile }: IConsequenceProps): JSX.Element {
  const [chosen, setChosen] = useState<'plan' | 'run'>('plan');
  const runId = model.run?.id ?? null;
  useEffect(() => {
    if (runId !== null) {
      setChosen('run');
    }
  }, [runId]);
  const run = model.run;
  const tab = run ? chosen : 'plan';
  return (
    <section className="tsm-Consequence" tabIndex={0} aria-label={trans.__('What happens')}>
      {run ? (
        <div role="tablist" className="tsm-Consequence-tabs">
          <button type="button" role="tab" aria-selected={tab === 'plan'} onClick={() => setChosen('plan')}>
            {trans.__('Plan')}
          </button>
          <button type="button" role="tab" aria-selected={tab === 'run'} onClick={() => setChosen('run')}>
            {run.state === 'done' ? trans.__('Result') : trans.__('Run')}
          </button>
        </div>
      ) : (
        <h2>{trans.__('What will happen')}</h2>
      )}
      {model.trouble ? (
        <Trouble
          title={model.trouble.message}
          actions={[{ label: trans.__('Try again'), run: () => void model.load() }]}
        >
          {model.trouble.remedy ?? undefined}
        </Trouble>
      ) : null}
      {tab === 'run' && run ? (
        <RunView model={model} run={run} shell={shell} trans={trans} />
      ) : (
        <PlanView model={model} trans={trans} addFile={addFile} />
      )}
    </section>
  );
}

function PlanView(props: { model: RecipeModel; trans: TranslationBundle; addFile: () => void }): JSX.Element {
  const { model, trans, addFile } = props;
  const [fixed, setFixed] = useState<{ label: string; before: string; after: string } | null>(null);
  const { inputs, steps } = model.value;
  if (Object.keys(inputs).length === 0) {
    return (
      <Empty
        title={trans.__('A training set starts with a catalogue of redshifts')}
        action={{ label: trans.__('Add a file'), run: addFile }}
      >
        {trans.__(
          'Parquet, FITS, CSV, HDF5 or VOTable. Or choose a catalogue in the sidebar and "add to recipe".'
        )}
      </Empty>
    );
  }
  const plan = model.plan;
  if (!plan) {
    return model.planning ? (
      <Loading label={trans.__('Reading the inputs and planning…')} />
    ) : (
      <Empty
        title={trans.__('No plan yet')}
        action={{ label: trans.__('Plan'), run: () => void model.makePlan() }}
      />
    );
  }
  const focused = model.focus === null ? null : steps[model.focus];
  const ofStep = plan.steps.filter(step => step.index === model.focus);
  const everything = allFindings(plan);
  const inFocus = new Set(ofStep.flatMap(step => step.findings.map(keyOf)));
  const onFix =
    model.syntax || model.planIsOld
      ? undefined
      : (fix: IFix) => {
          const before = model.text;
          const mainOf = (name: string) => model.operations?.ops.find(one => one.name === name)?.main;
          model.edit(text => applyFix(text, fix, mainOf));
          setFixed({ label: fix.label, before, after: model.text });
          void model.makePlan();
        };
  const ofFocused = <Findings findings={ofStep.flatMap(step => step.findings)} trans={trans} onFix={onFix} />;
  return (
    <div className={model.planIsOld ? 'tsm-mod-old' : undefined}>
      <p className="tsm-Consequence-state" role="status">
        {model.planning || model.planIsOld
          ? trans.__('Planning again…')
          : plan.ok
            ? trans.__('Ready to run.')
            : trans.__('This can not run yet: see the errors below.')}
        {plan.bytes ? ` ${trans.__('About %1.', formatBytes(plan.bytes))}` : ''}
      </p>
      {fixed && fixed.after === model.text && fixed.after !== fixed.before ? (
        <p className="tsm-Findings-done" role="status">
          {trans.__('The recipe was changed: %1.', fixed.label)}{' '}
          <button
            type="button"
            className="tsm-Findings-show"
            onClick={() => {
              model.edit(() => fixed.before);
              void model.makePlan();
            }}
          >
            {trans.__('Undo')}
          </button>
        </p>
      ) : null}
      {focused && ofStep.length > 0 ? (
        <>
          <h3>{trans.__('Step %1: %2', model.focus! + 1, titleOf(model, focused.op, trans))}</h3>
          <Details model={model} plan={plan} />
          {focused.op === 'combine' ? (
            <CombinePreview
              now={reportOf(plan.steps, model.focus!)}
              before={reportOf(model.planBefore?.steps ?? [], model.focus!)}
              run={reportOf(model.lastRun?.steps ?? [], model.focus!)}
              trans={trans}
            >
              {ofFocused}
            </CombinePreview>
          ) : (
            ofFocused
          )}
          {focused.op === 'homogenize' ? (
            <RulesPanel model={model} plan={plan} index={model.focus!} trans={trans} />
          ) : null}
          {focused.op === 'match' ? <MatchView report={ofStep[0].report} trans={trans} /> : null}
          {focused.op === 'split' ? (
            <SplitPreview key={model.focus} model={model} step={focused} index={model.focus!} trans={trans} />
          ) : null}
          <CoverageMeter model={model} plan={plan} op={focused.op} index={model.focus!} trans={trans} />
          <h3>{trans.__('Whole recipe')}</h3>
        </>
      ) : null}
      <Findings
        findings={everything.filter(
          finding =>
            !inFocus.has(keyOf(finding)) &&
            (finding.level !== 'note' || finding.examples?.length || everything.length <= 6)
        )}
        trans={trans}
        onFix={onFix}
      />
      <Accounting stages={stagesOf(plan.steps)} trans={trans} />
    </div>
  );
}

/** The report of a step combine; of another plan or run, in which it may stand elsewhere, the first one. */
function reportOf(
  steps: readonly { index: number; op: string; input?: string | null; report?: IReport | null }[],
  index: number
): IReport | null {
  const combined = steps.filter(step => step.op === 'combine' && step.report);
  return (combined.find(step => step.index === index) ?? combined[0])?.report ?? null;
}

/** Per input, what the step in focus does to it. */
function Details({ model, plan }: { model: RecipeModel; plan: IPlan }): JSX.Element | null {
  const steps = plan.steps.filter(step => step.index === model.focus && step.input);
  if (steps.length === 0) {
    return null;
  }
  return (
    <table className="tsm-Result-files">
      <tbody>
        {steps.map(step => (
          <tr key={step.input}>
            <td>{step.input}</td>
            <td className="tsm-mod-number">
              {step.rows_in === step.rows_out
                ? formatCount(step.rows_out ?? 0)
                : `${formatCount(step.rows_in ?? 0)} → ${formatCount(step.rows_out ?? 0)}`}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function keyOf({ level, message }: IFinding): string {
  return `${level} ${message}`;
}

function allFindings(plan: IPlan) {
  const found = [
    ...plan.findings,
    ...plan.inputs.flatMap(input =>
      input.findings.map(finding => ({ ...finding, where: finding.where ?? input.name }))
    ),
    ...plan.steps.flatMap(step => step.findings)
  ];
  const seen = new Set<string>();
  return found.filter(finding => {
    const key = keyOf(finding);
    return !seen.has(key) && seen.add(key);
  });
}

interface IRunViewProps {
  readonly model: RecipeModel;
  readonly run: IRun;
  readonly shell: IRecipeShell;
  readonly trans: TranslationBundle;
}

function RunView({ model, run, shell, trans }: IRunViewProps): JSX.Element {
  if (run.state === 'done' && run.result) {
    return <Result model={model} run={run} shell={shell} trans={trans} />;
  }
  if (run.state === 'failed') {
    return (
      <>
        <Trouble title={run.error?.message ?? trans.__('The run failed.')}>
          {run.error?.remedy ??
            trans.__('Its log in the sidebar, under Jobs, says more. Nothing was written.')}
        </Trouble>
        <StepProgress model={model} run={run} trans={trans} />
      </>
    );
  }
  if (run.state === 'stopped') {
    return (
      <Empty
        title={trans.__('Stopped. Nothing was written.')}
        action={{ label: trans.__('Run again'), run: () => void model.start() }}
      >
        {run.resumable
          ? trans.__('What is done of it is kept: in the sidebar, under Jobs, it can go on from there.')
          : undefined}
      </Empty>
    );
  }
  return (
    <>
      <div className="tsm-RunProgress" role="status" aria-live="polite">
        <progress value={run.fraction} max={1} aria-label={trans.__('Progress of the run')} />
        <span>
          {run.state === 'pending'
            ? queueWords(run.position, trans)
            : `${Math.round(100 * run.fraction)} % · ${run.stage || trans.__('starting…')}`}
        </span>
        <button
          type="button"
          className="tsm-Button"
          disabled={run.state === 'stopping'}
          onClick={() => void model.stop()}
        >
          {run.state === 'stopping' ? trans.__('Stopping…') : trans.__('Stop')}
        </button>
      </div>
      {stepWords(run, trans) ? <p className="tsm-RunProgress-amount">{stepWords(run, trans)}</p> : null}
      <p className="tsm-Field-description">
        {trans.__('It goes on when this tab is closed; find it under Jobs.')}
      </p>
      <StepProgress model={model} run={run} trans={trans} />
    </>
  );
}

function StepProgress({
  model,
  run,
  trans
}: {
  model: RecipeModel;
  run: IRun;
  trans: TranslationBundle;
}): JSX.Element {
  const words = { done: trans.__('done'), running: trans.__('running'), failed: trans.__('failed') };
  return (
    <ol className="tsm-StepProgress">
      {run.steps.map(step => (
        <li key={`${step.index}-${step.input ?? ''}`} className={`tsm-mod-${step.state}`}>
          <span className="tsm-StepProgress-state">{words[step.state]}</span>
          <span>
            {titleOf(model, step.op, trans)}
            {step.input ? ` · ${step.input}` : ''}
          </span>
          <span className="tsm-Card-count">
            {step.rows_out !== null && step.rows_out !== undefined
              ? formatCount(step.rows_out)
              : messageOf(step, trans)}
          </span>
        </li>
      ))}
    </ol>
  );
}
