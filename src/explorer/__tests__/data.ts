import type { ColumnData } from '../../expr';
import { LocalBinner, MemorySource, textColumn } from '../../table';
import type { IMemoryOptions } from '../../table/memory';
import { ExplorerModel, type IExplorerOptions } from '../model';

const ROWS = 600;

/** A small catalogue: redshifts from 0 to 3, three surveys, flags 1 to 4. */
export function catalogue(): Map<string, ColumnData> {
  const float = (make: (row: number) => number): ColumnData => ({
    type: 'float',
    values: Float64Array.from({ length: ROWS }, (_, row) => make(row)),
    valid: null
  });
  return new Map<string, ColumnData>([
    [
      'row_id',
      {
        type: 'int',
        values: BigInt64Array.from({ length: ROWS }, (_, row) => 9007199254740993n + BigInt(row)),
        valid: null
      }
    ],
    ['ra', float(row => 53 + (row % 20) / 100)],
    ['dec', float(row => -28 + (row % 30) / 100)],
    ['redshift', float(row => row / 200)],
    [
      'z_flag',
      { type: 'int', values: Int32Array.from({ length: ROWS }, (_, row) => 1 + (row % 4)), valid: null }
    ],
    ['survey', textColumn(Array.from({ length: ROWS }, (_, row) => ['VVDS', 'VIPERS', 'DESI'][row % 3]))],
    ['i_mag', float(row => 18 + (row % 60) / 10)]
  ]);
}

export const ROLES = {
  id: 'row_id',
  ra: 'ra',
  dec: 'dec',
  redshift: 'redshift',
  flag: 'z_flag',
  survey: 'survey'
};

export function source(options: IMemoryOptions = {}): MemorySource {
  return new MemorySource(catalogue(), {
    name: 'VVDS Final',
    path: 'data/vvds.parquet',
    roles: ROLES,
    ...options
  });
}

/** A loaded model that counts on this thread and waits for nothing. */
export async function explorerModel(from = source(), options: IExplorerOptions = {}): Promise<ExplorerModel> {
  const model = new ExplorerModel(from, {
    createBinner: async () => new LocalBinner(),
    settle: 0,
    ...options
  });
  await model.load();
  await model.idle();
  return model;
}
