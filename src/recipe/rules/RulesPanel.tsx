/** The flags of every survey in the user's data and what homogenize makes of them; what they become can be changed. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { useEffect, useState } from 'react';

import type { IPlan } from '../backend';
import type { RecipeModel } from '../model';
import { dropFlag, ownRule, ownType, setFlag, setType } from './edit';
import { FlagTable } from './FlagTable';
import { type IProbe, probe } from './probe';
import { surveysOf } from './summary';
import '../../../style/recipe-combine.css';
import '../../../style/recipe-rules.css';

export interface IRulesPanelProps {
  readonly model: RecipeModel;
  readonly plan: IPlan;
  /** Place of the step among the recipe's steps. */
  readonly index: number;
  readonly trans: TranslationBundle;
}

export function RulesPanel({ model, plan, index, trans }: IRulesPanelProps): JSX.Element | null {
  const planned = plan.steps.filter(step => step.index === index && !step.input);
  const failed = planned.some(step => step.findings.some(finding => finding.level === 'error'));
  const found = useProbe(model, index, failed ? plan : null);
  const step = model.value.steps[index];
  const surveys = failed && found ? surveysOf(found.steps, found.without) : surveysOf(planned);
  const shown = surveys.filter(survey => survey.values.length > 0 || survey.pack === null);
  if (shown.length === 0) {
    return null;
  }
  return (
    <div className="tsm-FlagTables">
      {shown.map(survey => (
        <FlagTable
          key={survey.name}
          survey={survey}
          readOnly={model.syntax !== null}
          isOwn={flag => ownRule(step, survey, flag) !== undefined}
          onFlag={(flag, is) => model.edit(text => setFlag(text, index, survey, flag, is))}
          onDrop={flag => model.edit(text => dropFlag(text, index, survey, flag))}
          type={ownType(step, survey)}
          onType={type => model.edit(text => setType(text, index, survey, type))}
          trans={trans}
        />
      ))}
    </div>
  );
}

/** What a lenient plan finds, while the real one stops; the last answer stays until the next one comes. */
function useProbe(model: RecipeModel, index: number, plan: IPlan | null): IProbe | null {
  const [found, setFound] = useState<IProbe | null>(null);
  useEffect(() => {
    if (plan === null) {
      setFound(null);
      return;
    }
    const abort = new AbortController();
    probe(model.value, index, text => model.planOf(text, abort.signal))
      .then(answer => !abort.signal.aborted && setFound(answer))
      .catch(() => undefined); // the plan itself says what is wrong
    return () => abort.abort();
  }, [model, index, plan]);
  return found;
}
