const ENDINGS = /\.(parquet|pq|csv|tsv|ecsv|fits?|h5|hdf5|vot|votable|arrow)(\.gz)?$/i;
const FITTING: { readonly [format: string]: RegExp } = { parquet: /\.(parquet|pq)$/i, csv: /\.e?csv$/i };

/** A name to begin with: the table's, and whether it is all of it. */
export function nameOf(table: string, where: string): string {
  const stem = table
    .replace(ENDINGS, '')
    .replace(/[/\\:*?"<>|\s]+/g, '_')
    .replace(/^[._]+|_+$/g, '');
  return `${stem || 'table'}_${where === '' ? 'copy' : 'selection'}`;
}

/** The file's name with the ending of its format; another table's ending is replaced. */
export function withEnding(name: string, format: string): string {
  const plain = name.trim();
  return FITTING[format].test(plain) ? plain : `${plain.replace(ENDINGS, '')}.${format}`;
}

/** The same name with a number, or the next one: `a.csv`, `a_2.csv`, `a_3.csv`. */
export function nextName(file: string): string {
  const [, stem, ending] = /^(.*?)((?:\.[A-Za-z0-9]+)?)$/.exec(file)!;
  const numbered = /^(.*)_(\d+)$/.exec(stem);
  return numbered ? `${numbered[1]}_${Number(numbered[2]) + 1}${ending}` : `${stem}_2${ending}`;
}

/** Bytes in words. */
export function sizeText(bytes: number): string {
  for (const [size, unit] of [
    [1e9, 'GB'],
    [1e6, 'MB'],
    [1e3, 'kB']
  ] as const) {
    if (bytes >= size) {
      return `${Number((bytes / size).toPrecision(3))} ${unit}`;
    }
  }
  return `${bytes} B`;
}
