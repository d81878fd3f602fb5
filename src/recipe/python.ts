/** What the editor did, as Python that a notebook can run. */
export function asPython(path: string): string {
  const name = path.split('/').pop() ?? path;
  const bundle = name.replace(/\.tsm\.ya?ml$/, '');
  return [
    'import pz_tsm',
    '',
    `print(pz_tsm.plan(${JSON.stringify(name)}))`,
    `result = pz_tsm.run(${JSON.stringify(name)}, out=${JSON.stringify(`bundles/${bundle}`)})`,
    'pz_tsm.explore(result.table)',
    ''
  ].join('\n');
}
