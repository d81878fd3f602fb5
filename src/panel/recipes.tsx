import type { TranslationBundle } from '@jupyterlab/translation';

import type { IJob } from '../tokens';
import { formatAgo, formatMoment } from '../ui/time';
import type { IRecipeFile } from './model';

export interface IRecipesProps {
  readonly recipes: readonly IRecipeFile[];
  readonly jobs: readonly IJob[];
  readonly trans: TranslationBundle;
  open(path: string): void;
}

/** The recipes of the current folder, each with its last run. */
export function RecipeList({ recipes, jobs, trans, open }: IRecipesProps): JSX.Element {
  return (
    <ul className="tsm-Panel-list tsm-mod-short" aria-label={trans.__('Recipes')}>
      {recipes.map(recipe => {
        const run = lastRun(recipe, jobs);
        return (
          <li key={recipe.path} className="tsm-Product">
            <button
              type="button"
              className="tsm-Product-main"
              title={trans.__('%1, changed %2', recipe.path, formatMoment(recipe.modified))}
              onClick={() => open(recipe.path)}
            >
              <span className="tsm-Product-line">
                <span className="tsm-Product-name">{recipe.name}</span>
                <span className={`tsm-Recipe-state tsm-mod-${run?.state ?? 'never'}`}>
                  {words(run, trans)}
                </span>
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

/** The newest run of a recipe. The engine knows whole paths, the file browser those below its root. */
export function lastRun(recipe: IRecipeFile, jobs: readonly IJob[]): IJob | undefined {
  return jobs.find(
    job =>
      job.kind === 'run' &&
      job.path !== null &&
      `/${job.path}`.endsWith(`/${recipe.path.replace(/^.*:/, '')}`)
  );
}

function words(run: IJob | undefined, trans: TranslationBundle): string {
  if (!run) {
    return '';
  }
  const ago = formatAgo(run.ended ?? run.started ?? run.created);
  switch (run.state) {
    case 'done':
      return `✓ ${ago}`;
    case 'failed':
      return trans.__('failed %1', ago);
    case 'stopped':
      return trans.__('stopped %1', ago);
    default:
      return run.fraction === null ? trans.__('running') : `${Math.round(100 * run.fraction)} %`;
  }
}
