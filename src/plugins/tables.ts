/** Endings of files that the engine reads as tables. */
export const TABLES = /\.(parquet|pq|fits?|fits\.gz|h5|hdf5|csv|ecsv|tsv|vot|votable)$/i;
