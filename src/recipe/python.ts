/** What the editor did, as Python that a notebook can run. */
export function asPython(path: string): string {
  const name = path.split('/').pop() ?? path;
  const bundle = name.replace(/\.tsm\.ya?ml$/, '');
  return [
    'import pz_tsm',
    '',
    `recipe = pz_tsm.load_recipe(${JSON.stringify(name)})`,
    'pz_tsm.plan(recipe)',
    `training_set = pz_tsm.run(recipe, out=${JSON.stringify(`bundles/${bundle}`)})`,
    'pz_tsm.explore(training_set)',
    ''
  ].join('\n');
}
