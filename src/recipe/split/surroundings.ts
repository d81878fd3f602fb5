import { useMemo, useRef } from 'react';

import type { RecipeModel } from '../model';
import type { IRecipeShell } from '../shell';
import { Draft, type ISplitSurroundings } from './context';

/** What the split's form and preview of one editor share. */
export function useSplitSurroundings(model: RecipeModel, shell: IRecipeShell): ISplitSurroundings {
  const draft = useRef<Draft | null>(null);
  draft.current ??= new Draft();
  const columns = [
    ...(model.plan?.inputs ?? []).flatMap(input => input.columns),
    ...(model.plan?.columns ?? [])
  ];
  const texts = columns
    .filter(({ type }) => /string|utf8|dictionary/i.test(type))
    .map(({ name }) => name)
    .join('\n');
  const bundle = model.lastRun?.bundle ?? '';
  return useMemo(
    () => ({
      draft: draft.current!,
      chooseFile: () => shell.chooseFile(),
      bundles: /(^|\/)bundles\/[^/]+$/.test(bundle) ? [bundle.split('/').slice(-2).join('/')] : [],
      texts: new Set(['survey', 'instrument_type', 'spec_class', 'verdict', ...texts.split('\n')])
    }),
    [shell, bundle, texts]
  );
}
