/** What the recipe covers of its target, while the steps before the measurement are edited. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { useEffect, useState } from 'react';

import type { ICoverage, IPlan, IReport } from '../backend';
import type { RecipeModel } from '../model';
import { isRecord } from '../values';
import { CoverageView } from './CoverageView';

/** Steps whose edits move the coverage. */
const CUTS = ['filter', 'cap', 'weight', 'resample', 'split', 'coverage'];

export interface ICoverageMeterProps {
  readonly model: RecipeModel;
  readonly plan: IPlan;
  /** The operation in focus. */
  readonly op: string;
  readonly index: number;
  readonly trans: TranslationBundle;
}

/** Coverage as measured by the step in focus, or by the first one after it. */
export function CoverageMeter(props: ICoverageMeterProps): JSX.Element | null {
  const { model, plan, op, index, trans } = props;
  const step = CUTS.includes(op)
    ? plan.steps.find(one => one.op === 'coverage' && !one.input && one.index >= index)
    : undefined;
  const report = step?.report ?? null;
  const waits = report !== null && !isRecord(report.details.coverage);
  const asked = useMeasured(model, plan, waits ? step!.index : null);
  if (!step || !report) {
    return null;
  }
  const shown: IReport = asked?.coverage
    ? { ...report, details: { ...report.details, coverage: asked.coverage } }
    : report;
  return (
    <>
      {op === 'coverage' ? null : <h3>{trans.__('Coverage of the target')}</h3>}
      {waits && asked?.source === 'run' ? (
        <p className="tsm-Field-description">
          {trans.__(
            'The match runs only with the recipe: measured are the rows of the last run, cut as the recipe says now. Rows that the last run left out are missing.'
          )}
        </p>
      ) : null}
      {waits && asked?.source === 'none' ? (
        <p className="tsm-Field-description">{trans.__('What is covered is known after the first run.')}</p>
      ) : null}
      <CoverageView report={shown} trans={trans} />
    </>
  );
}

/** Coverage of the last run's rows; null before it is known, or where the plan has its own. */
function useMeasured(model: RecipeModel, plan: IPlan, step: number | null): ICoverage | null {
  const [found, setFound] = useState<ICoverage | null>(null);
  const table = model.lastRun?.result?.tables[0]?.path ?? null;
  const old = model.planIsOld;
  useEffect(() => {
    if (step === null || old) {
      return;
    }
    const abort = new AbortController();
    void model.coverage({ step, table }, abort.signal)?.then(
      answer => !abort.signal.aborted && setFound(answer),
      () => undefined // the plan itself says what is wrong with the step
    );
    return () => abort.abort();
  }, [model, plan, old, step, table]);
  return step === null ? null : found;
}
