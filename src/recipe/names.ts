/** A name for an input from its file's name, unlike the others. */
export function freeName(path: string, used: readonly string[]): string {
  const base =
    (path.split('/').pop() ?? 'input')
      .replace(/\..*$/, '')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '_')
      .replace(/^_+|_+$/g, '') || 'input';
  let name = base;
  for (let n = 2; used.includes(name); n++) {
    name = `${base}_${n}`;
  }
  return name;
}
