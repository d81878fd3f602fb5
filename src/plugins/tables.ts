/** Endings of files that are tables and nothing else: they open in the explorer. */
const TABLES_ONLY =
  '.parquet .parq .pq .fits .fit .fits.gz .fit.gz .hdf5 .h5 .hdf .vot .votable .ecsv .csv.gz .tsv.gz .arrow .feather';

/** The file type of what is a table and nothing else. */
export const TABLE_TYPE = { name: 'tsm-table', extensions: TABLES_ONLY.split(' ') };

/** Types of file that the explorer opens; JupyterLab's own too. */
export const TABLE_TYPES = [TABLE_TYPE.name, 'csv', 'tsv'];

const ENDINGS = [...TABLE_TYPE.extensions, '.csv', '.tsv'];

/** Whether a name is that of a file that the engine reads as a table. */
export function isTable(name: string): boolean {
  return ENDINGS.some(ending => name.toLowerCase().endsWith(ending));
}
