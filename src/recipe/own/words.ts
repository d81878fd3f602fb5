/** Where an input comes from, in a few words. */
export function sourceText(from: unknown): string {
  if (typeof from !== 'object' || from === null) {
    return '';
  }
  const [kind, place] = Object.entries(from)[0] ?? ['', ''];
  const text = typeof place === 'string' || typeof place === 'number' ? String(place) : JSON.stringify(place);
  return kind === 'file' ? text : `${kind}: ${text}`;
}
